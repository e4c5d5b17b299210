"""Keras model of the look network, for its training."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from analyzer.lab.efficientnet import keras_builder
from analyzer.lab.efficientnet.keras_builder import EPSILON, normalised
from analyzer.lab.looks import network


class KerasBuilder(keras_builder.KerasBuilder):
    """Layers of a functional model."""

    def pool(self, x: Any) -> Any:
        """See network.Builder."""
        pooled = [layers.GlobalAveragePooling2D()(x), layers.GlobalMaxPooling2D()(x)]
        return layers.Concatenate(name="pooled")(pooled)

    def embed(self, name: str, x: Any, out: int) -> Any:
        """See network.Builder."""
        x = layers.Dense(out, use_bias=False, kernel_initializer="he_normal", name=name)(x)
        return layers.BatchNormalization(
            momentum=0.9, epsilon=EPSILON, center=False, name=f"{name}_norm"
        )(x)


def model(people: int, dropout: float = 0.0) -> keras.Model:
    """Return the network that is trained, for RGB pictures (N, H, W, 3) in 0..255.

    Its outputs are the embedding before its batch norm (for the triplets) and logits of ``people``
    from the normalised one: the BNNeck of Luo et al. 2019.
    """
    inputs = keras.Input((None, None, 3))
    necked = network.build(KerasBuilder(), normalised(inputs))
    raw = necked._keras_history.operation.input
    logits = layers.Dense(people, use_bias=False, name="people", kernel_initializer="glorot_normal")
    shown = layers.Dropout(dropout)(necked) if dropout else necked
    return keras.Model(inputs, [raw, logits(shown)], name="look")
