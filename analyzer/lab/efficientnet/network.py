"""Architecture of EfficientNet-lite0, written once for every builder of it.

Tan & Le 2019, without squeeze-and-excite and with ReLU6, made for CPUs. Paddings are those of
TensorFlow ("same"), from which its ImageNet weights come.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

MEAN: Final = 127.0
SCALE: Final = 1 / 128.0
"""Normalising of levels 0..255, as for the ImageNet weights."""

STEM: Final = 32

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


def features(builder: Builder[T], picture: T) -> Iterator[T]:
    """Yield the map after every block, (N, H, W, C), of RGB pictures that are normalised."""
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
        yield x
