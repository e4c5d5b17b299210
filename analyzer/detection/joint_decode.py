"""Output map of the joint detector: its layout, and its decoding to boxes and landmarks."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.boxes import nms
from analyzer.types import Box, Detection, Kind

STRIDE: Final = 8
"""Pixels of the input a cell of the output."""

COARSEST: Final = 32
"""The input's sides are multiples of this many px."""

KINDS: Final[tuple[Kind, Kind]] = ("person", "face")
"""The classes, in the order of the output's channels."""

CHANNELS: Final = 20
"""Two centre logits; offset and log size (4) of the person's box, then the face's; five points."""

BOXES: Final = (slice(2, 6), slice(6, 10))
POINTS: Final = slice(10, 20)

MIRRORED_POINTS: Final = (1, 0, 2, 4, 3)
"""The order of the five points in a mirrored picture: eyes and mouth corners change sides."""

_NMS_IOU: Final = (0.45, 0.4)
"""Greatest IoU of two people and of two faces: people overlap in a crowd, faces hardly do."""

_LARGEST_LOG: Final = 5.0


def decode(
    output: NDArray[np.float32], least: tuple[float, float], width: float, height: float
) -> list[Detection]:
    """Return people and faces of one output (H, W, 20), best score first, in px of the input.

    ``least`` are the lowest scores of people and of faces; boxes are clipped to ``width`` and
    ``height``. A detection is a cell whose score is the highest of its 3x3 neighbours; boxes that
    overlap a better one of their kind are dropped. Equal scores are ordered by place.
    """
    scores = 1 / (1 + np.exp(-np.clip(output[..., : len(KINDS)], -30, 30)))
    found = []
    for kind in range(len(KINDS)):
        rows, columns = np.nonzero(_peaks(scores[..., kind], least[kind]))
        cells = output[rows, columns]
        best = scores[rows, columns, kind]
        boxes = boxes_of(cells[:, BOXES[kind]], rows, columns)
        # By score, and equal ones by place.
        order = np.lexsort((boxes[:, 1], boxes[:, 0], -best))
        for index in order[nms(boxes[order], best[order], _NMS_IOU[kind])].tolist():
            box = Box(*(float(v) for v in boxes[index])).clipped(width, height)
            if box.w < 1 or box.h < 1:
                continue
            points = None
            if KINDS[kind] == "face":
                points = points_of(cells[index, POINTS], boxes[index])
            found.append(Detection(box, float(best[index]), KINDS[kind], points))
    return found


def _peaks(scores: NDArray[np.floating], least: float) -> NDArray[np.bool_]:
    highest = cv2.dilate(scores, np.ones((3, 3), np.uint8))
    return np.asarray((scores >= highest) & (scores >= least))


def boxes_of(
    raw: NDArray[np.float32], rows: NDArray[np.integer], columns: NDArray[np.integer]
) -> NDArray[np.float32]:
    """Boxes x, y, w, h in px, (N, 4), of the raw offsets and log sizes (N, 4) of cells."""
    middle_x = (columns + 0.5 + raw[:, 0]) * STRIDE
    middle_y = (rows + 0.5 + raw[:, 1]) * STRIDE
    size = np.exp(np.minimum(raw[:, 2:4], _LARGEST_LOG)) * STRIDE
    corner = np.stack((middle_x, middle_y), 1) - size / 2
    return np.concatenate((corner, size), 1).astype(np.float32)


def points_of(raw: NDArray[np.float32], box: NDArray[np.float32]) -> NDArray[np.float32]:
    """Five points (5, 2) in px; ``raw`` (10,) are shares of the box's size from its centre."""
    centre = box[:2] + box[2:] / 2
    return np.asarray(centre + raw.reshape(5, 2) * box[2:], np.float32)
