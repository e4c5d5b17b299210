"""Network of the joint detector: dense residual stages, one pyramid map, centre points.

Centres as points follow Zhou et al. 2019 (CenterNet). Gaussians of the size of the box, also used
as weights of the box loss, follow Liu et al. 2019 (TTFNet), which trains in a fraction of the
steps. Convolutions are dense 3x3 and not depthwise: on a CPU both take the same time to train here,
dense ones do nine times the multiplications, and quantised they run as fast.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from analyzer.detection.joint_decode import CHANNELS, KINDS
from analyzer.lab.emotion.networks import FusedBatchNorm

# Initial logit of a cell: one in a hundred cells is a centre.
_PRIOR_LOGIT = -4.6


def _conv(x: Any, width: int, kernel: int = 3, stride: int = 1, relu: bool = True) -> Any:
    x = layers.Conv2D(
        width, kernel, stride, "same", use_bias=False, kernel_initializer="he_normal"
    )(x)
    x = FusedBatchNorm(momentum=0.95, epsilon=1e-5)(x)
    return layers.ReLU()(x) if relu else x


def _residual(x: Any, width: int) -> Any:
    return layers.ReLU()(layers.Add()([x, _conv(x, width, relu=False)]))


def detector(
    height: int | None = None,
    width: int | None = None,
    widths: tuple[int, int, int, int] = (32, 64, 96, 128),
    blocks: tuple[int, int, int] = (2, 2, 2),
    neck: int = 64,
) -> keras.Model:
    """Pictures (N, H, W, 3), float32 BGR in 0..255, H and W multiples of 32, to (N, H/8, W/8, 20).

    For the channels see ``analyzer.detection.joint_decode``. ``widths`` are the channels at strides
    4, 8, 16 and 32, ``blocks`` the residual blocks at the last three.
    """
    inputs = keras.Input((height, width, 3))
    x = layers.Rescaling(1 / 64.0, offset=-2.0)(inputs)
    x = _conv(x, widths[0], 7, 4)
    maps = []
    for channels, count in zip(widths[1:], blocks, strict=True):
        x = _conv(x, channels, 3, 2)
        for _ in range(count):
            x = _residual(x, channels)
        maps.append(x)
    merged = _conv(maps[2], neck, 1, relu=False)
    for finer in (maps[1], maps[0]):
        merged = layers.UpSampling2D(2)(merged)
        merged = layers.ReLU()(layers.Add()([merged, _conv(finer, neck, 1, relu=False)]))
    shared = _conv(merged, neck)
    centres = layers.Conv2D(
        len(KINDS), 1, bias_initializer=keras.initializers.Constant(_PRIOR_LOGIT), name="centres"
    )(_conv(shared, neck))
    shape = layers.Conv2D(CHANNELS - len(KINDS), 1, name="shape")(_conv(shared, neck))
    return keras.Model(inputs, layers.Concatenate()([centres, shape]), name="joint")
