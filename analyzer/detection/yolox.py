"""YOLOX person detector (Ge et al. 2021), run by OpenCV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.boxes import nms
from analyzer.errors import ModelError
from analyzer.imaging import pad_to_multiple
from analyzer.types import Box, Detection

STRIDES = (8, 16, 32)
_NMS_IOU = 0.45
"""YOLOX's own demo value; people in a crowd overlap by more only when one is hardly visible."""


class YoloxDetector:
    """A YOLOX network with raw outputs (boxes still relative to their cells, scores in [0, 1])."""

    def __init__(self, model: Path, min_score: float) -> None:
        """Load ``model``; raises ModelError where OpenCV cannot read it."""
        try:
            self._net = cv2.dnn.readNetFromONNX(str(model))
        except cv2.error as error:
            raise ModelError(
                f"{model}: cannot be read as ONNX ({error.err}); run: analyzer models verify"
            ) from error
        self._min_score = min_score

    def detect(self, bgr: NDArray[np.uint8], regions: Sequence[Box]) -> list[Detection]:
        """Return the people on the whole of ``bgr``, uint8 (H, W, 3); ``regions`` are ignored.

        The network is fully convolutional: the picture is padded to multiples of 32 px instead of
        letterboxed to 416 × 416, which at 640 × 360 shows it 2.3 times as many pixels for 1.4 times
        the work. Channels stay BGR in 0..255 without mean or scale, as from YOLOX 0.1.1 on.
        """
        height, width = bgr.shape[:2]
        padded = pad_to_multiple(bgr, STRIDES[-1])
        self._net.setInput(cv2.dnn.blobFromImage(padded))
        output = np.asarray(self._net.forward(), dtype=np.float32)[0]
        scores = output[:, 4] * output[:, 5]
        rows = np.flatnonzero(scores >= self._min_score)
        boxes = decode(output[:, :4], padded.shape[0], padded.shape[1])[rows]
        scores = scores[rows]
        found = []
        for i in nms(boxes, scores, _NMS_IOU).tolist():
            box = Box(*(float(v) for v in boxes[i])).clipped(width, height)
            if box.w >= 1 and box.h >= 1:
                found.append(Detection(box, float(scores[i]), "person"))
        return found


def decode(raw: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Return boxes x, y, w, h in px, (N, 4), from cell-relative outputs (N, 4).

    ``height`` × ``width`` is the network's input, multiples of 32; N is the number of cells of all
    strides in raster order.
    """
    cells, steps = [], []
    for stride in STRIDES:
        ys, xs = np.mgrid[0 : height // stride, 0 : width // stride]
        cells.append(np.stack((xs.ravel(), ys.ravel()), axis=1))
        steps.append(np.full((xs.size, 1), stride))
    cell = np.concatenate(cells).astype(np.float32)
    stride_of = np.concatenate(steps).astype(np.float32)
    centre = (raw[:, :2] + cell) * stride_of
    size = np.exp(raw[:, 2:4]) * stride_of
    return np.concatenate((centre - size / 2, size), axis=1)
