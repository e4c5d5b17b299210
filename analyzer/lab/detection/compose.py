"""Data augmentation of the detector: crops that are scaled, turned and composed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.detection.joint_decode import MIRRORED_POINTS
from analyzer.lab.detection.crop import Crop, is_portrait, trusted_crop
from analyzer.lab.detection.degrade import degrade
from analyzer.lab.detection.paste import paste
from analyzer.lab.detection.pictures import TrainingPicture

# Heights of people and faces in training, in px of the crop.
_PERSON_PX = (20.0, 420.0)
_FACE_PX = (7.0, 220.0)
_LEAST_PX = (14.0, 6.0)
_LEAST_VISIBLE = 0.4
_SERVED_WIDTH = 640


class Composer:
    """Random generator of crops from pictures; the same seed gives the same crops."""

    def __init__(self, pictures: list[TrainingPicture], height: int, width: int) -> None:
        """Use ``pictures``; heads of portraits and people of scenes are also pasted."""
        self._scenes = [trusted_crop(p) for p in pictures if not is_portrait(p)]
        portraits = [trusted_crop(p) for p in pictures if is_portrait(p)]
        self._portraits = [p for p in portraits if (p.faces & p.sure).any()]
        self._peopled = [p for p in self._scenes if (~p.faces & p.sure).any()]
        self._halves = [cv2.resize(p.bgr, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
                        for p in self._scenes]  # fmt: skip
        self._height, self._width = height, width

    def draw(self, rng: np.random.Generator, calm: bool = False) -> Crop:
        """Return one finished crop; ``calm`` ones are mostly not degraded."""
        crop = self.compose(rng, calm)
        if calm and rng.random() < 0.5:
            return crop
        return replace(crop, bgr=degrade(crop.bgr, rng))

    def compose(self, rng: np.random.Generator, calm: bool = False) -> Crop:
        """Return one crop without degradation; ``calm`` ones hold one scene only."""
        if not calm and rng.random() < 0.2:
            crop = self._mosaic(rng)
        else:
            crop = self._single(rng, self._height, self._width)
        if self._portraits and rng.random() < (0.25 if calm else 0.5):
            for _ in range(int(rng.integers(1, 4))):
                crop = paste(crop, *_one_of(self._portraits, True, rng), rng)
        if not calm and self._peopled and rng.random() < 0.35:
            for _ in range(int(rng.integers(1, 4))):
                crop = paste(crop, *_one_of(self._peopled, False, rng), rng)
        return crop

    def _mosaic(self, rng: np.random.Generator) -> Crop:
        """Return a mosaic of four crops."""
        height, width = self._height // 2, self._width // 2
        rows = []
        parts = []
        for y in (0, height):
            row = []
            for x in (0, width):
                part = self._single(rng, height, width)
                row.append(part.bgr)
                shift = np.array([x, y], np.float32)
                boxes = part.boxes + np.concatenate((shift, [0, 0])).astype(np.float32)
                parts.append(replace(part, boxes=boxes, points=part.points + shift))
            rows.append(np.concatenate(row, 1))
        return Crop(
            np.concatenate(rows, 0),
            np.concatenate([p.boxes for p in parts]),
            np.concatenate([p.faces for p in parts]),
            np.concatenate([p.sure for p in parts]),
            np.concatenate([p.points for p in parts]),
        )

    def _single(self, rng: np.random.Generator, height: int, width: int) -> Crop:
        """Return a part of one picture at a random scale, rotation and mirroring."""
        if self._portraits and rng.random() < 0.12:
            source = self._portraits[int(rng.integers(len(self._portraits)))]
            half: Any = None
        else:
            place = int(rng.integers(len(self._scenes)))
            source, half = self._scenes[place], self._halves[place]
        scale, centre = _aim(source, rng, height, width)
        angle = 0.0
        if rng.random() < 0.3:
            angle = float(rng.uniform(-20, 20))
        if rng.random() < 0.08:
            angle += float(rng.choice((-90, 90)))
        bgr = half if half is not None and scale < 0.6 else source.bgr
        factor = bgr.shape[1] / source.bgr.shape[1]
        mirrored = rng.random() < 0.5
        across = scale * float(rng.uniform(0.9, 1.1))
        matrix = _matrix(across, scale, angle, mirrored, centre, height, width)
        shown = matrix.copy()
        shown[:, :2] /= factor
        filling = tuple(int(v) for v in rng.integers(0, 200, 3))
        picture = cv2.warpAffine(
            bgr, shown, (width, height), flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT, borderValue=filling,
        )  # fmt: skip
        return _moved(source, np.asarray(picture, np.uint8), matrix, mirrored)


def _one_of(pictures: list[Crop], face: bool, rng: np.random.Generator) -> tuple[Crop, int]:
    """Return one of ``pictures`` and one of its sure faces or people."""
    source = pictures[int(rng.integers(len(pictures)))]
    return source, int(rng.choice(np.flatnonzero(source.sure & (source.faces == face))))


def _aim(
    source: Crop, rng: np.random.Generator, height: int, width: int
) -> tuple[float, NDArray[np.float64]]:
    """Return the scale, and the point of the source in the crop's middle."""
    rows, columns = source.bgr.shape[:2]
    served = _SERVED_WIDTH / columns
    sure = np.flatnonzero(source.sure)
    if len(sure) and rng.random() < 0.75:
        kinds = np.where(source.faces[sure], 1.0, 1.5)
        which = int(rng.choice(sure, p=kinds / kinds.sum()))
        low, high = _FACE_PX if source.faces[which] else _PERSON_PX
        box = source.boxes[which]
        side = max(float(box[3]), float(box[2]) if not source.faces[which] else 0)
        high = min(high, 1.2 * height)
        drawn = float(np.exp(rng.uniform(np.log(low), np.log(high)))) / side
        # Geometric mean with the scale of a run, so that sizes stay realistic.
        scale = float(np.sqrt(drawn * np.clip(drawn, served * 0.6, served * 1.7)))
        centre = box[:2] + box[2:] / 2
        slack = np.array([width, height]) / scale * 0.4
        centre = centre + rng.uniform(-slack, slack)
    else:
        scale = served * float(np.exp(rng.uniform(np.log(0.5), np.log(1.6))))
        centre = rng.uniform((0, 0), (columns, rows))
    filling = 0.8 * min(width / columns, height / rows)
    scale = float(np.clip(scale, filling, 3.0))
    half = np.array([width, height]) / scale / 2
    inner = np.minimum(half, np.array([columns, rows]) / 2)
    centre = np.clip(centre, inner, np.array([columns, rows]) - inner)
    return scale, centre


