"""Keras model of the look network, for its training."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from analyzer.lab.emotion.networks import FusedBatchNorm
from analyzer.lab.looks import network

_EPSILON = 1e-3
"""Of the batch norms, as the ImageNet weights were trained with."""


class KerasBuilder:
    """Layers of a functional model."""

    def conv(
        self, name: str, x: Any, out: int, kernel: int, *, stride: int = 1, depthwise: bool = False,
        active: bool = True,
    ) -> Any:  # fmt: skip
        """See network.Builder."""
        options: dict[str, Any] = {"padding": "same", "use_bias": False, "name": name}
        layer = (
            layers.DepthwiseConv2D(kernel, stride, **options)
            if depthwise
            else layers.Conv2D(out, kernel, stride, **options)
        )
        x = FusedBatchNorm(momentum=0.9, epsilon=_EPSILON, name=f"{name}_norm")(layer(x))
        return layers.ReLU(6.0)(x) if active else x

    def add(self, one: Any, other: Any) -> Any:
        """See network.Builder."""
        return layers.Add()([one, other])

    def pool(self, x: Any) -> Any:
        """See network.Builder."""
        pooled = [layers.GlobalAveragePooling2D()(x), layers.GlobalMaxPooling2D()(x)]
        return layers.Concatenate(name="pooled")(pooled)

    def embed(self, name: str, x: Any, out: int) -> Any:
        """See network.Builder."""
        x = layers.Dense(out, use_bias=False, kernel_initializer="he_normal", name=name)(x)
        return layers.BatchNormalization(
            momentum=0.9, epsilon=_EPSILON, center=False, name=f"{name}_norm"
        )(x)


def model(people: int, dropout: float = 0.0) -> keras.Model:
    """Return the network that is trained, for RGB pictures (N, H, W, 3) in 0..255.

    Its outputs are the embedding before its batch norm (for the triplets) and logits of ``people``
    from the normalised one: the BNNeck of Luo et al. 2019.
    """
    inputs = keras.Input((None, None, 3))
    x = layers.Rescaling(network.SCALE, offset=-network.MEAN * network.SCALE)(inputs)
    necked = network.build(KerasBuilder(), x)
    raw = necked._keras_history.operation.input
    logits = layers.Dense(people, use_bias=False, name="people", kernel_initializer="glorot_normal")
    shown = layers.Dropout(dropout)(necked) if dropout else necked
    return keras.Model(inputs, [raw, logits(shown)], name="look")
