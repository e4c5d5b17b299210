"""Simulated camera shake and panning, as negative examples for the fight model."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_ZOOM = 1.15
"""Enlargement, so that a shifted picture shows no border."""

_SHAKES_PX = (0.5, 2.0)
"""Range of the standard deviation of the shift, in px of a 160 px wide picture."""

_PANS_PX = (2.5, 12.0)
"""Range of the speed of a panning camera, in px per second of a 160 px wide picture."""

_LEAN = 9
"""Samples over which a shaking camera returns to its position."""


def camera_path(count: int, fps: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return shifts (count, 2) in px of a 160 px wide picture, of a shake or of a pan."""
    if rng.random() < 0.5:
        speed = rng.uniform(*_PANS_PX) * rng.choice([-1, 1])
        across = speed * (np.arange(count) - (count - 1) / 2) / fps
        return np.stack([across, np.zeros(count)], axis=1)
    walk = np.cumsum(rng.normal(0, 1, (count, 2)), axis=0)
    window = np.ones(_LEAN) / _LEAN
    back = np.stack([np.convolve(walk[:, i], window, "same") for i in (0, 1)], axis=1)
    shake = walk - back
    return np.asarray(shake / max(float(shake.std()), 1e-6) * rng.uniform(*_SHAKES_PX))


def displaced(small: NDArray[np.uint8], by: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return the picture, uint8 (H, W), slightly enlarged and shifted by (x, y) px."""
    height, width = small.shape
    place = np.array(
        [
            [_ZOOM, 0, by[0] - (_ZOOM - 1) * width / 2],
            [0, _ZOOM, by[1] - (_ZOOM - 1) * height / 2],
        ]
    )
    moved = cv2.warpAffine(small, place, (width, height), borderMode=cv2.BORDER_REFLECT)
    return np.asarray(moved, dtype=np.uint8)
