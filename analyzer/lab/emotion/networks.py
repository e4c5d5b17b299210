"""Expression networks that are compared: one function each, for any Keras 3 backend.

Every network takes grey pictures as float32 in 0..255, shape (N, S, S, 1), contains its own input
scaling, and returns logits, shape (N, classes), without softmax and temperature.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from analyzer.errors import AnalyzerError
from analyzer.lab.emotion.dlib_transfer import dlib_face

CLASSES = 7

# (width, number of residual blocks) of each stage of the default network. The first stage works at
# half the input size: at 48 px a full-size first stage costs half of all multiplications, and faces
# of CCTV have no detail there.
SLIM_STAGES = ((32, 2), (64, 3), (128, 3), (192, 2))


@keras.saving.register_keras_serializable("analyzer")
class FusedBatchNorm(layers.BatchNormalization):  # type: ignore[misc]
    """Batch normalisation with torch's fused kernel; on other backends the Keras layer.

    Keras on torch computes moments and normalisation as separate operations: a whole training step
    of the default network took 1.8 times longer on a CPU.
    """

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Normalise over the last axis of (N, H, W, C)."""
        if keras.backend.backend() != "torch":
            return super().call(inputs, training=training, mask=mask)
        from torch.nn import functional  # type: ignore[import-not-found]

        normed = functional.batch_norm(
            inputs.permute(0, 3, 1, 2),
            self.moving_mean.value,
            self.moving_variance.value,
            self.gamma.value,
            self.beta.value,
            bool(training) and self.trainable,
            1 - self.momentum,
            self.epsilon,
        )
        return normed.permute(0, 2, 3, 1)


def _conv_norm(x: Any, width: int, kernel: int, stride: int = 1) -> Any:
    x = layers.Conv2D(
        width, kernel, stride, "same", use_bias=False, kernel_initializer="he_normal"
    )(x)
    return FusedBatchNorm(momentum=0.9, epsilon=1e-5)(x)


def _residual(x: Any, width: int, stride: int) -> Any:
    """Two 3x3 convolutions with an average-pooled shortcut (ResNet-D, He et al. 2018)."""
    y = layers.ReLU()(_conv_norm(x, width, 3, stride))
    y = _conv_norm(y, width, 3)
    if stride > 1:
        x = layers.AveragePooling2D(2, padding="same")(x)
    if x.shape[-1] != width:
        x = _conv_norm(x, width, 1)
    return layers.ReLU()(layers.Add()([x, y]))


def slim_resnet(
    input_size: int | None = 48,
    classes: int = CLASSES,
    stages: tuple[tuple[int, int], ...] = SLIM_STAGES,
    dropout: float = 0.3,
) -> keras.Model:
    """Our default: a slim residual network, fully convolutional, for any input size >= 16.

    The stem looks at 6x6 pixels with stride 2. He et al. 2015 (residual blocks), He et al. 2018
    (averaged shortcuts).
    """
    inputs = keras.Input((input_size, input_size, 1))
    x = layers.Rescaling(1 / 64.0, offset=-2.0)(inputs)
    x = layers.ReLU()(_conv_norm(x, stages[0][0], 6, 2))
    for index, (width, blocks) in enumerate(stages):
        for block in range(blocks):
            x = _residual(x, width, 2 if index and block == 0 else 1)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(dropout)(x)
    return keras.Model(inputs, layers.Dense(classes)(x), name="slim_resnet")


def cnn4(input_size: int | None = 48, classes: int = CLASSES) -> keras.Model:
    """A CNN of four convolutions, often used on FER2013 (50.1 % as published)."""
    inputs = keras.Input((input_size, input_size, 1))
    x = layers.Rescaling(1 / 255.0)(inputs)
    for width, drop in ((64, 0.25), (128, 0.25), (256, 0.25), (256, 0.25)):
        x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
        x = layers.ReLU()(FusedBatchNorm()(x))
        x = layers.Dropout(drop)(layers.MaxPooling2D(2)(x))
    x = layers.Dropout(0.5)(layers.Dense(256, activation="relu")(layers.Flatten()(x)))
    return keras.Model(inputs, layers.Dense(classes)(x), name="cnn4")


# ("dw", stride) or ("pw", width), each followed by batch norm and ReLU.
_DEPTHWISE_PLAN: tuple[tuple[str, int], ...] = (
    *(("dw", 1), ("pw", 64), ("dw", 2), ("pw", 128), ("dw", 1), ("pw", 128)),
    *(("dw", 2), ("pw", 256), ("dw", 1), ("pw", 512), ("dw", 2), ("pw", 512)),
    *(("dw", 1), ("pw", 512), ("dw", 1), ("pw", 512), ("dw", 1)),
    *(("dw", 2), ("pw", 1024)),
)


def depthwise(input_size: int = 224, classes: int = CLASSES) -> keras.Model:
    """A depthwise-separable CNN of 2,286,631 parameters at 224 px (about 79 % as published)."""
    inputs = keras.Input((input_size, input_size, 1))
    x = layers.Rescaling(1 / 255.0)(inputs)
    x = layers.Conv2D(32, 3, 2, "same")(x)
    x = layers.ReLU()(FusedBatchNorm()(x))
    for kind, number in _DEPTHWISE_PLAN:
        if kind == "dw":
            x = layers.DepthwiseConv2D(3, number, "same")(x)
        else:
            x = layers.Conv2D(number, 1)(x)
        x = layers.ReLU()(FusedBatchNorm()(x))
    x = layers.AveragePooling2D(min(7, x.shape[1]))(x)
    x = layers.Dropout(0.5)(layers.Dense(700)(x))
    return keras.Model(inputs, layers.Dense(classes)(layers.Flatten()(x)), name="depthwise")


def resnet50v2(
    input_size: int = 96, classes: int = CLASSES, weights: str | None = None
) -> keras.Model:
    """ResNet50V2 for transfer learning; `weights` is a local file, or None for none."""
    inputs = keras.Input((input_size, input_size, 1))
    x = layers.Concatenate()([layers.Rescaling(1 / 127.5, offset=-1.0)(inputs)] * 3)
    base = keras.applications.ResNet50V2(
        include_top=False, weights=weights, input_shape=(input_size, input_size, 3), pooling="avg"
    )
    x = layers.Dropout(0.5)(base(x))
    return keras.Model(inputs, layers.Dense(classes)(x), name="resnet50v2")


NETWORKS: dict[str, Callable[..., keras.Model]] = {
    "slim_resnet": slim_resnet,
    "cnn4": cnn4,
    "depthwise": depthwise,
    "resnet50v2": resnet50v2,
    "dlib_face": dlib_face,
}


def build(name: str, **options: Any) -> keras.Model:
    """Build a network by name; raises AnalyzerError for a name that is not in NETWORKS."""
    if name not in NETWORKS:
        raise AnalyzerError(f"no network {name!r}: choose one of {', '.join(NETWORKS)}")
    return NETWORKS[name](**options)


def logits_of(model: keras.Model, faces: NDArray[np.uint8], batch: int = 256) -> NDArray[Any]:
    """Return logits (N, 7) of uint8 faces (N, S, S)."""
    parts = [
        faces[i : i + batch, ..., None].astype(np.float32) for i in range(0, len(faces), batch)
    ]
    return np.concatenate(
        [
            np.asarray(keras.ops.convert_to_numpy(model.predict_on_batch(p)), np.float32)
            for p in parts
        ]
    )
