"""Drawn people on a drawn street, with known colours of clothes."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.clothing.light import scene_light
from analyzer.clothing.measure import measure
from analyzer.types import BodyQuality, BodySample, Box, Moment

BOX = Box(280.0, 60.0, 80.0, 220.0)

COLOURS = {
    "black": (20, 20, 20), "white": (240, 240, 240), "grey": (125, 125, 125),
    "red": (190, 25, 30), "orange": (240, 130, 30), "yellow": (235, 210, 50),
    "green": (40, 130, 60), "blue": (40, 70, 150), "purple": (110, 50, 150),
    "pink": (240, 150, 180), "brown": (110, 70, 40),
}  # fmt: skip
"""RGB of a cloth that everybody calls so."""


def street(size: tuple[int, int] = (360, 640), seed: int = 0) -> NDArray[np.uint8]:
    """Return a street, uint8 (H, W, 3): a wall, a pavement, a white sign, grain."""
    height, width = size
    picture = np.full((height, width, 3), (150, 160, 165), np.float32)
    picture[height // 2 :] = (95, 100, 102)
    picture[20:60, 40:140] = 235
    picture[30:50, 500:620] = (60, 90, 70)
    picture += np.random.default_rng(seed).normal(0, 4, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)


def person(
    picture: NDArray[np.uint8], upper: str, lower: str, box: Box = BOX, stripe: str | None = None
) -> NDArray[np.uint8]:
    """Return ``picture`` with a person in ``box``: head, trunk, arms with hands, legs, shoes."""
    drawn = picture.copy()

    def fill(x: float, y: float, w: float, h: float, rgb: tuple[int, int, int]) -> None:
        corner = (round(box.x + x * box.w), round(box.y + y * box.h))
        other = (round(box.x + (x + w) * box.w), round(box.y + (y + h) * box.h))
        cv2.rectangle(drawn, corner, other, rgb[::-1], -1)

    fill(0.36, 0.02, 0.28, 0.05, (50, 35, 25))
    fill(0.37, 0.06, 0.26, 0.1, (205, 150, 120))
    fill(0.22, 0.17, 0.56, 0.34, COLOURS[upper])
    fill(0.1, 0.18, 0.12, 0.28, COLOURS[upper])
    fill(0.78, 0.18, 0.12, 0.28, COLOURS[upper])
    if stripe is not None:
        for row in np.arange(0.22, 0.5, 0.12):
            fill(0.1, float(row), 0.8, 0.06, COLOURS[stripe])
    fill(0.1, 0.46, 0.12, 0.05, (205, 150, 120))
    fill(0.78, 0.46, 0.12, 0.05, (205, 150, 120))
    fill(0.25, 0.5, 0.22, 0.43, COLOURS[lower])
    fill(0.53, 0.5, 0.22, 0.43, COLOURS[lower])
    fill(0.25, 0.93, 0.22, 0.05, (30, 30, 30))
    fill(0.53, 0.93, 0.22, 0.05, (30, 30, 30))
    return cv2.GaussianBlur(drawn, (0, 0), 0.8)


def sample(picture: NDArray[np.uint8], box: Box = BOX, pts: int = 0) -> BodySample:
    """Return what a run measures of the body in ``box``."""
    quality = BodyQuality(height_px=box.h, sharpness=100.0, score=0.8)
    clothes = measure(picture, box, scene_light(picture))
    return BodySample(Moment(pts, pts / 10), box, quality, b"", clothes)
