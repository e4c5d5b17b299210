"""Keras layers of EfficientNet-lite0, for the training of networks that are built on it."""

from __future__ import annotations

from typing import Any, Final

from keras import layers

from analyzer.lab.efficientnet import network
from analyzer.lab.emotion.networks import FusedBatchNorm

EPSILON: Final = 1e-3
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
        x = FusedBatchNorm(momentum=0.9, epsilon=EPSILON, name=f"{name}_norm")(layer(x))
        return layers.ReLU(6.0)(x) if active else x

    def add(self, one: Any, other: Any) -> Any:
        """See network.Builder."""
        return layers.Add()([one, other])


def normalised(pictures: Any) -> Any:
    """Return RGB pictures (N, H, W, 3) in 0..255 with the levels of the ImageNet weights."""
    return layers.Rescaling(network.SCALE, offset=-network.MEAN * network.SCALE)(pictures)
