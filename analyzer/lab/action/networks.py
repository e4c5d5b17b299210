"""Action networks: ours over measured sequences, and two whole-frame baselines.

The baselines are a 3D CNN and a CNN with GRU (Sharma 2023).

All return logits. The frame networks take uint8-valued float32 (N, T, H, W, 3) in 0..255.
"""

from __future__ import annotations

import keras
from keras import layers

from analyzer.actions.model import PERSON_ACTIONS
from analyzer.actions.person_features import MEASURES, STEPS

WIDTH = 32


def temporal(
    steps: int = STEPS, columns: int = len(MEASURES), classes: int = len(PERSON_ACTIONS)
) -> keras.Model:
    """Our default: two convolutions over time, mean and maximum over time, a dense layer.

    ``actions.model.network`` computes the same from its six weight arrays. Noise on the inputs and
    dropped columns simulate unseen cameras.
    """
    inputs = keras.Input((steps, columns))
    x = layers.GaussianNoise(0.2)(inputs)
    x = layers.SpatialDropout1D(0.2)(x)
    for _ in range(2):
        x = layers.Conv1D(WIDTH, 3, padding="same", activation="relu")(x)
    pooled = layers.Concatenate()(
        [layers.GlobalAveragePooling1D()(x), layers.GlobalMaxPooling1D()(x)]
    )
    pooled = layers.Dropout(0.3)(pooled)
    return keras.Model(inputs, layers.Dense(classes)(pooled), name="temporal")


def cnn3d(frames: int = 16, side: int = 64, classes: int = 4) -> keras.Model:
    """The 3D CNN of Sharma (2023): four 3D convolutions with pooling on whole frames."""
    inputs = keras.Input((frames, side, side, 3))
    x = layers.Rescaling(1 / 255.0)(inputs)
    for index, width in enumerate((16, 32, 64, 64)):
        x = layers.Conv3D(width, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling3D((1 if index == 0 else 2, 2, 2), padding="same")(x)
    x = layers.Dropout(0.5)(layers.GlobalAveragePooling3D()(x))
    return keras.Model(inputs, layers.Dense(classes)(x), name="cnn3d")


def cnn_gru(frames: int = 16, side: int = 64, classes: int = 4) -> keras.Model:
    """The CNN with GRU of Sharma (2023): one small CNN for all frames, a GRU over time."""
    inputs = keras.Input((frames, side, side, 3))
    # All pictures as one batch: 5 times faster than layers.TimeDistributed, with the same results.
    x = layers.Rescaling(1 / 255.0)(keras.ops.reshape(inputs, (-1, side, side, 3)))
    for width in (16, 32, 64):
        x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
    x = keras.ops.reshape(layers.GlobalAveragePooling2D()(x), (-1, frames, x.shape[-1]))
    x = layers.Dropout(0.5)(layers.GRU(32)(x))
    return keras.Model(inputs, layers.Dense(classes)(x), name="cnn_gru")


BASELINES = {"cnn3d": cnn3d, "cnn_gru": cnn_gru}
"""Networks to compare ours with; they see whole frames (Sharma 2023)."""
