"""OpenCV's frontal face cascade (Viola and Jones 2001), for comparison.

On real CCTV frames at 640 px 3 of its 27 boxes were faces; prefer any other backend.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.types import Box, Detection

CASCADE = "haarcascade_frontalface_default.xml"
"""OpenCV's file of it."""

_SCALE_STEP = 1.1
_NEIGHBOURS = 5


class Haar:
    """Square boxes without landmarks."""

    def __init__(self, min_px: int, min_score: float) -> None:
        """Look for faces of ``min_px`` and more; see ``detect`` for the score."""
        path = Path(cv2.__file__).parent / "data" / CASCADE
        self._cascade = cv2.CascadeClassifier(str(path))
        self._min_px = min_px
        self._min_score = min_score

    def detect(self, bgr: NDArray[np.uint8], regions: Sequence[Box]) -> list[Detection]:
        """Return the faces in ``bgr``, uint8 (H, W, 3).

        The score is the logistic of the cascade's last stage sum: the cascade has no probability.
        """
        grey = cv2.equalizeHist(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY))
        rects, _, weights = self._cascade.detectMultiScale3(
            grey,
            scaleFactor=_SCALE_STEP,
            minNeighbors=_NEIGHBOURS,
            minSize=(self._min_px, self._min_px),
            outputRejectLevels=True,
        )
        scores = [1 / (1 + math.exp(-float(w))) for w in np.ravel(weights)]
        return [
            Detection(Box(*(float(v) for v in rect)), score, "face")
            for rect, score in zip(rects, scores, strict=True)
            if score >= self._min_score
        ]
