"""Geometry of many boxes at once: intersection over union, and non-maximum suppression.

Boxes are rows of x, y, w, h in pixels, top-left origin, of any float dtype, which is kept. For two
single boxes see ``Box.iou``.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.types import Detection


def box_rows(found: Sequence[Detection]) -> NDArray[np.float64]:
    """Return the boxes of ``found`` as float64 (N, 4)."""
    rows = [(d.box.x, d.box.y, d.box.w, d.box.h) for d in found]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def iou(boxes: NDArray[np.floating], others: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return intersection over union, (N, M) in [0, 1], of ``boxes`` (N, 4), ``others`` (M, 4)."""
    shared = _shared_areas(boxes, others)
    union = np.prod(boxes[:, 2:], axis=1)[:, None] + np.prod(others[:, 2:], axis=1) - shared
    return np.asarray(shared / np.maximum(union, 1e-9), np.result_type(boxes, others))


def shares_inside(
    boxes: NDArray[np.floating], others: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Return the share, (N, M) in [0, 1], of each of ``boxes`` (N, 4) in each of ``others``."""
    areas = np.maximum(np.prod(boxes[:, 2:], axis=1)[:, None], 1e-9)
    return np.asarray(_shared_areas(boxes, others) / areas, np.result_type(boxes, others))


def _shared_areas(
    boxes: NDArray[np.floating], others: NDArray[np.floating]
) -> NDArray[np.floating]:
    one, two = boxes[:, None], others[None]
    low = np.maximum(one[..., :2], two[..., :2])
    high = np.minimum(one[..., :2] + one[..., 2:], two[..., :2] + two[..., 2:])
    return np.asarray(np.prod(np.maximum(high - low, 0), axis=-1))


def nms(
    boxes: NDArray[np.floating],
    scores: NDArray[np.floating],
    most_iou: float,
    most_boxes: int = 0,
) -> NDArray[np.intp]:
    """Return the indices of the boxes to keep, best first (non-maximum suppression).

    A box (of N, 4) is dropped where it overlaps a better one that is kept by more than
    ``most_iou``. Of equal ``scores`` (N,), which are positive, the first counts as better.
    Only the best ``most_boxes`` are looked at, all where that is 0.
    """
    if not len(boxes):
        return np.empty(0, np.intp)
    rows = boxes.astype(np.float64).tolist()
    kept = cv2.dnn.NMSBoxes(rows, scores.tolist(), 0.0, most_iou, top_k=most_boxes)
    return np.asarray(kept, np.intp).ravel()
