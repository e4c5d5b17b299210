"""Losses of the look network: smoothed softmax over people, and batch-hard triplets."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

_SHARPNESS = 8.0
_MARGIN = 0.1
"""Scale and margin of differences between cosines in the soft margin."""


def batch_hard(people: Any, embeddings: Any) -> Any:
    """Return the batch-hard triplet loss with soft margin (Hermans et al. 2017) of every picture.

    ``people`` (B,) or (B, 1), ``embeddings`` (B, D). Distances are between unit vectors, since the
    look is compared by its cosine; they are scaled so that the soft margin bites.
    """
    people = ops.reshape(people, (-1, 1))
    unit = embeddings / ops.maximum(ops.norm(embeddings, axis=1, keepdims=True), 1e-6)
    apart = 1 - ops.matmul(unit, ops.transpose(unit))
    same = ops.cast(ops.equal(people, ops.transpose(people)), apart.dtype)
    farthest = ops.max(apart * same, axis=1)
    nearest = ops.min(apart + 3 * same, axis=1)
    return ops.softplus(_SHARPNESS * (farthest - nearest + _MARGIN))


class SmoothedPeople(keras.losses.Loss):  # type: ignore[misc]  # Keras is not typed
    """Cross-entropy of logits (B, P) against people (B,), labels smoothed (Szegedy et al. 2016)."""

    def __init__(self, smoothing: float) -> None:
        """Share ``smoothing`` of every label among all people."""
        super().__init__(name="people")
        self._smoothing = smoothing

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of every picture."""
        logs = ops.log_softmax(y_pred, axis=-1)
        truth = ops.cast(ops.reshape(y_true, (-1, 1)), "int32")
        own = ops.take_along_axis(logs, truth, axis=1)[:, 0]
        return -(1 - self._smoothing) * own - self._smoothing * ops.mean(logs, axis=1)


class Triplets(keras.losses.Loss):  # type: ignore[misc]
    """`batch_hard` as a loss of Keras."""

    def __init__(self, weight: float = 1.0) -> None:
        """Count it ``weight`` times."""
        super().__init__(name="triplets")
        self._weight = weight

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of every picture."""
        return self._weight * batch_hard(y_true, y_pred)
