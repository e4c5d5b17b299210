"""People of the network that finds people and faces in one pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analyzer.onepass.network import NAME, OnePass
from analyzer.types import Box, Detection


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
        return [d for d in found if d.kind == "person" and d.score >= self._min_score]
