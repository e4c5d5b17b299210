"""The look of a person as a vector: the protocol of what computes it, and how two are compared."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from analyzer.types import PersonDetection

Appearance = NDArray[np.float32]
"""A unit-length float32 vector; vectors of one model have one length."""


class AppearanceModel(Protocol):
    """Describes what a person looks like, by clothes or by whatever else it has learnt.

    ``analyzer.tracking.appearance.describe``, a colour histogram, is one; a network that embeds
    crops of bodies can take its place.
    """

    def __call__(self, bgr: NDArray[np.uint8], detection: PersonDetection) -> Appearance | None:
        """Return the look of ``detection`` in ``bgr``, uint8 (H, W, 3); None where it is too small.

        Looks of one person are alike: their inner product is near 1.
        """
        ...


def similarity(one: Appearance | None, other: Appearance | None) -> float | None:
    """Return the inner product of two looks, in [-1, 1], None where either is not known."""
    return None if one is None or other is None else float(one @ other)
