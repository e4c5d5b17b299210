"""Crops of training pictures: parts and wholes of them, four in one, mirrored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.lab.detection.labels import Labels

_GREY: Final = 114
"""What surrounds a picture, as in a run."""

_SMALLEST: Final = (3.0, 11.0)
"""Width and height in px below which a person is ignored."""

_WHOLE, _REST = 0.35, 0.1
"""Shares of a box in the crop from which on what is left of it is learnt, or ignored."""

_HEIGHTS: Final = (16.0, 420.0)
"""Range of heights, in px of the crop, of the person that a crop is drawn around."""


@dataclass(frozen=True, slots=True)
class Crop:
    """A crop uint8 (H, W, 3) with people (N, 4) and ignored regions (M, 4), x, y, w, h in px."""

    bgr: NDArray[np.uint8]
    people: NDArray[np.float32]
    ignored: NDArray[np.float32]


def single(
    bgr: NDArray[np.uint8], labels: Labels, height: int, width: int, rng: np.random.Generator
) -> Crop:
    """Return one picture as a whole, or drawn so that one of its people has a random size."""
    people = np.flatnonzero(labels.sure)
    size, wanted = np.array([bgr.shape[1], bgr.shape[0]]), np.array([width, height])
    fit = float((wanted / size).min())
    if len(people) == 0 or rng.random() < 0.5:
        scale = fit * rng.uniform(0.75, 1.5)
        slack = np.maximum(size - wanted / scale, 0)
        middle = size / 2 + rng.uniform(-0.5, 0.5, 2) * slack
    else:
        box = labels.boxes[rng.choice(people)]
        low, high = np.log(_HEIGHTS[0]), np.log(min(_HEIGHTS[1], 1.1 * height))
        scale = float(np.clip(np.exp(rng.uniform(low, high)) / box[3], fit * 0.6, 2.0))
        middle = box[:2] + box[2:] * rng.uniform(0.2, 0.8, 2)
        middle = middle + rng.uniform(-0.35, 0.35, 2) * wanted / scale
    return _cut(bgr, labels, middle - wanted / scale / 2, scale, height, width)


def _cut(
    bgr: NDArray[np.uint8], labels: Labels, corner: NDArray[np.float64], scale: float, height: int,
    width: int,
) -> Crop:  # fmt: skip
    """Return the part of ``bgr`` whose top left is ``corner``, resized by ``scale``, on grey."""
    x1, y1 = np.floor(np.maximum(corner, 0)).astype(int)
    x2 = int(min(np.ceil(corner[0] + width / scale), bgr.shape[1]))
    y2 = int(min(np.ceil(corner[1] + height / scale), bgr.shape[0]))
    canvas = np.full((height, width, 3), _GREY, np.uint8)
    if x2 - x1 >= 2 and y2 - y1 >= 2:
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        size = (max(round((x2 - x1) * scale), 1), max(round((y2 - y1) * scale), 1))
        part = cv2.resize(bgr[y1:y2, x1:x2], size, interpolation=way)
        left = max(round((x1 - corner[0]) * scale), 0)
        top = max(round((y1 - corner[1]) * scale), 0)
        part = part[: height - top, : width - left]
        canvas[top:, left:][: part.shape[0], : part.shape[1]] = part
    unknown = [] if labels.known else [[0, 0, width, height]]
    people, ignored = _left(labels, corner, scale, height, width)
    unlabelled = np.array(unknown, np.float32).reshape(-1, 4)
    return Crop(canvas, people, np.concatenate((ignored, unlabelled)))


def _left(
    labels: Labels, corner: NDArray[np.float64], scale: float, height: int, width: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what is left of the boxes in a crop: people, and what is to be ignored."""
    low = (labels.boxes[:, :2] - corner) * scale
    high = low + labels.boxes[:, 2:] * scale
    area = np.prod(np.maximum(high - low, 1e-6), 1)
    limits = np.array([width, height])
    low, high = np.clip(low, 0, limits), np.clip(high, 0, limits)
    size = np.maximum(high - low, 0)
    share = np.prod(size, 1) / area
    boxes = np.concatenate((low, size), 1).astype(np.float32)
    kept = (share > _REST) & (size.min(1) >= 2)
    sure = kept & labels.sure & (share >= _WHOLE) & (size >= _SMALLEST).all(1)
    return boxes[sure], boxes[kept & ~sure]


def mosaic(parts: Sequence[Crop], cut_x: int, cut_y: int, height: int, width: int) -> Crop:
    """Return four crops around a point as one (Bochkovskiy et al. 2020); they fit their places."""
    canvas = np.zeros((height, width, 3), np.uint8)
    people, ignored = [], []
    for part, (x, y) in zip(parts, ((0, 0), (cut_x, 0), (0, cut_y), (cut_x, cut_y)), strict=True):
        h, w = part.bgr.shape[:2]
        canvas[y : y + h, x : x + w] = part.bgr
        offset = np.array([x, y, 0, 0], np.float32)
        people.append(part.people + offset)
        ignored.append(part.ignored + offset)
    return Crop(canvas, np.concatenate(people), np.concatenate(ignored))


def mirrored(crop: Crop) -> Crop:
    """Return the crop mirrored from left to right."""
    people, ignored = crop.people.copy(), crop.ignored.copy()
    for boxes in (people, ignored):
        boxes[:, 0] = crop.bgr.shape[1] - boxes[:, 0] - boxes[:, 2]
    return Crop(np.ascontiguousarray(crop.bgr[:, ::-1]), people, ignored)
