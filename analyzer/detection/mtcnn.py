"""MTCNN face detector: our own cascade over the weights of the mtcnn package.

Stages, thresholds and box arithmetic are those of mtcnn 1.0.0 (which follows the authors' code), so
that boxes agree with its own. The differences: networks are built once, patches are cut in one
remap, and a stage without boxes ends instead of raising an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.boxes import nms
from analyzer.detection.mtcnn_networks import (
    build_onet,
    build_pnet,
    build_rnet,
    load_weights,
)
from analyzer.types import Box, Detection

Array = NDArray[np.float32]

_WINDOW, _STRIDE = 12, 2
_PYRAMID_STEP = 0.709
_P_SCORE, _R_SCORE = 0.6, 0.7
_P_NMS_LEVEL, _P_NMS_ALL, _R_NMS, _O_NMS = 0.5, 0.7, 0.7, 0.7
_MOST_PROPOSALS = 512
"""Best proposals kept a stage. Busy street frames make some 150; this bounds the worst cases."""
_BATCH = 16
"""Patches a forward pass: 128 at once took half as long again as 8 × 16, leaving the cache."""
_SHRINK_FROM = 2
"""A level is made from the one this many above it, half its scale: area averages of averages,
at a third of the time of starting from the whole picture each time."""


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """One size of the pyramid with its own copy of the network, as a new size costs a plan."""

    size: tuple[int, int]
    net: cv2.dnn.Net


class Mtcnn:
    """Boxes, five landmarks and scores from three small networks, coarse to fine."""

    def __init__(self, min_px: int, min_score: float) -> None:
        """Look for faces of ``min_px`` and more that the last network scores over ``min_score``.

        Raises ModelError when the package's weights are missing.
        """
        self._min_px = min_px
        self._min_score = min_score
        self._pnet_weights = load_weights("pnet")
        self._rnet = build_rnet(load_weights("rnet"))
        self._onet = build_onet(load_weights("onet"))
        self._shape: tuple[int, int] = (0, 0)
        self._levels: list[_Level] = []

    def detect(self, bgr: NDArray[np.uint8], regions: Sequence[Box]) -> list[Detection]:
        """Return the faces in ``bgr``, uint8 (H, W, 3), with landmarks."""
        boxes = self._refine(bgr, _squared(self._propose(bgr)))
        return self._finish(bgr, _squared(boxes))

    def _propose(self, bgr: NDArray[np.uint8]) -> Array:
        if bgr.shape[:2] != self._shape:
            self._plan(bgr.shape[0], bgr.shape[1])
        pictures = _pyramid(bgr, [level.size for level in self._levels])
        found = [
            _proposals(level.net, small, bgr.shape[1] / level.size[0], bgr.shape[0] / level.size[1])
            for level, small in zip(self._levels, pictures, strict=True)
        ]
        if not found:
            return _no_boxes()[0]
        boxes = np.concatenate([f[0] for f in found])
        scores = np.concatenate([f[1] for f in found])
        return _suppressed(boxes, scores, _P_NMS_ALL)[0]

    def _plan(self, height: int, width: int) -> None:
        """Build the pyramid for pictures of this size."""
        self._shape = (height, width)
        self._levels = []
        scale = _WINDOW / self._min_px
        while min(height, width) * scale >= _WINDOW:
            size = (round(width * scale), round(height * scale))
            self._levels.append(_Level(size, build_pnet(self._pnet_weights)))
            scale *= _PYRAMID_STEP

    def _refine(self, bgr: NDArray[np.uint8], boxes: Array) -> Array:
        if not len(boxes):
            return boxes
        moves, prob = _run(self._rnet, _patches(bgr, boxes, 24), ["box", "prob"])
        keep = prob[:, 1] > _R_SCORE
        return _suppressed(_moved(boxes, moves)[keep], prob[keep, 1], _R_NMS)[0]

    def _finish(self, bgr: NDArray[np.uint8], boxes: Array) -> list[Detection]:
        if not len(boxes):
            return []
        names = ["box", "points", "prob"]
        moves, points, prob = _run(self._onet, _patches(bgr, boxes, 48), names)
        keep = prob[:, 1] > self._min_score
        landmarks = _placed(points, boxes)[keep]
        boxes, scores = _moved(boxes, moves)[keep], prob[keep, 1]
        chosen = _distinct(boxes, scores)
        return [_detection(boxes[i], float(scores[i]), landmarks[i]) for i in chosen]


def _pyramid(bgr: NDArray[np.uint8], sizes: list[tuple[int, int]]) -> list[NDArray[np.uint8]]:
    """Return ``bgr`` resized to each of ``sizes``, which fall."""
    pictures: list[NDArray[np.uint8]] = []
    for i, size in enumerate(sizes):
        source = bgr if i < _SHRINK_FROM else pictures[i - _SHRINK_FROM]
        small = cv2.resize(source, size, interpolation=cv2.INTER_AREA)
        pictures.append(np.asarray(small, dtype=np.uint8))
    return pictures


def _proposals(
    net: cv2.dnn.Net, small: NDArray[np.uint8], across: float, down: float
) -> tuple[Array, Array]:
    """Return boxes (x1, y1, x2, y2) and scores that one level of the pyramid gives.

    Boxes are in pixels of the whole picture, larger than ``small`` by ``across`` and ``down``.
    """
    mean = (127.5, 127.5, 127.5)
    net.setInput(cv2.dnn.blobFromImage(small, 1 / 128, mean=mean, swapRB=True))
    moves, prob = net.forward(["box", "prob"])
    rows, columns = np.nonzero(prob[0, 1] > _P_SCORE)
    if not len(rows):
        return _no_boxes()
    corners = np.stack([columns, rows, columns, rows], axis=1).astype(np.float32) * _STRIDE
    corners += np.array([1, 1, _WINDOW, _WINDOW], np.float32)
    corners += moves[0][:, rows, columns].T * (_WINDOW - 1)
    boxes = corners * np.array([across, down, across, down], np.float32)
    return _suppressed(boxes, prob[0, 1, rows, columns], _P_NMS_LEVEL)


def _no_boxes() -> tuple[Array, Array]:
    return np.empty((0, 4), np.float32), np.empty(0, np.float32)


def _suppressed(boxes: Array, scores: Array, most_iou: float) -> tuple[Array, Array]:
    """Return the boxes, best first, that overlap no better one by more than ``most_iou``."""
    if not len(boxes):
        return _no_boxes()
    rects = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    index = nms(rects, scores, most_iou, _MOST_PROPOSALS)
    return boxes[index], scores[index]


def _distinct(boxes: Array, scores: Array) -> list[int]:
    """Return indices, best first, of boxes that do not lie within a better one (IoU by minimum)."""
    chosen: list[int] = []
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    for i in np.argsort(-scores, kind="stable"):
        low = np.maximum(boxes[chosen, :2], boxes[i, :2])
        size = np.clip(np.minimum(boxes[chosen, 2:], boxes[i, 2:]) - low, 0, None)
        if not np.any(size.prod(axis=1) > _O_NMS * np.minimum(areas[chosen], areas[i])):
            chosen.append(int(i))
    return chosen


def _squared(boxes: Array) -> Array:
    """Return squares about the centres of ``boxes``, as long as their longer sides."""
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True, initial=0) / 2
    return np.concatenate([centre - half, centre + half], axis=1)


def _moved(boxes: Array, moves: Array) -> Array:
    """Return ``boxes`` with each corner moved by a fraction of the box."""
    size = boxes[:, 2:] - boxes[:, :2] + 1
    return boxes + moves * np.concatenate([size, size], axis=1)


def _placed(points: Array, boxes: Array) -> Array:
    """Return landmarks (N, 5, 2) in pixels from ``points`` (five x, then five y, of the box)."""
    size = boxes[:, None, 2:] - boxes[:, None, :2] + 1
    relative = points.reshape(-1, 2, 5).transpose(0, 2, 1)
    return (relative * size + boxes[:, None, :2] - 1).astype(np.float32)


def _patches(bgr: NDArray[np.uint8], boxes: Array, side: int) -> Array:
    """Return the contents of ``boxes`` as float32 (N, 3, side, side) RGB in [-1, 1].

    All are cut in one bilinear remap; beyond the picture lies mid grey.
    """
    steps = np.linspace(0, 1, side, dtype=np.float32)
    xs = boxes[:, 0, None] + (boxes[:, 2] - boxes[:, 0])[:, None] * steps
    ys = boxes[:, 1, None] + (boxes[:, 3] - boxes[:, 1])[:, None] * steps
    shape = (len(boxes), side, side)
    map_x = np.broadcast_to(xs[:, None, :], shape).reshape(-1, side)
    map_y = np.broadcast_to(ys[:, :, None], shape).reshape(-1, side)
    grey = (127, 127, 127)
    cut = cv2.remap(
        bgr, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=grey
    )
    pixels = cut.reshape(*shape, 3)[..., ::-1].transpose(0, 3, 1, 2)
    return np.asarray((pixels.astype(np.float32) - 127.5) / 128, np.float32)


def _run(net: cv2.dnn.Net, patches: Array, outputs: list[str]) -> list[Array]:
    """Return ``outputs`` for ``patches``, float32 (N, 3, side, side), N > 0, in small batches."""
    parts = []
    for start in range(0, len(patches), _BATCH):
        net.setInput(patches[start : start + _BATCH])
        parts.append(net.forward(outputs))
    return [np.concatenate([part[i] for part in parts]) for i in range(len(outputs))]


def _detection(corners: Array, score: float, landmarks: Array) -> Detection:
    x1, y1, x2, y2 = (float(value) for value in corners)
    return Detection(Box(x1, y1, x2 - x1, y2 - y1), score, "face", landmarks)
