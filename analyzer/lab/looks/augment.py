"""Seeded augmentation of body crops for looks: other boxes, and what lab.degrading does.

All functions take and return uint8 pictures (H, W, 3) BGR and draw random numbers only from the
given generator: the same generator state gives the same picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analyzer.lab.degrading import Bgr, Degrading, resized, shown, shrunk


@dataclass(frozen=True, kw_only=True)
class Augmentation(Degrading):
    """Probabilities in [0, 1], and strengths."""

    flip: float = 0.5
    shift: float = 0.06
    """Largest shift of each edge of the box, as a share of its side."""
    half: float = 0.12
    """Of a box that misses the legs, or rarely the head."""


def augment(bgr: Bgr, rng: np.random.Generator, how: Augmentation, size: tuple[int, int]) -> Bgr:
    """Return one augmented copy of a body crop, of ``size`` (height, width)."""
    bgr = _boxed(bgr, rng, how)
    if rng.random() < how.small:
        bgr = shrunk(bgr, rng, how)
    bgr = resized(bgr, size)
    if rng.random() < how.flip:
        bgr = np.ascontiguousarray(bgr[:, ::-1])
    return shown(bgr, rng, how)


def _boxed(bgr: Bgr, rng: np.random.Generator, how: Augmentation) -> Bgr:
    """Return the crop of another box around the same person; outside, the edge is repeated."""
    height, width = bgr.shape[:2]
    top, bottom = rng.uniform(-how.shift, how.shift, 2) * height
    left, right = rng.uniform(-1.5 * how.shift, 1.5 * how.shift, 2) * width
    bottom += height
    if rng.random() < how.half:
        if rng.random() < 0.85:
            bottom = height * rng.uniform(0.4, 0.85)
        else:
            top = height * rng.uniform(0.1, 0.3)
    rows = np.clip(np.arange(round(top), max(round(top) + 8, round(bottom))), 0, height - 1)
    columns = np.arange(round(left), max(round(left) + 4, round(width + right)))
    return bgr[np.ix_(rows, np.clip(columns, 0, width - 1))]
