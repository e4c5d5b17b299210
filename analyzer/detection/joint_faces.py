"""Faces of the network that finds people and faces in one pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analyzer.detection.joint_network import NAME, JointNetwork
from analyzer.types import Detection


class JointFaces:
    """The faces among what the network sees; its answer for a picture is shared with the people."""

    name = NAME

    def __init__(
        self, network: JointNetwork, width: int, least_px: float, min_score: float
    ) -> None:
        """Show ``network`` pictures at most ``width`` px wide; drop faces under ``least_px``."""
        self._network = network
        self._width = width
        self._least_px = least_px
        self._min_score = min_score

    def detect(self, bgr: NDArray[np.uint8]) -> list[Detection]:
        """Return the faces in ``bgr``, uint8 (H, W, 3), with landmarks, best score first."""
        least = self._least_px * max(bgr.shape[1] / self._width, 1.0)
        found = self._network.look(bgr, self._width)
        return [
            d for d in found
            if d.kind == "face" and d.score >= self._min_score and max(d.box.w, d.box.h) >= least
        ]  # fmt: skip