def _matrix(
    across: float, scale: float, angle: float, mirrored: bool,
    centre: NDArray[np.float64], height: int, width: int,
) -> NDArray[np.float64]:  # fmt: skip
    """Return the affine map (2, 3) that moves ``centre`` to the middle, rotated and scaled."""
    turn = np.deg2rad(angle)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    sizes = np.diag([-across if mirrored else across, scale])
    linear = rotation @ sizes
    shift = np.array([width / 2, height / 2]) - linear @ centre
    return np.concatenate((linear, shift[:, None]), 1)


def _moved(source: Crop, bgr: NDArray[np.uint8], matrix: NDArray[Any], mirrored: bool) -> Crop:
    """Return the crop with the source's boxes; boxes mostly outside are not sure."""
    height, width = bgr.shape[:2]
    linear, shift = matrix[:, :2], matrix[:, 2]
    centres = (source.boxes[:, :2] + source.boxes[:, 2:] / 2) @ linear.T + shift
    # The bounding box of the rotated inscribed ellipse: that of the corners would be too large.
    halves = source.boxes[:, 2:] / 2
    sizes = 2 * np.sqrt((halves**2) @ (linear**2).T)
    low = np.maximum(centres - sizes / 2, 0)
    high = np.minimum(centres + sizes / 2, [width, height])
    inside = np.maximum(high - low, 0)
    visible = np.prod(inside, 1) / np.maximum(np.prod(sizes, 1), 1e-9)
    least = np.where(source.faces, _LEAST_PX[1], _LEAST_PX[0])
    known = visible > 0.05
    sure = source.sure & (visible >= _LEAST_VISIBLE) & (sizes.max(1) >= least)
    boxes = np.concatenate((low, inside), 1).astype(np.float32)
    points = source.points @ linear.T + shift
    if mirrored:
        points = points[:, list(MIRRORED_POINTS)]
    return Crop(bgr, boxes[known], source.faces[known], sure[known],
                points[known].astype(np.float32))  # fmt: skip
