"""Drawn series of one track as plain values: expressions, actions, pictures."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.emotions.spread import Spread
from analyzer.report.model import BodyShot, EmotionSeries, FaceShot, Images, TrackView
from analyzer.report.palette import look_index
from analyzer.report.series import Span, breaks, keep_extremes


def track_series(
    track: TrackView,
    max_points: int,
    max_gap_s: float,
    images: Images,
    spread: Spread | None = None,
) -> dict[str, Any]:
    """Return the drawn series of one track, as plain values.

    ``images`` maps the sha256 of a crop to its address; times are seconds with three digits,
    probabilities have three digits, and ``null`` in ``t`` marks a gap without a line. ``spread``
    gives the bands, where it was measured; the ends have two digits.
    """
    return {
        "smooth": emotion_values(track.emotions, max_points, max_gap_s, spread),
        "raw": emotion_values(track.raw_emotions, max_points, max_gap_s),
        "usual": _usual(track),
        "insufficient": [
            [round(span.t_start, 3), round(span.t_end, 3), span.label]
            for span in insufficient(track.emotions, max_gap_s)
        ],
        "actions": [
            [
                round(span.t_start, 3),
                round(span.t_end, 3),
                look_index(span),
                None if span.value is None else round(span.value, 3),
                span.why,
            ]
            for span in track.actions
        ],
        "faces": [_shot(shot, images) for shot in track.faces],
        "bodies": [[*_shot(shot, images), round(shot.height_px)] for shot in track.bodies],
    }


def _shot(shot: FaceShot | BodyShot, images: Images) -> list[Any]:
    return [round(shot.t, 3), images.get(shot.image), round(shot.quality, 2), list(shot.reasons)]


def _usual(track: TrackView) -> dict[str, Any] | None:
    """Return the usual expression, or why there is none; None where no face was seen."""
    if track.usual is None:
        return None
    if track.usual.reason:
        return {"p": None, "why": track.usual.reason}
    return {"p": [round(float(value), 3) for value in track.usual.probabilities], "why": ""}


def emotion_values(
    series: EmotionSeries, max_points: int, max_gap_s: float, spread: Spread | None = None
) -> dict[str, Any]:
    """Return decimated times and seven rows of probabilities, with ``None`` between runs.

    With a ``spread`` also the rows of the lower and of the upper ends of the bands.
    """
    told = np.flatnonzero(~np.isnan(series.p).any(axis=1))
    chosen = told[keep_extremes(series.p[told], max_points)] if len(told) else told
    tables: dict[str, tuple[NDArray[np.floating], int]] = {
        "t": (series.t[chosen, None], 3),
        "p": (series.p[chosen], 3),
    }
    if spread is not None:
        low, high = spread.bands(series.p[chosen], series.quality[chosen])
        tables |= {"low": (low, 2), "high": (high, 2)}
    steps = enumerate(pairwise(chosen.tolist()), start=1)
    cuts = {row for row, (a, b) in steps if _interrupted(series, a, b, max_gap_s)}
    rows = {name: _rows(table, digits, cuts) for name, (table, digits) in tables.items()}
    return rows | {"t": rows["t"][0]}


def _rows(table: NDArray[np.floating], digits: int, cuts: set[int]) -> list[list[float | None]]:
    """Return the columns of ``table`` (N, K), rounded, with None before the rows of ``cuts``."""
    columns: list[list[float | None]] = []
    for column in table.T.tolist():
        values: list[float | None] = []
        for row, value in enumerate(column):
            values += [None] * (row in cuts)
            values.append(round(value, digits))
        columns.append(values)
    return columns


def _interrupted(series: EmotionSeries, a: int, b: int, max_gap_s: float) -> bool:
    """Return whether a sample between ``a`` and ``b`` was not assessed, or time jumped."""
    inside = series.p[a : b + 1, 0]
    steps = np.diff(series.t[a : b + 1])
    return bool(np.isnan(inside).any() or (steps > max_gap_s).any())


def insufficient(series: EmotionSeries, max_gap_s: float) -> list[Span]:
    """Return stretches of visible but not assessed faces, with their reasons."""
    spans: list[Span] = []
    for run in breaks(series.t, max_gap_s):
        t, reasons = series.t[run], series.reasons[run]
        half = np.diff(t) / 2
        starts = np.concatenate([[t[0]], t[1:] - half])
        ends = np.concatenate([t[:-1] + half, [t[-1] + (half[-1] if len(half) else 0.1)]])
        for start, end, reason in zip(starts.tolist(), ends.tolist(), reasons, strict=True):
            last = spans[-1] if spans else None
            if not reason:
                continue
            if last and last.label == reason and start - last.t_end < 1e-6:
                spans[-1] = Span(last.t_start, end, reason)
            else:
                spans.append(Span(start, end, reason))
    return spans
