"""Arithmetic on timestamps: start, end, usual step, rate, keyframes, pauses."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

# A stretch without frames is a pause if it is longer than this, and than four steps of those about
# it: a recorder that slows down to a picture in two seconds does not pause.
PAUSE_S = 1.0
PAUSE_FRAMES = 4
_STEPS_ABOUT = 5


@dataclass(frozen=True, slots=True)
class Timing:
    """The presentation times of one stream, in ticks of its time base; see VideoInfo."""

    start_pts: int
    end_pts: int
    frames: int
    usual_step: float
    average_rate: float
    variable_rate: bool
    keyframes: tuple[int, ...]
    pauses: tuple[tuple[int, int], ...]


def presented(
    pts: NDArray[np.int64],
    key: NDArray[np.bool_],
    discard: NDArray[np.bool_],
    first_pts: int | None,
) -> NDArray[np.bool_]:
    """Return which packets, (N,) in the order of the file, are presented as pictures.

    Packets before the first keyframe cannot be decoded. Neither can pictures that are stored after
    it and shown before it, where their reference lies before the cut: ``first_pts`` is that of the
    first picture that did decode. An edit list discards others.
    """
    kept = ~discard
    if key.any():
        first = int(np.argmax(key))
        kept[:first] = False
        if first > 0:
            kept &= pts >= pts[first]
        elif first_pts is not None:
            kept &= pts >= min(first_pts, int(pts[first]))
    return kept


def measure(
    pts: NDArray[np.int64],
    duration: NDArray[np.int64],
    key: NDArray[np.bool_],
    time_base: Fraction,
) -> Timing:
    """Return the timing of presented pictures: int64 (N,) ticks, N >= 1, in any order."""
    order = np.argsort(pts, kind="stable")
    pts, duration, key = pts[order], duration[order], key[order]
    usual = usual_step(pts) or float(duration[-1]) or 1.0
    last = int(duration[-1]) if 0 < duration[-1] <= PAUSE_FRAMES * usual else round(usual)
    pauses = _pauses(pts, time_base)
    end = int(pts[-1]) + max(last, 1)
    recorded = end - int(pts[0]) - sum(b - a - round(usual) for a, b in pauses)
    return Timing(
        start_pts=int(pts[0]),
        end_pts=end,
        frames=len(pts),
        usual_step=usual,
        average_rate=float(len(pts) / (max(recorded, 1) * time_base)),
        variable_rate=_varies(pts, usual, pauses),
        keyframes=tuple(int(value) for value in np.unique(pts[key])),
        pauses=pauses,
    )


def usual_step(pts: NDArray[np.int64]) -> float:
    """Return the median distance of neighbours in ascending int64 (N,) ticks, 0 without any.

    A pause is one distance among many, whatever its length; the average would be all pause.
    """
    steps = np.diff(pts)
    steps = steps[steps > 0]
    return float(np.median(steps)) if len(steps) else 0.0


def _varies(pts: NDArray[np.int64], usual: float, pauses: tuple[tuple[int, int], ...]) -> bool:
    """More than 1 % of the distances differ from the usual one by over a tick and over 5 %."""
    deltas = np.diff(pts)
    if not len(deltas):
        return False
    differ = np.abs(deltas - usual) > max(1.0, 0.05 * usual)
    return bool((differ.sum() - len(pauses)) > 0.01 * len(deltas))


def _pauses(pts: NDArray[np.int64], time_base: Fraction) -> tuple[tuple[int, int], ...]:
    """Return the neighbours of ascending ``pts`` between which the recorder paused.

    The steps about it are the median of five before, or of five after, whichever is longer.
    """
    pts = np.unique(pts)
    steps = np.diff(pts)
    least = PAUSE_S / float(time_base)
    found = []
    for i in np.flatnonzero(steps > least).tolist():
        sides = (steps[max(i - _STEPS_ABOUT, 0) : i], steps[i + 1 : i + 1 + _STEPS_ABOUT])
        about = max((float(np.median(side)) for side in sides if len(side)), default=0.0)
        if about and steps[i] > PAUSE_FRAMES * about:
            found.append((int(pts[i]), int(pts[i + 1])))
    return tuple(found)
