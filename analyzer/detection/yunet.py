"""YuNet face detector (Wu et al., Machine Intelligence Research 2023), run by OpenCV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.errors import ModelError
from analyzer.types import Box, Detection

_NMS_IOU = 0.3
_TOP_K = 5000
_COLUMNS = 15
_SMALLEST_SIDE = 64
"""Two steps of the network's coarsest stride; smaller pictures are padded to it. Where a side has
one step OpenCV 4.14 reads memory that nobody wrote, and finds faces in a black picture."""


class YuNet:
    """One network for boxes, five landmarks and scores at once."""

    def __init__(self, model: Path, min_score: float) -> None:
        """Load the ONNX file ``model``; raises ModelError when OpenCV cannot."""
        try:
            self._net = cv2.FaceDetectorYN.create(
                str(model), "", (320, 320), min_score, _NMS_IOU, _TOP_K
            )
        except cv2.error as error:
            raise ModelError(
                f"{model}: OpenCV cannot load it as YuNet ({error.err}); "
                "run `analyzer models pull yunet`"
            ) from error

    def detect(self, bgr: NDArray[np.uint8], regions: Sequence[Box]) -> list[Detection]:
        """Return the faces in ``bgr``, uint8 (H, W, 3), with landmarks."""
        height, width = bgr.shape[:2]
        below, right = max(_SMALLEST_SIDE - height, 0), max(_SMALLEST_SIDE - width, 0)
        if below or right:
            bgr = np.pad(bgr, ((0, below), (0, right), (0, 0)), mode="edge")
        self._net.setInputSize((bgr.shape[1], bgr.shape[0]))
        _, rows = self._net.detect(bgr)
        return [] if rows is None else [_detection(row) for row in rows]


def _detection(row: NDArray[np.float32]) -> Detection:
    """Return one row of FaceDetectorYN: x, y, w, h, five points, score."""
    if row.shape != (_COLUMNS,):
        raise ValueError(f"expected {_COLUMNS} columns from FaceDetectorYN, got {row.shape}")
    x, y, w, h = (float(value) for value in row[:4])
    landmarks = row[4:14].reshape(5, 2).astype(np.float32)
    return Detection(Box(x, y, w, h), float(row[14]), "face", landmarks)
