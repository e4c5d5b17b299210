"""Training targets of the detector: crops as maps of heat, boxes and points."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from analyzer.detection.joint_decode import STRIDE
from analyzer.lab.detection.crop import Crop

# Channels of a target map: heat (2), weight of the heat (2), and for each kind a box as x, y, w, h
# in cells (4) with its weight (1); five points as shares of the face (10) with their weight (1).
HEAT, CARE = slice(0, 2), slice(2, 4)
BOX = (slice(4, 8), slice(9, 13))
BOX_WEIGHT = (slice(8, 9), slice(13, 14))
POINT, POINT_WEIGHT = slice(14, 24), slice(24, 25)
TARGETS: Final = 25

_SPREAD = 0.54
"""Share of a box that its Gaussian covers (TTFNet's alpha)."""


def target_of(crop: Crop) -> NDArray[np.float32]:
    """Return the target map (H / 8, W / 8, 25) of a crop."""
    rows, columns = crop.bgr.shape[0] // STRIDE, crop.bgr.shape[1] // STRIDE
    target = np.zeros((rows, columns, TARGETS), np.float32)
    target[..., CARE] = 1
    for box, face in zip(crop.boxes[~crop.sure], crop.faces[~crop.sure], strict=True):
        _pass_over(target, box / STRIDE, int(face))
    # The smallest are drawn last and keep their cells.
    for index in np.argsort(-np.prod(crop.boxes[:, 2:], 1)):
        if crop.sure[index]:
            points = crop.points[index] if crop.faces[index] else None
            _draw(target, crop.boxes[index] / STRIDE, int(crop.faces[index]), points)
    return target


def _pass_over(target: NDArray[np.float32], box: NDArray[np.float32], kind: int) -> None:
    x, y = int(box[0]), int(box[1])
    x2, y2 = int(np.ceil(box[0] + box[2])), int(np.ceil(box[1] + box[3]))
    target[max(y, 0) : y2, max(x, 0) : x2, CARE.start + kind] = 0


def _draw(
    target: NDArray[np.float32], box: NDArray[np.float32], kind: int,
    points: NDArray[np.float32] | None,
) -> None:  # fmt: skip
    """Write one box (in cells) as a Gaussian heat map, with the box and its weight under it."""
    rows, columns = target.shape[:2]
    middle = box[:2] + box[2:] / 2
    cell_x = min(max(int(middle[0]), 0), columns - 1)
    cell_y = min(max(int(middle[1]), 0), rows - 1)
    reach = np.maximum(box[2:] / 2 * _SPREAD, 0).astype(int)
    sigma = (2 * reach + 1) / 6
    x1, x2 = max(cell_x - reach[0], 0), min(cell_x + reach[0], columns - 1)
    y1, y2 = max(cell_y - reach[1], 0), min(cell_y + reach[1], rows - 1)
    ys, xs = np.mgrid[y1 : y2 + 1, x1 : x2 + 1]
    bell = np.exp(-(((xs - cell_x) / sigma[0]) ** 2 + ((ys - cell_y) / sigma[1]) ** 2) / 2)
    part = target[y1 : y2 + 1, x1 : x2 + 1]
    np.maximum(part[..., kind], bell, out=part[..., kind])
    part[..., CARE.start + kind] = 1
    part[..., BOX[kind]] = box
    weight = bell / bell.sum() * np.log(np.e + box[2] * box[3])
    part[..., BOX_WEIGHT[kind]] = weight[..., None]
    if points is not None:
        known = bool(np.isfinite(points).all())
        shares = (points / STRIDE - middle) / box[2:] if known else np.zeros((5, 2))
        part[..., POINT] = shares.ravel()
        part[..., POINT_WEIGHT] = weight[..., None] * known
