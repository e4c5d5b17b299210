"""Pictures to crops that a network learns from: scaled, turned, composed, degraded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.lab.detector.pictures import Picture
from analyzer.lab.detector.teachers import MIRRORED_POINTS
from analyzer.onepass.decode import overlaps

# Sizes of what is learnt, in px of the crop: heights of people, of faces.
_PERSON_PX = (20.0, 300.0)
_FACE_PX = (7.0, 120.0)
_LEAST_PX = (14.0, 6.0)
_LEAST_VISIBLE = 0.4
_SERVED_WIDTH = 640
# The teacher takes dark shapes for faces of a third of the picture, and never surely.
_LARGE_FACE = 0.25


@dataclass(frozen=True, slots=True)
class Crop:
    """A crop uint8 (H, W, 3) with boxes (N, 4) x, y, w, h in its px.

    ``faces`` (N,) says face or person, ``sure`` (N,) learn it, or else pass over its place;
    ``points`` (N, 5, 2) are NaN where unknown.
    """

    bgr: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    faces: NDArray[np.bool_]
    sure: NDArray[np.bool_]
    points: NDArray[np.float32]


def believed(picture: Picture) -> Crop:
    """The whole picture with what its teachers agreed on: sure, doubtful, or left out.

    A box is sure where two looks saw it and one of them well, doubtful where one look saw it at
    all well. Doubtful places are neither learnt as something nor as nothing.
    """
    best, votes, total, faces = picture.best, picture.votes, picture.total, picture.faces
    sure_person = ((best >= 0.5) & (votes >= 2)) | (total >= 1.3) | (best >= 0.75)
    sure_face = ((best >= 0.6) & (votes >= 2)) | (best >= 0.8)
    if not _is_portrait(picture):
        large = picture.boxes[:, 3] > _LARGE_FACE * picture.bgr.shape[0]
        sure_face &= ~large | (best >= 0.9)
    sure = np.where(faces, sure_face, sure_person)
    keep = sure | (best >= np.where(faces, 0.3, 0.2))
    for index in np.argsort(-picture.total):
        same = (faces == faces[index]) & keep & (picture.total < picture.total[index])
        if keep[index] and same.any():
            near = overlaps(picture.boxes[index], picture.boxes) > 0.6
            keep &= ~(same & near)
    return Crop(picture.bgr, picture.boxes[keep], faces[keep], sure[keep], picture.points[keep])


class Composer:
    """Draws crops at random from pictures; the same generator gives the same crops."""

    def __init__(self, pictures: list[Picture], height: int, width: int) -> None:
        """Draw from ``pictures``; portraits (one face that fills the picture) are also pasted."""
        self._scenes = [believed(p) for p in pictures if not _is_portrait(p)]
        self._portraits = [believed(p) for p in pictures if _is_portrait(p)]
        self._portraits = [p for p in self._portraits if (p.faces & p.sure).any()]
        self._halves = [cv2.resize(p.bgr, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
                        for p in self._scenes]  # fmt: skip
        self._height, self._width = height, width

    def draw(self, rng: np.random.Generator) -> Crop:
        """One finished crop."""
        if rng.random() < 0.2:
            crop = self._mosaic(rng)
        else:
            crop = self._single(rng, self._height, self._width)
        if self._portraits and rng.random() < 0.4:
            for _ in range(int(rng.integers(1, 4))):
                crop = self._paste(crop, rng)
        return replace(crop, bgr=degrade(crop.bgr, rng))

    def _mosaic(self, rng: np.random.Generator) -> Crop:
        """Four quarters, each a crop of its own."""
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
        """A part of one picture at a drawn scale, turn and mirroring."""
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

    def _paste(self, crop: Crop, rng: np.random.Generator) -> Crop:
        """Blend the head of a portrait into the crop where nobody is known to be."""
        portrait = self._portraits[int(rng.integers(len(self._portraits)))]
        which = int(np.flatnonzero(portrait.faces & portrait.sure)[0])
        box, points = portrait.boxes[which], portrait.points[which]
        target = float(np.exp(rng.uniform(np.log(8), np.log(110))))
        scale = target / float(box[3])
        head = np.array([box[0] - 0.35 * box[2], box[1] - 0.45 * box[3], 1.7 * box[2],
                         1.75 * box[3]], np.float32)  # fmt: skip
        size = np.maximum(np.round(head[2:] * scale), 4).astype(int)
        height, width = crop.bgr.shape[:2]
        if size[0] >= width or size[1] >= height:
            return crop
        at = np.array([rng.integers(0, width - size[0]), rng.integers(0, height - size[1])])
        whole = np.concatenate((at, size)).astype(np.float32)
        if len(crop.boxes) and (overlaps(whole, crop.boxes) > 0.02).any():
            return crop
        cut = _cut(portrait.bgr, head, size)
        mirrored = rng.random() < 0.5
        moved = np.concatenate(((box[:2] - head[:2]) * scale, box[2:] * scale))
        shown_points = (points - head[:2]) * scale
        if mirrored:
            cut = cut[:, ::-1]
            moved[0] = size[0] - moved[0] - moved[2]
            shown_points[:, 0] = size[0] - shown_points[:, 0]
            shown_points = shown_points[list(MIRRORED_POINTS)]
        moved[:2] += at
        bgr = _blend(crop.bgr, cut, at, size, rng)
        return Crop(
            bgr,
            np.concatenate((crop.boxes, moved[None])).astype(np.float32),
            np.append(crop.faces, True),
            np.append(crop.sure, True),
            np.concatenate((crop.points, (shown_points + at)[None])).astype(np.float32),
        )


def _is_portrait(picture: Picture) -> bool:
    return max(picture.bgr.shape[:2]) <= 250


def _aim(
    source: Crop, rng: np.random.Generator, height: int, width: int
) -> tuple[float, NDArray[np.float64]]:
    """Scale and the point of the source that comes to the crop's middle."""
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
        # Half way to how the picture is served, so that sizes stay those of real scenes.
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
    """The affine map (2, 3) that brings ``centre`` to the middle, turned, mirrored and scaled."""
    turn = np.deg2rad(angle)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    sizes = np.diag([-across if mirrored else across, scale])
    linear = rotation @ sizes
    shift = np.array([width / 2, height / 2]) - linear @ centre
    return np.concatenate((linear, shift[:, None]), 1)


