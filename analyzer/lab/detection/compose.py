"""Batches of crops: a function of the seed and the step alone."""

from __future__ import annotations

import numpy as np

from analyzer.lab.detection.crops import Crop, mirrored, mosaic, single
from analyzer.lab.detection.degrade import degrade
from analyzer.lab.detection.store import Store

_MOSAICS, _CALM_MOSAICS = 0.45, 0.3
"""Shares of crops that are made of four pictures; the second in the calm end of a training."""

_CALM_DEGRADED = 0.4


class Composer:
    """Crops of one size from the pictures of a store."""

    def __init__(self, store: Store, height: int, width: int) -> None:
        """Draw crops of ``height`` × ``width`` px from ``store``."""
        self._store, self._height, self._width = store, height, width

    def draw(self, rng: np.random.Generator, calm: bool = False) -> Crop:
        """Return one crop; a ``calm`` one is degraded less often, as in a run."""
        share = _CALM_MOSAICS if calm else _MOSAICS
        crop = self._four(rng) if rng.random() < share else self._one(
            self._height, self._width, False, rng
        )  # fmt: skip
        crop = mirrored(crop) if rng.random() < 0.5 else crop
        if calm and rng.random() >= _CALM_DEGRADED:
            return crop
        return Crop(degrade(crop.bgr, rng), crop.people, crop.ignored)

    def _one(self, height: int, width: int, halved: bool, rng: np.random.Generator) -> Crop:
        bgr, labels = self._store.read(self._store.draw(rng), halved)
        return single(bgr, labels, height, width, rng)

    def _four(self, rng: np.random.Generator) -> Crop:
        height, width = self._height, self._width
        y, x = int(height * rng.uniform(0.3, 0.7)), int(width * rng.uniform(0.3, 0.7))
        sizes = ((y, x), (y, width - x), (height - y, x), (height - y, width - x))
        return mosaic([self._one(h, w, True, rng) for h, w in sizes], x, y, height, width)
