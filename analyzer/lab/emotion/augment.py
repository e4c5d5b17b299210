"""Seeded augmentation of grey faces: what a camera, a street and a codec do.

All functions take and return uint8 pictures (H, W) and draw random numbers only from the given
generator: the same generator state gives the same picture.
"""

from dataclasses import dataclass

import cv2
import numpy as np

Grey = np.ndarray


_COSINES = np.array(
    [
        [0.5 if k == 0 else np.cos((2 * n + 1) * k * np.pi / 8) / np.sqrt(2) for n in range(4)]
        for k in range(4)
    ],
    np.float32,
)
"""The orthonormal cosine transform of four samples."""


@dataclass(frozen=True)
class Augmentation:
    """Strengths and probabilities (in [0, 1]); sizes are in pixels of a 48 px face."""

    flip: float = 0.5
    rotate_deg: float = 12.0
    scale: float = 0.12
    shift_px: float = 3.0
    aligned: float = 0.5
    erase: float = 0.3
    gamma: float = 0.4
    brightness: float = 0.3
    closing: float = 0.03
    degrade: float = 0.5
    smallest_px: int = 12
    largest_px: int = 40
    blur: float = 0.15
    noise: float = 0.2
    jpeg: float = 0.2
    video: float = 0.1


def warp(
    face: Grey, rng: np.random.Generator, how: Augmentation, chip: np.ndarray | None = None
) -> Grey:
    """Return the face under a random similarity (and flip), in one resampling.

    `chip` is the (2, 3) transform that aligns the face as in a run. It is applied first with
    probability `how.aligned`, so that the network is trained on aligned and raw faces.
    """
    size = face.shape[0]
    start = np.eye(3)
    if chip is not None and rng.random() < how.aligned:
        start[:2] = chip
    angle = np.deg2rad(rng.uniform(-how.rotate_deg, how.rotate_deg))
    zoom = 1 + rng.uniform(-how.scale, how.scale)
    shift = rng.uniform(-how.shift_px, how.shift_px, 2) * size / 48
    centre = (size - 1) / 2
    mirror = -1.0 if rng.random() < how.flip else 1.0
    turn = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turn = turn @ np.diag([mirror, 1.0])
    jitter = np.eye(3)
    jitter[:2, :2] = turn
    jitter[:2, 2] = centre - turn @ (centre, centre) + shift
    matrix = (jitter @ start)[:2]
    return cv2.warpAffine(
        face, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def shrink_and_back(face: Grey, size: int) -> Grey:
    """Return the face downscaled by area to `size` px and upscaled bilinearly."""
    height, width = face.shape
    small = cv2.resize(face, (size, size), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)


def jpeg(face: Grey, quality: int) -> Grey:
    """Return the face after one JPEG encoding at `quality` (1..100)."""
    _, data = cv2.imencode(".jpg", face, (cv2.IMWRITE_JPEG_QUALITY, quality))
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)


