"""Image degradation: what cameras and recorders do to a picture."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def degrade(bgr: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the picture with light, infra-red, noise, blur, blocks, burned-in text."""
    bgr = np.ascontiguousarray(bgr)
    height, width = bgr.shape[:2]
    if rng.random() < 0.1:
        text = f"{rng.integers(2000, 2030)}-{rng.integers(10, 13)} {rng.integers(100000)} CAM"
        at = (int(rng.integers(0, width // 2)), int(rng.integers(12, height)))
        cv2.putText(bgr, text, at, cv2.FONT_HERSHEY_SIMPLEX, float(rng.uniform(0.3, 0.9)),
                    [int(v) for v in rng.integers(0, 256, 3)], int(rng.integers(1, 3)))  # fmt: skip
    if rng.random() < 0.15:
        for _ in range(int(rng.integers(1, 4))):
            w, h = rng.integers(4, 40, 2)
            x, y = rng.integers(0, width - w), rng.integers(0, height - h)
            bgr[y : y + h, x : x + w] = rng.integers(0, 256, 3)
    if rng.random() < 0.2:
        factor = float(rng.uniform(0.4, 0.85))
        small = cv2.resize(bgr, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        bgr = np.asarray(cv2.resize(small, (width, height)), np.uint8)
    if rng.random() < 0.15:
        bgr = np.asarray(cv2.GaussianBlur(bgr, (0, 0), float(rng.uniform(0.4, 1.4))), np.uint8)
    if rng.random() < 0.06:
        length = int(rng.integers(3, 8))
        kernel = np.zeros((length, length), np.float32)
        kernel[length // 2] = 1 / length
        kernel = kernel if rng.random() < 0.7 else kernel.T
        bgr = np.asarray(cv2.filter2D(bgr, -1, kernel), np.uint8)
    bgr = _lit(bgr, rng)
    if rng.random() < 0.4:
        quality = int(rng.integers(15, 75))
        encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        bgr = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
    return bgr


def _lit(bgr: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the picture in grey or tinted, with other brightness and sensor noise."""
    if rng.random() < 0.2:
        grey = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)
        bgr = np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)
    ramp = np.arange(256, dtype=np.float32) / 255
    gamma = float(np.exp(rng.normal(0, 0.3)))
    gain, lift = float(np.exp(rng.normal(0, 0.2))), float(rng.normal(0, 0.06))
    tints = np.exp(rng.normal(0, 0.06, 3)) if rng.random() < 0.6 else np.ones(3)
    table = np.stack([np.clip(ramp**gamma * gain * t + lift, 0, 1) for t in tints], 1)
    bgr = np.asarray(cv2.LUT(bgr, (table * 255).astype(np.uint8)[:, None].reshape(1, 256, 3)))
    if rng.random() < 0.3:
        height, width = bgr.shape[:2]
        sigma = float(rng.uniform(2, 14))
        noise = rng.standard_normal((height, width, 1), np.float32) * np.float32(sigma)
        bgr = np.clip(bgr + noise, 0, 255).astype(np.uint8)
    return np.asarray(bgr, np.uint8)
