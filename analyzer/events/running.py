"""Running as an event: a speed that walking people do not reach, here or on this camera.

Speeds are in body heights a second along the picture. The height is what an upright person has at
that place of the ground, learned from all tracks of the recording: a box that is partly hidden, or
that changes its height, does not change the unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analyzer.types import ActionWindow, Box, Observation

RUN_SPEED: Final = 1.3
"""Least speed of a runner: 2.2 m/s of somebody 1.7 m tall. A brisk walk is 1.15; boxes that change
their height make walkers of 0.8 *running*."""

_FASTER: Final = 1.25
"""A runner is faster by this than nine in ten others of the recording."""

_OTHERS: Final = 5
"""Least number of others from whom it is known how fast people move here."""

_UPRIGHT: Final = (1.8, 4.5)
"""Height over width of boxes that show an upright person completely."""

_STEADY: Final = 0.1
"""Largest change of such a box's height from one body to the next."""

_LEAST_TRACKS, _LEAST_BODIES = 3, 30
_MOST_BODIES: Final = 300
"""Bodies that the ground is learned from; all pairs of them are compared."""

Bodies = Sequence[Observation]


@dataclass(frozen=True, slots=True)
class Ground:
    """Height in px of an upright person whose feet are at y: ``slope`` * y + ``base``.

    ``least`` and ``most`` are heights that were seen; what is beyond is not believed.
    """

    slope: float
    base: float
    least: float
    most: float

    def height(self, y: float) -> float:
        """Return the height in px of somebody whose feet are at ``y``."""
        return float(np.clip(self.slope * y + self.base, self.least, self.most))


def ground_of(people: Sequence[Bodies]) -> Ground | None:
    """Return the ground as the bodies of all tracks tell it; None where they tell too little.

    A line through the heights over the feet by the median of the slopes of all pairs (Theil-Sen),
    which boxes of half hidden people do not move.
    """
    told = [rows for rows in map(_upright, people) if len(rows)]
    found = np.concatenate(told) if told else np.zeros((0, 2))
    if len(told) < _LEAST_TRACKS or len(found) < _LEAST_BODIES:
        return None
    found = found[:: -(-len(found) // _MOST_BODIES)]
    from scipy.stats import theilslopes

    feet, heights = found.T
    if np.ptp(feet) < np.median(heights) / 2:
        slope, base = 0.0, float(np.median(heights))
    else:
        slope, base = (float(value) for value in theilslopes(heights, feet)[:2])
    least, most = np.percentile(heights, (2, 98))
    return Ground(slope, base, float(least), float(most))


def speeds(
    observations: Bodies, windows: Sequence[ActionWindow], ground: Ground | None
) -> NDArray[np.float64]:
    """Return float64 (windows,): body heights a second of every window, NaN where nobody can tell.

    The lesser of the middle speed from body to body, which a box that jumps once does not raise,
    and that from the first to the last, which a box that goes to and fro does not.
    """
    t = np.array([o.moment.t for o in observations if o.body is not None])
    boxes = [o.body.box for o in observations if o.body is not None]
    feet = np.array([(box.centre[0], box.y2) for box in boxes]).reshape(-1, 2)
    own = np.array([max(box.w, box.h) for box in boxes])
    found = np.full(len(windows), np.nan)
    for place, window in enumerate(windows):
        inside = np.flatnonzero((t >= window.start.t) & (t <= window.end.t))
        if len(inside) < 3:
            continue
        at, when = feet[inside], t[inside]
        unit = np.percentile(own[inside], 90)
        if ground is not None:
            unit = max(unit, ground.height(float(np.median(at[:, 1]))))
        steps = np.linalg.norm(np.diff(at, axis=0), axis=1) / np.diff(when)
        whole = np.linalg.norm(at[-1] - at[0]) / (when[-1] - when[0])
        found[place] = min(float(np.median(steps)), float(whole)) / unit
    return found


def usual_speeds(tracks: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return float64 (tracks,): the middle speed of each, NaN where none is known."""
    return np.array([
        float(np.nanmedian(one)) if np.isfinite(one).any() else np.nan for one in tracks
    ])  # fmt: skip


def least_speed(others: NDArray[np.float64]) -> float:
    """Return the least speed of a runner among ``others``, whose usual speeds are given."""
    known = others[np.isfinite(others)]
    if len(known) < _OTHERS:
        return RUN_SPEED
    return max(RUN_SPEED, _FASTER * float(np.percentile(known, 90)))


def _upright(observations: Bodies) -> NDArray[np.float64]:
    """Return (N, 2): feet and height of the bodies that are upright and did not jump."""
    bodies = [o.body.box for o in observations if o.body is not None and o.seen == "detected"]
    rows = [(now.y2, now.h) for before, now in pairwise(bodies) if _stands(before, now)]
    return np.array(rows, np.float64).reshape(-1, 2)


def _stands(before: Box, now: Box) -> bool:
    aspect = now.h / max(now.w, 1e-6)
    return _UPRIGHT[0] <= aspect <= _UPRIGHT[1] and abs(now.h - before.h) < _STEADY * now.h
