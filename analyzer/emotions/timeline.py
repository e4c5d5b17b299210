"""Expression timelines: smoothing per track, summary per track, and the mix of a scene.

Functions of arrays without side effects. `t` is float (N,) in seconds, not decreasing,
as irregular as the video; `probabilities` float (N, 7) in EMOTIONS order; `weight` float (N,), 0
where a sample was not assessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.config import SmoothingSettings
from analyzer.types import EMOTIONS, EmotionSample, UsualExpression

Floats = NDArray[np.floating]

# Weight of an assessed sample of quality 0: there may be no better one.
_LEAST_WEIGHT = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class ExpressionSummary:
    """Summary figures of one track.

    `dominant`: the class with the most time, None when nothing was assessed; `dominant_share` its
    share of the assessed time; `shares` (7,) of every class; `confidence`: mean probability of the
    dominant class while it leads; `assessed_share`: share of the samples that were assessed. Time
    counts by the quality of its faces.
    """

    dominant: str | None
    dominant_share: float
    shares: NDArray[np.float32]
    confidence: float
    assessed_share: float


@dataclass(frozen=True, slots=True, eq=False)
class SceneMix:
    """Share of each expression among all visible faces: bins of equal length.

    `start` (B,) seconds; `share` (B, 7), rows summing to 1 or NaN where no face was assessed;
    `faces` (B,) number of tracks assessed in the bin.
    """

    start: NDArray[np.float64]
    share: NDArray[np.float32]
    faces: NDArray[np.int64]


def runs(t: Floats, max_gap_s: float) -> NDArray[np.int64]:
    """Return the run number (N,) of each sample; a gap above `max_gap_s` starts a new run."""
    return np.concatenate([[0], np.cumsum(np.diff(t) > max_gap_s)]).astype(np.int64)[: len(t)]


def smooth(
    t: Floats, probabilities: Floats, weight: Floats, window_s: float, max_gap_s: float
) -> NDArray[np.float32]:
    """Smooth with a triangular window `window_s` wide, never across a gap above `max_gap_s`.

    The result is the mean of probabilities, weighted by quality and nearness in time. So rows still
    sum to 1, and one confident error cannot outvote its neighbours, as it would in a mean of
    logarithms. Gaps are measured between samples that have weight. A sample without a weighted
    neighbour in the window keeps its own values.
    """
    smoothed = np.asarray(probabilities, np.float64).copy()
    used = np.flatnonzero(weight > 0)
    if len(used) == 0 or window_s <= 0:
        return smoothed.astype(np.float32)
    half = window_s / 2
    run = runs(t[used], max_gap_s)
    first = np.searchsorted(t[used], t - half, "left")
    last = np.searchsorted(t[used], t + half, "right")
    for index in range(len(t)):
        near = used[first[index] : last[index]]
        if len(near) == 0:
            continue
        lead = np.abs(t[near] - t[index]).argmin()
        same = run[first[index] : last[index]] == run[first[index] + lead]
        near = near[same]
        share = weight[near] * (1 - np.abs(t[near] - t[index]) / half)
        if share.sum() > 0:
            smoothed[index] = share @ probabilities[near] / share.sum()
    return smoothed.astype(np.float32)


def durations(t: Floats, max_gap_s: float) -> NDArray[np.float64]:
    """Return the seconds (N,) that each sample covers: half way to its neighbours within a run.

    A single sample in a run covers one millisecond, so that it is not lost.
    """
    if len(t) == 0:
        return np.zeros(0)
    gaps = np.diff(t)
    bridged = np.where(gaps <= max_gap_s, gaps, 0.0) / 2
    spans = np.concatenate([[0.0], bridged]) + np.concatenate([bridged, [0.0]])
    return np.maximum(spans, 1e-3)


def summarise(
    t: Floats, probabilities: Floats, weight: Floats, max_gap_s: float
) -> ExpressionSummary:
    """Summarise one track from its smoothed probabilities; time counts by the weight of its faces.

    A clear face tells more than a small or turned one of the same length of time.
    """
    assessed = weight > 0
    nothing = np.zeros(len(EMOTIONS), np.float32)
    if not assessed.any():
        return ExpressionSummary(None, 0.0, nothing, 0.0, 0.0)
    span = durations(t[assessed], max_gap_s) * weight[assessed]
    leading = probabilities[assessed].argmax(1)
    shares = np.bincount(leading, span, len(EMOTIONS)) / span.sum()
    best = int(shares.argmax())
    leads = leading == best
    confidence = np.average(probabilities[assessed][leads, best], weights=span[leads])
    return ExpressionSummary(
        EMOTIONS[best],
        float(shares[best]),
        shares.astype(np.float32),
        float(confidence),
        float(assessed.mean()),
    )


def usual(
    t: Floats, probabilities: Floats, weight: Floats, least_s: float, max_gap_s: float
) -> UsualExpression:
    """Return the usual expression of one track: the weighted median of its smoothed probabilities.

    Each class has its own median over the assessed time, weighted by quality; together they are
    brought to a sum of 1. A median stays where it is while something else lasts for less than half
    of the time. Without ``least_s`` assessed seconds there is none, with the reason.
    """
    assessed = weight > 0
    spans = durations(t[assessed], max_gap_s)
    seconds = float(spans.sum())
    if not assessed.any() or seconds < least_s:
        reason = f"{seconds:.1f} s assessed, a usual expression needs {least_s:g} s"
        return UsualExpression(np.full(len(EMOTIONS), np.nan, np.float32), seconds, reason)
    rows = probabilities[assessed]
    middle = np.array([_weighted_median(column, spans * weight[assessed]) for column in rows.T])
    return UsualExpression((middle / middle.sum()).astype(np.float32), seconds, None)


def _weighted_median(values: Floats, weight: Floats) -> float:
    order = np.argsort(values, kind="stable")
    summed = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(summed, summed[-1] / 2)])


def steadiness(
    t: Floats, probabilities: Floats, weight: Floats, least: float, window_s: float
) -> NDArray[np.float32]:
    """Return the share (N, 7) of the samples around each that have a probability of ``least``.

    ``probabilities`` are raw; samples within half of ``window_s`` count by their weight, and where
    there is none the share is 0. A mouth that talks changes from sample to sample: its mean may
    reach a level that few of its samples do.
    """
    shares = np.zeros((len(t), len(EMOTIONS)), np.float32)
    reached = probabilities >= least
    first = np.searchsorted(t, t - window_s / 2, "left")
    last = np.searchsorted(t, t + window_s / 2, "right")
    for index in range(len(t)):
        near = slice(first[index], last[index])
        total = weight[near].sum()
        if total > 0:
            shares[index] = weight[near] @ reached[near] / total
    return shares


def scene_mix(
    t: Floats, track: NDArray[np.integer], probabilities: Floats, bin_s: float
) -> SceneMix:
    """Return the mix of all assessed samples of one video; each track counts once per bin.

    `track` (N,) is the track of each sample. Bins start at 0 and are `bin_s` seconds long.
    """
    if bin_s <= 0:
        raise ValueError(f"expected a bin longer than 0 s, got {bin_s}")
    bins = (np.asarray(t) // bin_s).astype(np.int64)
    count = int(bins.max()) + 1 if len(bins) else 0
    total = np.zeros((count, len(EMOTIONS)))
    faces = np.zeros(count, np.int64)
    if count:
        # Sums by (bin, track) in one pass: a mask per pair took minutes for a day of video.
        pairs, member = np.unique(np.stack([bins, track]), axis=1, return_inverse=True)
        member = member.reshape(-1)
        samples = np.bincount(member)
        for column in range(len(EMOTIONS)):
            mean = np.bincount(member, probabilities[:, column]) / samples
            total[:, column] = np.bincount(pairs[0], mean, count)
        faces = np.bincount(pairs[0], minlength=count)
    with np.errstate(invalid="ignore"):
        share = np.where(faces[:, None] > 0, total / faces[:, None], np.nan)
    return SceneMix(np.arange(count, dtype=np.float64) * bin_s, share.astype(np.float32), faces)


def smooth_track(
    samples: Sequence[EmotionSample], settings: SmoothingSettings
) -> NDArray[np.float32]:
    """Return smoothed probabilities (N, 7) of one track's samples in time order."""
    t, probabilities, weight = _arrays(samples)
    return smooth(t, probabilities, weight, settings.emotion_window_s, settings.max_gap_s)


