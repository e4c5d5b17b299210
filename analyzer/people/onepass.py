"""People of the network that finds people and faces in one pass."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analyzer.onepass.network import NAME, OnePass
from analyzer.types import Box, Detection

_LYING_ASPECT = 1.1
"""Width over height of a box from which on it is somebody who lies."""

_LYING_SCORE = 0.5
_PART = 0.7
"""Share of a smaller box inside that of somebody who lies, from which on it is a part of him."""


class OnePassPeople:
    """The people among what the network sees; its answer for a picture is shared with the faces."""

    name = NAME

    def __init__(self, network: OnePass, width: int, min_score: float) -> None:
        """Show ``network`` pictures at most ``width`` px wide."""
        self._network = network
        self._width = width
        self._min_score = min_score

    def detect(self, bgr: NDArray[np.uint8], regions: tuple[Box, ...]) -> list[Detection]:
        """Return the people on the whole of ``bgr``, uint8 (H, W, 3); ``regions`` are ignored."""
        found = self._network.look(bgr, self._width)
        people = [d for d in found if d.kind == "person" and d.score >= self._min_score]
        return without_parts(people)


def without_parts(people: Sequence[Detection]) -> list[Detection]:
    """Return ``people`` but for the legs, arms and trunks of those who lie.

    The network takes parts of a body on the floor for people of their own. Of people who stand
    none is dropped: a small box inside a large one may be somebody further back.
    """
    lying = [d for d in people if d.box.w > _LYING_ASPECT * d.box.h and d.score >= _LYING_SCORE]
    return [d for d in people if not any(_is_part(d.box, other.box) for other in lying)]


def _is_part(box: Box, whole: Box) -> bool:
    if box.area * 1.2 >= whole.area:
        return False
    w = min(box.x2, whole.x2) - max(box.x, whole.x)
    h = min(box.y2, whole.y2) - max(box.y, whole.y)
    return max(w, 0.0) * max(h, 0.0) >= _PART * box.area
