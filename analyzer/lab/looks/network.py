"""Architecture of the look network, written once for every builder of it.

EfficientNet-lite0, whose last map is pooled by mean and by maximum, and a linear layer to the
embedding.
"""

from __future__ import annotations

from typing import Final, Protocol, TypeVar

from analyzer.lab.efficientnet import network

HEIGHT: Final = 128
WIDTH: Final = 64
"""Size of the pictures that the network sees, in pixels."""

EMBEDDING: Final = 256

TOP: Final = 1280

T = TypeVar("T")


class Builder(network.Builder[T], Protocol[T]):
    """Makes the layers of a look network."""

    def pool(self, x: T) -> T:
        """Return means and maxima over the places of a map, side by side: (N, 2 C)."""
        ...

    def embed(self, name: str, x: T, out: int) -> T:
        """Apply a linear layer and normalise."""
        ...


def build(builder: Builder[T], picture: T, embedding: int = EMBEDDING) -> T:
    """Return the embedding (N, D), not of unit length, of RGB pictures that are normalised."""
    *_, last = network.features(builder, picture)
    return builder.embed("embedding", builder.pool(builder.conv("top", last, TOP, 1)), embedding)
