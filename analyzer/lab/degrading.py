"""Seeded degradation of crops of people: what light, distance and CCTV do to a picture.

All functions take and return uint8 pictures (H, W, 3) BGR and draw random numbers only from the
given generator: the same generator state gives the same picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Bgr = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Degrading:
    """Probabilities in [0, 1], and strengths."""

    light: float = 0.7
    grey: float = 0.08
    tint: float = 0.1
    """Standard deviation of the logarithm of each colour's gain."""
    small: float = 0.4
    smallest_px: int = 28
    largest_px: int = 110
    blur: float = 0.15
    noise: float = 0.2
    jpeg: float = 0.3
    erase: float = 0.4


def shrunk(bgr: Bgr, rng: np.random.Generator, how: Degrading) -> Bgr:
    """Return the crop as a far person: small, blurred, noisy and compressed."""
    low, high = np.log(how.smallest_px), np.log(how.largest_px)
    height = round(float(np.exp(rng.uniform(low, high))))
    width = max(8, round(height * bgr.shape[1] / bgr.shape[0]))
    if height < bgr.shape[0]:
        bgr = np.asarray(cv2.resize(bgr, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    if rng.random() < how.blur:
        bgr = np.asarray(cv2.GaussianBlur(bgr, (0, 0), rng.uniform(0.4, 1.3)), np.uint8)
    if rng.random() < how.noise:
        grain = rng.standard_normal(bgr.shape, np.float32) * np.float32(rng.uniform(2, 10))
        bgr = np.clip(bgr + grain, 0, 255).astype(np.uint8)
    if rng.random() < how.jpeg:
        quality = int(rng.integers(20, 80))
        encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        bgr = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
    return bgr


def resized(bgr: Bgr, size: tuple[int, int]) -> Bgr:
    """Return the crop at ``size`` (height, width)."""
    way = cv2.INTER_AREA if bgr.shape[0] > size[0] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(bgr, size[::-1], interpolation=way), np.uint8)


def shown(bgr: Bgr, rng: np.random.Generator, how: Degrading) -> Bgr:
    """Return the crop in other light or without colour, and partly covered."""
    if rng.random() < how.light:
        bgr = _lit(bgr, rng, how)
    if rng.random() < how.grey:
        bgr = np.repeat(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)[..., None], 3, 2)
    return _erased(bgr, rng) if rng.random() < how.erase else bgr


def _lit(bgr: Bgr, rng: np.random.Generator, how: Degrading) -> Bgr:
    """Return the picture with other brightness, contrast and white balance."""
    ramp = np.arange(256, dtype=np.float32) / 255
    gamma, gain = float(np.exp(rng.normal(0, 0.25))), float(np.exp(rng.normal(0, 0.15)))
    tints = np.exp(rng.normal(0, how.tint, 3))
    table = np.stack([np.clip(ramp**gamma * gain * tint, 0, 1) for tint in tints], 1)
    return np.asarray(cv2.LUT(bgr, (table * 255).astype(np.uint8).reshape(1, 256, 3)), np.uint8)


def _erased(bgr: Bgr, rng: np.random.Generator) -> Bgr:
    """Cover a rectangle (4 to 33 % of the area) with noise or one colour (Zhong et al. 2020)."""
    height, width = bgr.shape[:2]
    area, ratio = rng.uniform(0.04, 0.33) * height * width, np.exp(rng.uniform(-1, 1.2))
    h = int(np.clip(np.sqrt(area * ratio), 2, height))
    w = int(np.clip(np.sqrt(area / ratio), 2, width))
    top, left = rng.integers(0, height - h + 1), rng.integers(0, width - w + 1)
    covered = bgr.copy()
    shape = (h, w, 3) if rng.random() < 0.5 else (1, 1, 3)
    covered[top : top + h, left : left + w] = rng.integers(0, 256, shape, np.uint8)
    return covered
