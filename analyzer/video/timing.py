"""Arithmetic on packet timestamps: start, end, rate, keyframes, pauses."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

# A stretch without frames is a pause if it is longer than this, and than four usual steps.
PAUSE_S = 1.0
PAUSE_FRAMES = 4
# dts that go back by more than this come from two recordings joined into one file.
JUMP_BACK_S = 1.0


@dataclass(frozen=True, slots=True)
class Timing:
    """The presentation times of one stream, in ticks of its time base; see VideoInfo."""

    start_pts: int
    end_pts: int
    frames: int
    average_rate: float
    variable_rate: bool
    keyframes: tuple[int, ...]
    pauses: tuple[tuple[int, int], ...]


def presented(
    pts: NDArray[np.int64], key: NDArray[np.bool_], discard: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which packets, (N,) in the order of the file, are presented as pictures.

    Packets before the first keyframe cannot be decoded. Neither can pictures that are stored after
    it and shown before it: their reference lies before the cut. An edit list discards others.
    """
    kept = ~discard
    if key.any():
        first = int(np.argmax(key))
        kept[:first] = False
        if first > 0:
            kept &= pts >= pts[first]
    return kept


def measure(
    pts: NDArray[np.int64],
    duration: NDArray[np.int64],
    key: NDArray[np.bool_],
    time_base: Fraction,
) -> Timing:
    """Return the timing of presented packets: int64 (N,) ticks, N >= 1, in any order."""
    order = np.argsort(pts, kind="stable")
    pts, duration, key = pts[order], duration[order], key[order]
    deltas = np.diff(pts)
    deltas = deltas[deltas > 0]
    usual = int(np.median(deltas)) if len(deltas) else int(duration[-1])
    last = int(duration[-1]) or usual or 1
    span = int(pts[-1] - pts[0])
    steps = len(pts) - 1
    rate = float(steps / (span * time_base)) if span else float(1 / (last * time_base))
    return Timing(
        start_pts=int(pts[0]),
        end_pts=int(pts[-1]) + last,
        frames=len(pts),
        average_rate=rate,
        variable_rate=_varies(deltas, usual),
        keyframes=tuple(int(value) for value in np.unique(pts[key])),
        pauses=_pauses(pts, usual, time_base),
    )


def counted(frames: int, key: NDArray[np.bool_]) -> Timing:
    """Return the timing of ``frames`` pictures whose pts are generated: 0, 1, 2, ...

    The rate is 1 per tick. Decoding can start at the first picture only, since ffmpeg cannot seek
    in a stream without timestamps.
    """
    return Timing(0, frames, frames, 1.0, False, (0,) if key.any() else (), ())


def jumps_back(dts: NDArray[np.int64], time_base: Fraction) -> bool:
    """Whether decoding times, int64 (N,) in the order of the file, go back by over JUMP_BACK_S."""
    return bool(len(dts) > 1 and np.diff(dts).min() * float(time_base) < -JUMP_BACK_S)


def _varies(deltas: NDArray[np.int64], usual: int) -> bool:
    """More than 1 % of the distances differ from the usual one by over a tick and over 5 %."""
    if not len(deltas):
        return False
    differ = np.abs(deltas - usual) > max(1.0, 0.05 * usual)
    return bool(differ.mean() > 0.01)


def _pauses(pts: NDArray[np.int64], usual: int, time_base: Fraction) -> tuple[tuple[int, int], ...]:
    limit = max(PAUSE_S / float(time_base), PAUSE_FRAMES * usual)
    where = np.flatnonzero(np.diff(pts) > limit)
    return tuple((int(pts[i]), int(pts[i + 1])) for i in where)
