"""Loss of the detector on its target maps."""

from __future__ import annotations

from typing import Any

from keras import ops

from analyzer.detection.joint_decode import BOXES, POINTS
from analyzer.lab.detection.targets import BOX, BOX_WEIGHT, CARE, HEAT, POINT, POINT_WEIGHT

# Weights of the parts of the loss; that of the box is TTFNet's.
_BOX_SHARE, _SIZE_SHARE, _POINT_SHARE = 3.0, 0.3, 1.0
_PEAK = 0.999
# Least denominator of a mean over boxes, for batches with few boxes of a kind.
_FEWEST = 4.0


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
    heat, care = target[..., HEAT], target[..., CARE]
    total = 0.0
    for kind, place in enumerate(BOXES):
        boxes = ops.sum(ops.cast(heat[..., kind] > _PEAK, "float32"))
        missed = _focal(answer[..., kind], heat[..., kind], care[..., kind])
        weight = target[..., BOX_WEIGHT[kind]]
        off = _box_loss(answer[..., place], target[..., BOX[kind]], weight)
        total += missed / ops.maximum(boxes, _FEWEST) + off / (ops.sum(weight) + _FEWEST)
    weight = target[..., POINT_WEIGHT]
    off = ops.abs(answer[..., POINTS] - target[..., POINT])
    return total + _POINT_SHARE * ops.sum(weight * off) / 10 / (ops.sum(weight) + _FEWEST)
