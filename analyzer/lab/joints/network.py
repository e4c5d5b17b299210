"""Architecture of the joint network, written once for every builder of it.

EfficientNet-lite0 without its last blocks; its maps of 1/32, 1/16, 1/8 and 1/4 of the picture are
added from the coarsest to the finest (feature pyramid, Lin et al. 2017), and the finest answers
for every joint where it is, or from the coarsest that it is not to be seen.
"""

from __future__ import annotations

from itertools import islice
from typing import Final, Protocol, TypeVar

from analyzer.joints.network import JOINTS
from analyzer.lab.efficientnet import network

HEIGHT: Final = 128
WIDTH: Final = 96
"""Size of the pictures that the network sees, in pixels."""

BLOCKS: Final = 13
"""Of EfficientNet-lite0's 16: the last ones have the most channels and the fewest places."""

LEVELS: Final = (12, 10, 4, 2)
"""Blocks whose maps are used, from the coarsest, at 1/32, to the finest, at 1/4."""

CHANNELS: Final = 48

T = TypeVar("T")


class Builder(network.Builder[T], Protocol[T]):
    """Makes the layers of a joint network."""

    def twice(self, x: T) -> T:
        """Return a map of twice the height and width, every cell repeated."""
        ...

    def answer(self, finest: T, coarsest: T, joints: int) -> T:
        """Return (N, joints, places + 1) from the logits of ``finest`` and means of ``coarsest``.

        A linear layer on the means gives the logits of *not to be seen*.
        """
        ...


def build(builder: Builder[T], picture: T) -> T:
    """Return the logits (N, 17, places + 1), as ``joints.network.decode`` reads them."""
    maps = list(islice(network.features(builder, picture), BLOCKS))
    coarsest = maps[LEVELS[0]]
    x = builder.conv("side0", coarsest, CHANNELS, 1)
    for number, block in enumerate(LEVELS[1:], 1):
        side = builder.conv(f"side{number}", maps[block], CHANNELS, 1, active=False)
        x = builder.add(builder.twice(x), side)
        x = builder.conv(f"mix{number}", x, CHANNELS, 3, depthwise=True)
        x = builder.conv(f"join{number}", x, CHANNELS, 1)
    return builder.answer(x, coarsest, len(JOINTS))