def _moved(source: Crop, bgr: NDArray[np.uint8], matrix: NDArray, mirrored: bool) -> Crop:
    """The source's boxes in the crop that ``matrix`` makes; those hardly inside are doubtful."""
    height, width = bgr.shape[:2]
    linear, shift = matrix[:, :2], matrix[:, 2]
    centres = (source.boxes[:, :2] + source.boxes[:, 2:] / 2) @ linear.T + shift
    # The frame of the ellipse in the turned box: the frame of its corners would be too large.
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


def _cut(bgr: NDArray[np.uint8], box: NDArray[np.float32], size: NDArray) -> NDArray[np.uint8]:
    matrix = np.array([[size[0] / box[2], 0, 0], [0, size[1] / box[3], 0]])
    matrix[:, 2] = -matrix[:, :2] @ box[:2]
    if matrix[0, 0] < 0.6:
        bgr = cv2.GaussianBlur(bgr, (0, 0), 0.4 / matrix[0, 0])
    return np.asarray(
        cv2.warpAffine(
            bgr, matrix, (int(size[0]), int(size[1])),
            flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
        ), np.uint8,
    )  # fmt: skip


def _blend(
    bgr: NDArray[np.uint8], cut: NDArray[np.uint8], at: NDArray, size: NDArray,
    rng: np.random.Generator,
) -> NDArray[np.uint8]:  # fmt: skip
    """``cut`` laid onto the picture with a soft oval edge and, half of the time, its brightness."""
    ys, xs = np.mgrid[-1 : 1 : size[1] * 1j, -1 : 1 : size[0] * 1j]
    alpha = np.clip((1.0 - np.sqrt(xs**2 + ys**2)) * 4, 0, 1)[..., None]
    part = (slice(at[1], at[1] + size[1]), slice(at[0], at[0] + size[0]))
    under = bgr[part].astype(np.float32)
    over = cut.astype(np.float32)
    if rng.random() < 0.5:
        over = over * np.clip((under.mean() + 10) / (over.mean() + 10), 0.4, 1.5)
    merged = bgr.copy()
    merged[part] = np.clip(under * (1 - alpha) + over * alpha, 0, 255).astype(np.uint8)
    return merged


def degrade(bgr: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """What cameras and recorders do: light, infra-red, noise, blur, blocks, burnt-in text."""
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
    """Grey or tinted, brighter or darker, with the noise of a dark sensor."""
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
