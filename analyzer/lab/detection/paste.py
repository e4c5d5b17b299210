"""Copy-paste augmentation: a person of one picture blended into another."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.boxes import iou
from analyzer.detection.joint_decode import MIRRORED_POINTS
from analyzer.lab.detection.crop import Crop

# Heights of pasted faces and people, in px of the crop.
_FACE_PX = (8.0, 110.0)
_PERSON_PX = (22.0, 190.0)
# Head box relative to the face box: left, above, width, height.
_HEAD = np.array([-0.35, -0.45, 1.7, 1.75], np.float32)
_BODY = np.array([-0.06, -0.04, 1.12, 1.08], np.float32)
_MOST_HIDDEN = 0.02


def paste(crop: Crop, source: Crop, which: int, rng: np.random.Generator) -> Crop:
    """Return ``crop`` with box ``which`` of ``source``: a face with its head, or a person.

    It is pasted at a random size and place, except over a known person or face.
    """
    box = source.boxes[which]
    face = bool(source.faces[which])
    low, high = _FACE_PX if face else _PERSON_PX
    scale = float(np.exp(rng.uniform(np.log(low), np.log(high)))) / float(max(box[3], box[2]))
    part = (_HEAD if face else _BODY) * np.tile(box[2:], 2)
    part[:2] += box[:2]
    size = np.maximum(np.round(part[2:] * scale), 4).astype(int)
    height, width = crop.bgr.shape[:2]
    if size[0] >= width or size[1] >= height:
        return crop
    at = np.array([rng.integers(0, width - size[0]), rng.integers(0, height - size[1])])
    whole = np.concatenate((at, size)).astype(np.float32)
    if len(crop.boxes) and (iou(whole[None], crop.boxes) > _MOST_HIDDEN).any():
        return crop
    mirrored = bool(rng.random() < 0.5)
    cut = _cut(source.bgr, part, size)
    members = _members(source, which, part)
    boxes = source.boxes[members] * np.float32(scale)
    boxes[:, :2] -= part[:2] * np.float32(scale)
    points = (source.points[members] - part[:2]) * np.float32(scale)
    if mirrored:
        cut = cut[:, ::-1]
        boxes[:, 0] = size[0] - boxes[:, 0] - boxes[:, 2]
        points[..., 0] = size[0] - points[..., 0]
        points = points[:, list(MIRRORED_POINTS)]
    boxes[:, :2] += at
    return Crop(
        _blend(crop.bgr, cut, at, size, rng, power=2.0 if face else 4.0),
        np.concatenate((crop.boxes, boxes)).astype(np.float32),
        np.append(crop.faces, source.faces[members]),
        np.append(crop.sure, source.sure[members]),
        np.concatenate((crop.points, points + at)).astype(np.float32),
    )


def _members(source: Crop, which: int, part: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return the box itself and the faces whose centre lies inside the cut-out."""
    middles = source.boxes[:, :2] + source.boxes[:, 2:] / 2
    inside = ((middles >= part[:2]) & (middles <= part[:2] + part[2:])).all(1)
    chosen = inside & source.faces
    chosen[which] = True
    return np.flatnonzero(chosen)


def _cut(bgr: NDArray[np.uint8], box: NDArray[np.float32], size: NDArray[Any]) -> NDArray[np.uint8]:
    matrix = np.array([[size[0] / box[2], 0, 0], [0, size[1] / box[3], 0]])
    matrix[:, 2] = -matrix[:, :2] @ box[:2]
    if matrix[0, 0] < 0.6:
        bgr = np.asarray(cv2.GaussianBlur(bgr, (0, 0), 0.4 / float(matrix[0, 0])), np.uint8)
    return np.asarray(
        cv2.warpAffine(
            bgr, matrix, (int(size[0]), int(size[1])),
            flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
        ), np.uint8,
    )  # fmt: skip


def _blend(
    bgr: NDArray[np.uint8], cut: NDArray[np.uint8], at: NDArray[Any], size: NDArray[Any],
    rng: np.random.Generator, power: float,
) -> NDArray[np.uint8]:  # fmt: skip
    """Return the picture with ``cut`` blended in, with a soft edge, often at its brightness."""
    ys, xs = np.mgrid[-1 : 1 : size[1] * 1j, -1 : 1 : size[0] * 1j]
    away = (np.abs(xs) ** power + np.abs(ys) ** power) ** (1 / power)
    alpha = np.clip((1.0 - away) * 4, 0, 1)[..., None]
    part = (slice(at[1], at[1] + size[1]), slice(at[0], at[0] + size[0]))
    under = bgr[part].astype(np.float32)
    over = cut.astype(np.float32)
    if rng.random() < 0.5:
        over = over * np.clip((under.mean() + 10) / (over.mean() + 10), 0.4, 1.5)
    merged = bgr.copy()
    merged[part] = np.clip(under * (1 - alpha) + over * alpha, 0, 255).astype(np.uint8)
    return merged