def summarise_track(
    samples: Sequence[EmotionSample], smoothed: Floats, settings: SmoothingSettings
) -> ExpressionSummary:
    """Return the summary of one track's samples in time order; ``smoothed`` by `smooth_track`."""
    t, _, weight = _arrays(samples)
    return summarise(t, smoothed, weight, settings.max_gap_s)


def usual_of_track(
    samples: Sequence[EmotionSample], smoothed: Floats, settings: SmoothingSettings
) -> UsualExpression | None:
    """Return the usual expression of one track's samples in time order; None without samples.

    ``smoothed`` is what `smooth_track` returned.
    """
    if not samples:
        return None
    t, _, weight = _arrays(samples)
    return usual(t, smoothed, weight, settings.usual_s, settings.max_gap_s)


def steadiness_of_track(
    samples: Sequence[EmotionSample], settings: SmoothingSettings, least: float
) -> NDArray[np.float32]:
    """Return the steadiness (N, 7) at ``least`` of one track's samples in time order."""
    t, probabilities, weight = _arrays(samples)
    return steadiness(t, probabilities, weight, least, settings.emotion_window_s)


def _arrays(samples: Sequence[EmotionSample]) -> tuple[Floats, Floats, Floats]:
    count = len(samples)
    t = np.array([sample.moment.t for sample in samples], np.float64)
    rows = [sample.probabilities for sample in samples]
    probabilities = np.array(rows, np.float64).reshape(count, len(EMOTIONS))
    weight = [max(s.quality, _LEAST_WEIGHT) if s.assessed else 0.0 for s in samples]
    return t, probabilities, np.array(weight, np.float64)
