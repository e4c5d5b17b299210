"""Architecture of the person detector, written once for every builder of it.

It is YOLOX-nano (Ge et al. 2021) with one class and two changes that save time on a CPU. The slices
of its Focus layer and the convolution after them are one 6×6 convolution of stride 2 (the same
sums). SiLU is Hardswish (Howard et al. 2019): nearly the same curve, so that trained weights fit,
and hardly dearer than ReLU. Batch norms are folded, as in the file that the weights come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol, TypeVar

STRIDES: Final = (8, 16, 32)

BOX: Final = slice(0, 4)
OBJECT: Final = 4
CLASS: Final = 5
CHANNELS: Final = 6
"""Channels of an answer: x, y in cells from the cell's corner, log w, log h in cells, two scores.

The network answers for every cell of strides 8, 16 and 32 in raster order. The score of a box is
the product of both scores.
"""

_WIDTHS: Final = (16, 32, 64, 128, 256)
_HEAD: Final = 64

T = TypeVar("T")


class Builder(Protocol[T]):
    """Makes the layers of a network; ``T`` is what flows between them."""

    def conv(
        self, name: str, x: T, out: int, kernel: int, *, stride: int = 1, depthwise: bool = False,
        active: bool = True,
    ) -> T:  # fmt: skip
        """Convolve with bias, padded like (kernel - 1) // 2, with the activation if ``active``."""
        ...

    def concatenate(self, parts: Sequence[T]) -> T:
        """Join maps along their channels."""
        ...

    def add(self, one: T, other: T) -> T:
        """Add two maps."""
        ...

    def upsample(self, x: T) -> T:
        """Double height and width by repeating."""
        ...

    def max_pool(self, x: T) -> T:
        """Take the maximum over 5×5 cells, of the same size."""
        ...

    def answer(self, levels: Sequence[tuple[T, T, T]]) -> T:
        """Flatten boxes, object and class logits of all strides to (N, cells, 6)."""
        ...


def build(builder: Builder[T], picture: T) -> T:
    """Return the answer to ``picture``, (N, H, W, 3) BGR in 0..255, sides multiples of 32."""
    maps = _neck(builder, _trunk(builder, picture))
    return builder.answer([_head(builder, f"head{n}", x) for n, x in enumerate(maps)])


def _separable(b: Builder[T], name: str, x: T, inside: int, out: int, stride: int = 1) -> T:
    x = b.conv(f"{name}_depth", x, inside, 3, stride=stride, depthwise=True)
    return b.conv(f"{name}_point", x, out, 1)


def _csp(
    b: Builder[T], name: str, x: T, out: int, count: int = 1, residual: bool = True
) -> T:  # fmt: skip
    """Cross stage partial block: ``count`` bottlenecks on half of the ``out`` channels."""
    half = out // 2
    one = b.conv(f"{name}_first", x, half, 1)
    other = b.conv(f"{name}_second", x, half, 1)
    for number in range(count):
        inner = b.conv(f"{name}_block{number}_first", one, half, 1)
        inner = _separable(b, f"{name}_block{number}", inner, half, half)
        one = b.add(inner, one) if residual else inner
    return b.conv(f"{name}_last", b.concatenate([one, other]), out, 1)


def _trunk(b: Builder[T], x: T) -> tuple[T, T, T]:
    """CSPDarknet: maps of 64, 128 and 256 channels at strides 8, 16 and 32."""
    stem, two, eight, sixteen, last = _WIDTHS
    x = b.conv("stem", x, stem, 6, stride=2)
    x = _csp(b, "dark2", _separable(b, "dark2_down", x, stem, two, 2), two)
    fine = _csp(b, "dark3", _separable(b, "dark3_down", x, two, eight, 2), eight, 3)
    middle = _csp(b, "dark4", _separable(b, "dark4_down", fine, eight, sixteen, 2), sixteen, 3)
    x = _separable(b, "dark5_down", middle, sixteen, last, 2)
    # Spatial pyramid pooling over 5, 9 and 13 cells: the larger pools are repeated small ones.
    pools = [b.conv("dark5_pool_first", x, last // 2, 1)]
    for _ in range(3):
        pools.append(b.max_pool(pools[-1]))
    x = b.conv("dark5_pool_last", b.concatenate(pools), last, 1)
    return fine, middle, _csp(b, "dark5", x, last, residual=False)


def _neck(b: Builder[T], maps: tuple[T, T, T]) -> tuple[T, T, T]:
    """Path aggregation: from coarse to fine and back."""
    _, _, eight, sixteen, last = _WIDTHS
    fine, middle, coarse = maps
    top = b.conv("neck_top", coarse, sixteen, 1)
    x = _csp(b, "neck_down16", b.concatenate([b.upsample(top), middle]), sixteen, residual=False)
    reduced = b.conv("neck_reduce", x, eight, 1)
    out8 = _csp(b, "neck_down8", b.concatenate([b.upsample(reduced), fine]), eight, residual=False)
    x = b.concatenate([_separable(b, "neck_to16", out8, eight, eight, 2), reduced])
    out16 = _csp(b, "neck_up16", x, sixteen, residual=False)
    x = b.concatenate([_separable(b, "neck_to32", out16, sixteen, sixteen, 2), top])
    return out8, out16, _csp(b, "neck_up32", x, last, residual=False)


def _head(b: Builder[T], name: str, x: T) -> tuple[T, T, T]:
    """Box, object and class of the cells of one stride, of two branches."""
    x = b.conv(f"{name}_stem", x, _HEAD, 1)
    branches = []
    for branch in ("class", "box"):
        part = _separable(b, f"{name}_{branch}0", x, _HEAD, _HEAD)
        branches.append(_separable(b, f"{name}_{branch}1", part, _HEAD, _HEAD))
    classes, boxes = branches
    return (
        b.conv(f"{name}_boxes", boxes, 4, 1, active=False),
        b.conv(f"{name}_object", boxes, 1, 1, active=False),
        b.conv(f"{name}_classes", classes, 1, 1, active=False),
    )
