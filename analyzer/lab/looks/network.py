"""Architecture of the look network, written once for every builder of it.

EfficientNet-lite0 (Tan & Le 2019, without squeeze-and-excite and with ReLU6, made for CPUs), whose
last map is pooled by mean and by maximum, and a linear layer to the embedding. Paddings are those
of TensorFlow ("same"), from which its ImageNet weights come.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

HEIGHT: Final = 128
WIDTH: Final = 64
"""Size of the pictures that the network sees, in pixels."""

MEAN: Final = 127.0
SCALE: Final = 1 / 128.0
"""Normalising of levels 0..255, as for the ImageNet weights."""

EMBEDDING: Final = 256

STEM: Final = 32
TOP: Final = 1280

STAGES: Final = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
"""Of each stage: expansion, kernel, stride of its first block, channels, number of blocks."""

T = TypeVar("T")


class Builder(Protocol[T]):
    """Makes the layers of a network; ``T`` is what flows between them."""

    def conv(
        self, name: str, x: T, out: int, kernel: int, *, stride: int = 1, depthwise: bool = False,
        active: bool = True,
    ) -> T:  # fmt: skip
        """Convolve with padding "same" and normalise, with ReLU6 if ``active``."""
        ...

    def add(self, one: T, other: T) -> T:
        """Add two maps."""
        ...

    def pool(self, x: T) -> T:
        """Return means and maxima over the places of a map, side by side: (N, 2 C)."""
        ...

    def embed(self, name: str, x: T, out: int) -> T:
        """Apply a linear layer and normalise."""
        ...


@dataclass(frozen=True, slots=True)
class Block:
    """One inverted residual block (Sandler et al. 2018)."""

    name: str
    expansion: int
    kernel: int
    stride: int
    channels: int
    residual: bool


def blocks() -> Iterator[Block]:
    """Yield all blocks in order."""
    inputs, number = STEM, 0
    for expansion, kernel, first, channels, count in STAGES:
        for index in range(count):
            stride = 1 if index else first
            same = stride == 1 and inputs == channels
            yield Block(f"block{number}", expansion, kernel, stride, channels, same)
            inputs, number = channels, number + 1


def build(builder: Builder[T], picture: T, embedding: int = EMBEDDING) -> T:
    """Return the embedding (N, D), not of unit length, of RGB pictures in 0..255."""
    x = builder.conv("stem", picture, STEM, 3, stride=2)
    inputs = STEM
    for block in blocks():
        before, inside = x, inputs * block.expansion
        if block.expansion > 1:
            x = builder.conv(f"{block.name}_expand", x, inside, 1)
        x = builder.conv(
            f"{block.name}_depth", x, inside, block.kernel, stride=block.stride, depthwise=True
        )
        x = builder.conv(f"{block.name}_project", x, block.channels, 1, active=False)
        x = builder.add(x, before) if block.residual else x
        inputs = block.channels
    return builder.embed("embedding", builder.pool(builder.conv("top", x, TOP, 1)), embedding)
