"""Loss of the person detector: which cells answer for which box, and how far they are off.

Cells are assigned as in SimOTA (Ge et al. 2021): each box takes, among the cells near its centre,
as many as its best overlaps add up to, the cheapest first. Cells inside a doubtful box or an
unlabelled region count for nothing unless they answer for somebody.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from keras import ops

from analyzer.lab.detection.network import BOX, CLASS, OBJECT, STRIDES
from analyzer.lab.detection.targets import IGNORED, WANTED

_RADIUS: Final = 2.5
"""In cells: how near to its centre a box may be answered for."""

_CANDIDATES: Final = 10
_OVERLAP_COST: Final = 3.0
_BOX_SHARE: Final = 5.0
_FAR, _NEVER = 1e2, 1e4
"""Costs above all others: of cells not at the centre, of cells that may not answer at all."""

_TIE = 1e-4
"""Of equal costs the first cell is the cheaper by up to this."""

_LEAST_OVERLAP: Final = 0.1


class DetectionLoss:
    """Loss of crops of one size.

    Targets are (B, M, 5), see ``targets_of``;
    predictions are (B, cells, 6), see network.CHANNELS.
    """

    def __init__(self, height: int, width: int) -> None:
        """Prepare for crops of ``height`` × ``width`` px, multiples of 32."""
        corners, strides = [], []
        for stride in STRIDES:
            ys, xs = np.mgrid[0 : height // stride, 0 : width // stride]
            corners.append(np.stack((xs.ravel(), ys.ravel()), 1))
            strides.append(np.full((xs.size, 1), stride))
        self._corners = ops.convert_to_tensor(np.concatenate(corners).astype(np.float32))
        self._strides = ops.convert_to_tensor(np.concatenate(strides).astype(np.float32))
        self._centres = (self._corners + 0.5) * self._strides
        self._order = ops.linspace(0.0, _TIE, len(self._corners))

    def __call__(self, targets: Any, predicted: Any) -> Any:
        """Return the loss of a batch, a scalar: a mean over the cells that answer for somebody."""
        boxes = self.boxes(predicted)
        objects = ops.log_sigmoid(predicted[..., OBJECT])
        both = objects + ops.log_sigmoid(predicted[..., CLASS])
        wanted = ops.cast(targets[..., 4] == WANTED, "float32")
        owner, taken = self._assigned(
            ops.stop_gradient(boxes), ops.stop_gradient(both) / 2, targets[..., :4], wanted
        )
        own = ops.take_along_axis(targets[..., :4], owner[..., None], axis=1)
        iou, generalised = overlaps(boxes, own)
        aim = taken * ops.stop_gradient(ops.clip(iou, _LEAST_OVERLAP, 1.0))
        counts = ops.maximum(taken, 1 - self._ignored(targets))
        missed = ops.sum(_entropy(both, aim) * counts)
        off = ops.sum((1 - generalised) * taken)
        return (missed + _BOX_SHARE * off) / ops.maximum(ops.sum(taken), 1.0)

    def boxes(self, predicted: Any) -> Any:
        """Return the boxes of predictions, (B, cells, 4) as x1, y1, x2, y2 in px."""
        raw = predicted[..., BOX]
        centre = (raw[..., :2] + self._corners) * self._strides
        half = ops.exp(ops.clip(raw[..., 2:], -4.0, 5.0)) * self._strides / 2
        return ops.concatenate((centre - half, centre + half), -1)

    def _assigned(self, boxes: Any, log_scores: Any, wanted: Any, counts: Any) -> tuple[Any, Any]:
        """Return for each cell (B, cells) the row that it answers for, and whether it does."""
        near, central = self._near(wanted)
        near = ops.max(near * counts[..., None], 1)[:, None] * counts[..., None]
        iou = overlaps(boxes[:, None], wanted[:, :, None])[0] * near
        cost = -log_scores[:, None] - _OVERLAP_COST * ops.log(ops.maximum(iou, 1e-6))
        cost = cost + _FAR * (1 - central) + _NEVER * (1 - near) + self._order
        takes = ops.sum(ops.top_k(iou, _CANDIDATES)[0], -1)
        takes = ops.clip(ops.cast(takes, "int32"), 1, _CANDIDATES)
        cheapest = -ops.top_k(-cost, _CANDIDATES)[0]
        most = ops.take_along_axis(cheapest, (takes - 1)[..., None], axis=-1)
        cost = ops.where((cost <= most) & (cost < _NEVER), cost, float("inf"))
        taken = ops.cast(ops.isfinite(ops.min(cost, 1)), "float32")
        return ops.argmin(cost, 1), taken

    def _near(self, wanted: Any) -> tuple[Any, Any]:
        """Return (B, M, cells) of 0 and 1: near a centre or inside a box, and both."""
        middle = (wanted[..., :2] + wanted[..., 2:])[:, :, None] / 2
        away = ops.abs(self._centres - middle)
        close = ops.all(away < _RADIUS * self._strides, -1)
        low, high = wanted[:, :, None, :2], wanted[:, :, None, 2:]
        inside = ops.all((self._centres > low) & (self._centres < high), -1)
        return ops.cast(close | inside, "float32"), ops.cast(close & inside, "float32")

    def _ignored(self, targets: Any) -> Any:
        """Return (B, cells) of 1 where the centre of a cell lies in an ignored region."""
        low, high = targets[:, :, None, :2], targets[:, :, None, 2:4]
        inside = ops.all((self._centres >= low) & (self._centres <= high), -1)
        inside = inside & (targets[..., 4] == IGNORED)[..., None]
        return ops.cast(ops.any(inside, 1), "float32")


def overlaps(ours: Any, theirs: Any) -> tuple[Any, Any]:
    """Return IoU and generalised IoU (Rezatofighi et al. 2019) of boxes (..., 4), x1, y1, x2, y2.

    The two broadcast against each other.
    """
    low = ops.maximum(ours[..., :2], theirs[..., :2])
    high = ops.minimum(ours[..., 2:], theirs[..., 2:])
    shared = ops.prod(ops.maximum(high - low, 0.0), -1)
    union = ops.prod(ours[..., 2:] - ours[..., :2], -1) - shared
    union = ops.maximum(union + ops.prod(theirs[..., 2:] - theirs[..., :2], -1), 1e-6)
    hull_low = ops.minimum(ours[..., :2], theirs[..., :2])
    hull = ops.prod(ops.maximum(ours[..., 2:], theirs[..., 2:]) - hull_low, -1)
    hull = ops.maximum(hull, 1e-6)
    return shared / union, shared / union - (hull - union) / hull


def _entropy(log_score: Any, aim: Any) -> Any:
    """Return the binary cross entropy of scores, given as logarithms, with ``aim``.

    Object and class are learnt as one product. Learnt apart, as YOLOX does, the class would be
    asked about people alone, and forget what else there is: kites scored 0.5 after 200 steps.
    """
    neither = ops.log1p(-ops.minimum(ops.exp(log_score), 1 - 1e-6))
    return -(aim * log_score + (1 - aim) * neither)
