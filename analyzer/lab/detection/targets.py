"""Training targets and loss of the detector."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from keras import ops
from numpy.typing import NDArray

from analyzer.detection.joint_decode import BOXES, POINTS, STRIDE
from analyzer.lab.detection.crop import Crop

# Channels of a target map: heat (2), weight of the heat (2), and for each kind a box as x, y, w, h
# in cells (4) with its weight (1); five points as shares of the face (10) with their weight (1).
_HEAT, _CARE = slice(0, 2), slice(2, 4)
_BOX = (slice(4, 8), slice(9, 13))
_BOX_WEIGHT = (slice(8, 9), slice(13, 14))
_POINT, _POINT_WEIGHT = slice(14, 24), slice(24, 25)
TARGETS: Final = 25

_SPREAD = 0.54
"""Share of a box that its Gaussian covers (TTFNet's alpha)."""

# Weights of the parts of the loss; that of the box is TTFNet's.
_BOX_SHARE, _SIZE_SHARE, _POINT_SHARE = 3.0, 0.3, 1.0
_PEAK = 0.999
# Least denominator of a mean over boxes, for batches with few boxes of a kind.
_FEWEST = 4.0


def target_of(crop: Crop) -> NDArray[np.float32]:
    """Return the target map (H / 8, W / 8, 25) of a crop."""
    rows, columns = crop.bgr.shape[0] // STRIDE, crop.bgr.shape[1] // STRIDE
    target = np.zeros((rows, columns, TARGETS), np.float32)
    target[..., _CARE] = 1
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
    target[max(y, 0) : y2, max(x, 0) : x2, _CARE.start + kind] = 0


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
    part[..., _CARE.start + kind] = 1
    part[..., _BOX[kind]] = box
    weight = bell / bell.sum() * np.log(np.e + box[2] * box[3])
    part[..., _BOX_WEIGHT[kind]] = weight[..., None]
    if points is not None:
        known = bool(np.isfinite(points).all())
        shares = (points / STRIDE - middle) / box[2:] if known else np.zeros((5, 2))
        part[..., _POINT] = shares.ravel()
        part[..., _POINT_WEIGHT] = weight[..., None] * known


def _focal(logits: Any, heat: Any, care: Any) -> Any:
    """Return the focal loss on Gaussians (Law and Deng 2018), summed over cells."""
    score = ops.sigmoid(logits)
    peak = ops.cast(heat > _PEAK, "float32")
    hit = -peak * (1 - score) ** 2 * ops.log_sigmoid(logits)
    miss = -(1 - peak) * (1 - heat) ** 4 * score**2 * ops.log_sigmoid(-logits)
    return ops.sum((hit + miss) * care)


def _box_loss(raw: Any, box: Any, weight: Any) -> Any:
    """Return the weighted loss of generalised IoU (Rezatofighi et al. 2019) and log sizes."""
    shape = ops.shape(raw)
    ys = ops.reshape(ops.arange(shape[1], dtype="float32"), (1, -1, 1)) + 0.5
    xs = ops.reshape(ops.arange(shape[2], dtype="float32"), (1, 1, -1)) + 0.5
    logs = ops.clip(raw[..., 2:4], -3.0, 5.0)
    w, h = ops.exp(logs[..., 0]), ops.exp(logs[..., 1])
    x1, y1 = xs + raw[..., 0] - w / 2, ys + raw[..., 1] - h / 2
    tx1, ty1, tw, th = box[..., 0], box[..., 1], box[..., 2], box[..., 3]
    tx2, ty2, x2, y2 = tx1 + tw, ty1 + th, x1 + w, y1 + h
    shared = ops.relu(ops.minimum(x2, tx2) - ops.maximum(x1, tx1)) * ops.relu(
        ops.minimum(y2, ty2) - ops.maximum(y1, ty1)
    )
    union = w * h + tw * th - shared
    hull = (ops.maximum(x2, tx2) - ops.minimum(x1, tx1)) * (
        ops.maximum(y2, ty2) - ops.minimum(y1, ty1)
    )
    giou = shared / (union + 1e-6) - (hull - union) / (hull + 1e-6)
    real = ops.maximum(box[..., 2:4], 0.05)
    sizes = ops.sum(ops.abs(logs - ops.log(real)), -1)
    return ops.sum(weight[..., 0] * (_BOX_SHARE * (1 - giou) + _SIZE_SHARE * sizes))


def loss(target: Any, answer: Any) -> Any:
    """Return the loss of a batch: target (N, H, W, 25), answer (N, H, W, 20).

    Each kind's part is a mean over its own boxes, so that the rarer kind counts as much.
    """
    target, answer = ops.cast(target, "float32"), ops.cast(answer, "float32")
    heat, care = target[..., _HEAT], target[..., _CARE]
    total = 0.0
    for kind, place in enumerate(BOXES):
        boxes = ops.sum(ops.cast(heat[..., kind] > _PEAK, "float32"))
        missed = _focal(answer[..., kind], heat[..., kind], care[..., kind])
        weight = target[..., _BOX_WEIGHT[kind]]
        off = _box_loss(answer[..., place], target[..., _BOX[kind]], weight)
        total += missed / ops.maximum(boxes, _FEWEST) + off / (ops.sum(weight) + _FEWEST)
    weight = target[..., _POINT_WEIGHT]
    off = ops.abs(answer[..., POINTS] - target[..., _POINT])
    return total + _POINT_SHARE * ops.sum(weight * off) / 10 / (ops.sum(weight) + _FEWEST)
