"""Loss of the joint network: where a joint is, among all places and *not to be seen*."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from analyzer.joints.network import STRIDE


class Whereabouts(keras.losses.Loss):  # type: ignore[misc]  # Keras is not typed
    """Cross-entropy over the places of a map and *not to be seen*, with a soft target.

    The target is a Gaussian of ``spread`` places around a joint that is seen. Unlike a squared
    error of heat maps it does not drown the one right place in the many empty ones. Joints of which
    it is not sure whether they are seen (NaN) do not count.
    """

    def __init__(self, height: int, width: int, spread: float = 1.0) -> None:
        """Compare answers for pictures of ``height`` × ``width`` px."""
        super().__init__(name="whereabouts")
        rows, columns = np.mgrid[: height // STRIDE, : width // STRIDE]
        centres = np.stack([columns.ravel(), rows.ravel()], 1)
        self._centres = (centres * STRIDE + STRIDE / 2).astype(np.float32)
        self._scale = 2 * (spread * STRIDE) ** 2

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of every picture: ``y_true`` (N, 17, 3), ``y_pred`` (N, 17, P + 1)."""
        sure = ops.cast(ops.logical_not(ops.isnan(y_true[..., 2])), "float32")
        seen = ops.where(sure > 0, y_true[..., 2], ops.zeros_like(sure))
        apart = y_true[..., None, :2] - ops.convert_to_tensor(self._centres)
        near = ops.exp(-ops.sum(apart**2, axis=-1) / self._scale)
        near = near / ops.maximum(ops.sum(near, axis=-1, keepdims=True), 1e-6)
        target = ops.concatenate([near * seen[..., None], (1 - seen)[..., None]], axis=-1)
        lost = -ops.sum(target * ops.log_softmax(y_pred, axis=-1), axis=-1)
        return ops.sum(lost * sure, axis=-1) / ops.maximum(ops.sum(sure, axis=-1), 1.0)
