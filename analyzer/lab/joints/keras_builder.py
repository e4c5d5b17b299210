"""Keras model of the joint network, for its training."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from analyzer.lab.efficientnet import keras_builder
from analyzer.lab.efficientnet.keras_builder import normalised
from analyzer.lab.joints import network


class KerasBuilder(keras_builder.KerasBuilder):
    """Layers of a functional model."""

    def twice(self, x: Any) -> Any:
        """See network.Builder."""
        return layers.UpSampling2D(2, interpolation="nearest")(x)

    def answer(self, finest: Any, coarsest: Any, joints: int) -> Any:
        """See network.Builder."""
        maps = layers.Conv2D(joints, 1, name="joints", kernel_initializer="glorot_normal")(finest)
        seen = layers.Permute((2, 1))(layers.Reshape((-1, joints))(maps))
        hidden = layers.Dense(joints, name="hidden", kernel_initializer="glorot_normal")
        not_seen = layers.Reshape((joints, 1))(hidden(layers.GlobalAveragePooling2D()(coarsest)))
        return layers.Concatenate(axis=2, name="answer")([seen, not_seen])


def model() -> keras.Model:
    """Return the network that is trained, for RGB pictures (N, H, W, 3) in 0..255."""
    inputs = keras.Input((network.HEIGHT, network.WIDTH, 3))
    return keras.Model(inputs, network.build(KerasBuilder(), normalised(inputs)), name="joints")
