"""Keras model of the person detector, and its weights by layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from analyzer.lab.detection import network

Weights = dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]
"""By layer its kernel (h, w, in, out), of depthwise layers (h, w, in, 1), and its bias (out,)."""


class KerasBuilder:
    """Layers of a functional model."""

    def conv(
        self, name: str, x: Any, out: int, kernel: int, *, stride: int = 1, depthwise: bool = False,
        active: bool = True,
    ) -> Any:  # fmt: skip
        """See network.Builder."""
        # "same" would pad even sizes of stride 2 on one side alone.
        if kernel > 1:
            x = keras.layers.ZeroPadding2D((kernel - 1) // 2)(x)
        activation = "hard_silu" if active else None
        layer = (
            keras.layers.DepthwiseConv2D(kernel, stride, activation=activation, name=name)
            if depthwise
            else keras.layers.Conv2D(out, kernel, stride, activation=activation, name=name)
        )
        return layer(x)

    def concatenate(self, parts: Sequence[Any]) -> Any:
        """See network.Builder."""
        return keras.layers.Concatenate()(list(parts))

    def add(self, one: Any, other: Any) -> Any:
        """See network.Builder."""
        return keras.layers.Add()([one, other])

    def upsample(self, x: Any) -> Any:
        """See network.Builder."""
        return keras.layers.UpSampling2D(2)(x)

    def max_pool(self, x: Any) -> Any:
        """See network.Builder."""
        return keras.layers.MaxPooling2D(5, 1, "same")(x)

    def answer(self, levels: Sequence[tuple[Any, Any, Any]]) -> Any:
        """See network.Builder."""
        flat = [
            keras.layers.Reshape((-1, network.CHANNELS))(self.concatenate(level))
            for level in levels
        ]
        return keras.layers.Concatenate(axis=1)(flat)


def model() -> keras.Model:
    """Return the detector with random weights, for pictures of any size."""
    picture = keras.Input((None, None, 3))
    return keras.Model(picture, network.build(KerasBuilder(), picture))


def weights_of(detector: keras.Model) -> Weights:
    """Return copies of all weights of ``detector``."""
    found: Weights = {}
    for layer in detector.layers:
        if layer.weights:
            kernel, bias = (np.asarray(value, np.float32).copy() for value in layer.get_weights())
            found[layer.name] = kernel, bias
    return found


def set_weights(detector: keras.Model, weights: Weights) -> None:
    """Give ``detector`` its ``weights``; raises ValueError where a layer or a shape differs."""
    layers = {layer.name: layer for layer in detector.layers if layer.weights}
    if set(layers) != set(weights):
        raise ValueError(f"other layers: {sorted(set(layers) ^ set(weights))}")
    for name, (kernel, bias) in weights.items():
        layers[name].set_weights([kernel, bias])
