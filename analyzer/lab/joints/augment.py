"""Seeded augmentation of labelled people: other crops, turned and mirrored, and lab.degrading."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.imaging import scaled_down
from analyzer.joints.network import FILL, MIRRORED, crop_around
from analyzer.lab.degrading import Degrading, resized, shown, shrunk
from analyzer.lab.joints.labels import Person
from analyzer.types import Box


@dataclass(frozen=True, kw_only=True)
class Augmentation(Degrading):
    """Probabilities in [0, 1], and strengths."""

    flip: float = 0.5
    shift: float = 0.08
    """Largest shift of the crop, as a share of its side."""
    scale: float = 0.25
    """Largest logarithm of the factor of its size."""
    turn: float = 20.0
    """Standard deviation of the angle, in degrees."""
    fall: float = 0.15
    """Of people turned by any angle, up to head down: who lies is seldom labelled."""
    half: float = 0.15
    """Of a crop of the upper body alone, as of somebody cut off by a border or a desk."""


def augment(
    person: Person, rng: np.random.Generator, how: Augmentation, size: tuple[int, int]
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Return a crop of ``size`` (h, w), BGR, and its joints (17, 3) in pixels of the crop.

    Joints that come to lie outside of the crop are not to be seen.
    """
    picture, box = person.picture(), person.box
    cut_at = np.inf
    if rng.random() < how.half:
        # What lies below is not shown, as if a border cut the person off.
        cut_at = box.y + box.h * rng.uniform(0.4, 0.8)
        picture = picture[: max(int(cut_at), 8)]
        box = Box(box.x, box.y, box.w, max(cut_at - box.y, 8))
    matrix, factor = _placed(box, rng, how, size)
    shrink = min(1.0, 1.4 * factor)
    smaller = scaled_down(picture, shrink)
    within = matrix.copy()
    within[:, :2] /= [smaller.shape[1] / picture.shape[1], smaller.shape[0] / picture.shape[0]]
    crop = np.asarray(
        cv2.warpAffine(smaller, within, size[::-1], borderValue=(FILL,) * 3), np.uint8
    )
    joints = person.joints.copy()
    joints[joints[:, 1] >= cut_at, 2] = 0
    joints[:, :2] = joints[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    if rng.random() < how.flip:
        crop = np.ascontiguousarray(crop[:, ::-1])
        joints = joints[MIRRORED]
        joints[:, 0] = size[1] - 1 - joints[:, 0]
    if rng.random() < how.small:
        crop = resized(shrunk(crop, rng, how), size)
    outside = ((joints[:, :2] < 0) | (joints[:, :2] > [size[1] - 1, size[0] - 1])).any(1)
    joints[outside & (joints[:, 2] == 1), 2] = 0
    return shown(crop, rng, how), joints


def _placed(
    box: Box, rng: np.random.Generator, how: Augmentation, size: tuple[int, int]
) -> tuple[NDArray[np.float64], float]:
    """Return the affine map (2, 3) from the picture to the crop, and its factor."""
    fallen = rng.random() < how.fall
    angle = np.radians(rng.uniform(-180, 180) if fallen else rng.normal(0, how.turn))
    cos, sin = float(np.cos(angle)), float(np.sin(angle))
    # The box around the turned box: what a detector would give.
    w = abs(box.w * cos) + abs(box.h * sin)
    h = abs(box.w * sin) + abs(box.h * cos)
    # Bodies do not fill the corners of their boxes.
    w, h = (box.w + 0.8 * (w - box.w), box.h + 0.8 * (h - box.h)) if not fallen else (w, h)
    around = crop_around(Box(0, 0, w, h), size)
    factor = size[0] / around.h * float(np.exp(rng.uniform(-how.scale, how.scale)))
    shift = rng.uniform(-how.shift, how.shift, 2) * size[::-1]
    centre = np.array([box.x + box.w / 2, box.y + box.h / 2])
    turned = factor * np.array([[cos, -sin], [sin, cos]])
    moved = np.array(size[::-1]) / 2 + shift - turned @ centre
    return np.concatenate([turned, moved[:, None]], 1), factor
