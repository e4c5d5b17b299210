"""Outline of a track: where a person was first and last seen, and whether upright at the end.

A fall often breaks a track: one track of somebody upright ends, and one of somebody on the ground
begins at that place. Outlines tell which track went on as which.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analyzer.types import Box, Observation

_GAP_S: Final = (-0.7, 2.0)
"""Seconds from the end of one track to the beginning of the next of the same person; for a moment
both boxes may lie on one person."""

_NEAR: Final = 0.75
"""Largest distance between both, in body sizes of the first: half of one lies between the feet of
somebody upright and the middle of somebody stretched out."""

_LAST: Final = 6
"""Bodies at the end of a track that tell its posture: a second at the default rate."""

_UPRIGHT: Final = 1.5
"""Least height over width of an upright body; whoever sits or crouches is below."""


@dataclass(frozen=True, slots=True)
class Outline:
    """First and last body of a track with their seconds, its size in px, its posture at the end."""

    begins: float
    ends: float
    first: Box
    last: Box
    size: float
    upright: bool

    def goes_on_as(self, other: Outline) -> bool:
        """Return whether ``other`` begins where and when this one ends."""
        late = other.begins - self.ends
        if self.begins >= other.begins or not _GAP_S[0] <= late <= _GAP_S[1]:
            return False
        return self.distance(other) <= _NEAR

    def distance(self, other: Outline) -> float:
        """Return how far ``other`` begins from the end of this one, in body sizes.

        By the feet or by the middles, whichever is nearer: whoever falls stays where the feet were,
        or falls in place before a camera above.
        """
        across = other.first.centre[0] - self.last.centre[0]
        feet = math.hypot(across, other.first.y2 - self.last.y2)
        middles = math.hypot(across, other.first.centre[1] - self.last.centre[1])
        return min(feet, middles) / max(self.size, 1e-6)


class Predecessors:
    """Finds which of ``outlines`` (None where no body was seen) went on as another one."""

    def __init__(self, outlines: Sequence[Outline | None]) -> None:
        self._ended = sorted(
            ((one.ends, place) for place, one in enumerate(outlines) if one is not None)
        )
        self._outlines = outlines

    def of(self, own: Outline | None) -> int | None:
        """Return the place of the one that went on as ``own``; None where none did.

        One that ended upright comes first, then the nearest.
        """
        if own is None:
            return None
        first = bisect_left(self._ended, (own.begins - _GAP_S[1], 0))
        last = bisect_right(self._ended, (own.begins - _GAP_S[0], len(self._outlines)))
        near = []
        for _, place in self._ended[first:last]:
            one = self._outlines[place]
            if one is not None and one is not own and one.goes_on_as(own):
                near.append((not one.upright, one.distance(own), place))
        return min(near)[2] if near else None


def outline_of(observations: Sequence[Observation]) -> Outline | None:
    """Return the outline of a track, by time; None where no body was seen."""
    bodies = [(o.moment.t, o.body.box) for o in observations if o.body is not None]
    if not bodies:
        return None
    ends = [box for _, box in bodies[-_LAST:]]
    size = max(max(box.w, box.h) for box in ends)
    upright = float(np.median([box.h / max(box.w, 1e-6) for box in ends])) >= _UPRIGHT
    return Outline(bodies[0][0], bodies[-1][0], bodies[0][1], bodies[-1][1], size, upright)