def video_blocks(face: Grey, step: float) -> Grey:
    """Return the face after quantisation of 4x4 transform blocks and deblocking, as in H.264.

    `step` is the quantiser's step in grey levels (H.264: about 10 at QP 24, 40 at QP 36). The DC
    coefficient has a finer step, as with prediction; block edges are then smoothed.
    """
    height, width = face.shape
    rows, columns = -(-height // 4), -(-width // 4)
    padded = np.pad(
        face.astype(np.float32), ((0, 4 * rows - height), (0, 4 * columns - width)), "edge"
    )
    blocks = padded.reshape(rows, 4, columns, 4).swapaxes(1, 2)
    steps = np.full((4, 4), step, np.float32)
    steps[0, 0] = max(1.0, step / 4)
    levels = np.round(_COSINES @ blocks @ _COSINES.T / steps) * steps
    coded = (_COSINES.T @ levels @ _COSINES).swapaxes(1, 2).reshape(4 * rows, 4 * columns)
    smooth = cv2.GaussianBlur(coded, (3, 3), 0.7)
    for axis_length, take in ((4 * rows, 0), (4 * columns, 1)):
        edge = np.flatnonzero(np.isin(np.arange(axis_length) % 4, (0, 3)))[1:-1]
        where = (edge, slice(None)) if take == 0 else (slice(None), edge)
        coded[where] = smooth[where]
    return np.clip(np.round(coded[:height, :width]), 0, 255).astype(np.uint8)


def noise(face: Grey, rng: np.random.Generator, sigma: float) -> Grey:
    """Add Gaussian noise of `sigma` grey levels."""
    grain = rng.standard_normal(face.shape, dtype=np.float32) * sigma
    return np.clip(face + grain, 0, 255).astype(np.uint8)


def change_gamma(face: Grey, gamma: float, gain: float = 1.0) -> Grey:
    """Apply gain * level^gamma with levels in [0, 1]."""
    table = np.clip(255 * gain * (np.arange(256) / 255) ** gamma, 0, 255).astype(np.uint8)
    return table[face]


def median_brightness(face: Grey, target: float) -> Grey:
    """Shift the brightness so that the median level becomes `target` (0..255)."""
    return np.clip(face.astype(np.float32) + target - np.median(face), 0, 255).astype(np.uint8)


def close_gaps(face: Grey, kernel: int = 2) -> Grey:
    """Morphological closing: fills thin dark gaps, as strong compression does."""
    return cv2.morphologyEx(face, cv2.MORPH_CLOSE, np.ones((kernel, kernel), np.uint8))


def erase(face: Grey, rng: np.random.Generator) -> Grey:
    """Cover a random rectangle (4 to 20 % of the area) with noise (Zhong et al. 2020)."""
    size = face.shape[0]
    area, ratio = rng.uniform(0.04, 0.2) * size * size, np.exp(rng.uniform(-0.9, 0.9))
    height = min(size, max(1, int(np.sqrt(area * ratio))))
    width = min(size, max(1, int(np.sqrt(area / ratio))))
    top, left = rng.integers(0, size - height + 1), rng.integers(0, size - width + 1)
    covered = face.copy()
    covered[top : top + height, left : left + width] = rng.integers(
        0, 256, (height, width), np.uint8
    )
    return covered


def degrade(face: Grey, rng: np.random.Generator, how: Augmentation) -> Grey:
    """Apply the CCTV chain: blur, low resolution, sensor noise, compression, upscaling."""
    full = face.shape[0]
    if rng.random() < how.blur:
        face = cv2.GaussianBlur(face, (0, 0), rng.uniform(0.4, 1.4) * full / 48)
    if rng.random() < how.degrade:
        low, high = np.log(how.smallest_px), np.log(how.largest_px)
        size = round(float(np.exp(rng.uniform(low, high))))
        face = cv2.resize(face, (size, size), interpolation=cv2.INTER_AREA)
    if rng.random() < how.noise:
        face = noise(face, rng, rng.uniform(1, 10))
    if rng.random() < how.jpeg:
        face = jpeg(face, int(rng.integers(20, 90)))
    if rng.random() < how.video:
        face = video_blocks(face, float(np.exp(rng.uniform(np.log(6), np.log(48)))))
    if face.shape[0] != full:
        face = cv2.resize(face, (full, full), interpolation=cv2.INTER_LINEAR)
    return face


def view(
    face: Grey, rng: np.random.Generator, how: Augmentation, chip: np.ndarray | None = None
) -> Grey:
    """Return the face as another good camera would see it: moved, and in another light."""
    face = warp(face, rng, how, chip)
    if rng.random() < how.gamma:
        face = change_gamma(face, np.exp(rng.uniform(-0.5, 0.5)), rng.uniform(0.75, 1.25))
    if rng.random() < how.brightness:
        face = median_brightness(face, rng.uniform(70, 190))
    if rng.random() < how.closing:
        face = close_gaps(face)
    return face


def damage(face: Grey, rng: np.random.Generator, how: Augmentation) -> Grey:
    """Return the face after the CCTV chain, perhaps partly covered."""
    face = degrade(face, rng, how)
    return erase(face, rng) if rng.random() < how.erase else face


def augment(
    face: Grey, rng: np.random.Generator, how: Augmentation, chip: np.ndarray | None = None
) -> Grey:
    """Return one augmented copy of a face, of the same size."""
    return damage(view(face, rng, how, chip), rng, how)
