"""Pseudo-labels: boxes on which other detectors agree.

YuNet (faces with five points) and YOLOX-nano (people) look at every picture in several sizes,
mirrored, and turned by a quarter for people who lie. Boxes that overlap become one, with the best
score and the number of looks that saw it; what is believed is decided when training begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.detection.joint_decode import MIRRORED_POINTS
from analyzer.detection.yolox import YoloxDetector
from analyzer.detection.yunet import YuNet
from analyzer.types import Box, Detection

FACE_FILE = "face_detection_yunet_2026may.onnx"
PERSON_FILE = "yolox_nano_Bigisland.onnx"
"""The teachers' files, as they are called in the folder of models."""

SAME_IOU = 0.55
"""Boxes of two looks that overlap this far are the same person or face."""

_LEAST_SCORE = 0.12
_MOST_ENLARGED = 2.0
_NO_POINTS = np.full((5, 2), np.nan, np.float32)


class _Teacher(Protocol):
    def __call__(self, bgr: NDArray[np.uint8]) -> list[Detection]: ...


@dataclass(frozen=True, slots=True)
class Look:
    """One way to show a picture: its width in px, mirrored or not, quarter turns to the left."""

    width: int
    mirrored: bool = False
    turns: int = 0


PERSON_LOOKS = (
    Look(416), Look(640), Look(640, True), Look(960, True), Look(640, False, 1), Look(640, True, 3)
)  # fmt: skip
FACE_LOOKS = (Look(416, True), Look(640), Look(960, True), Look(1280))


@dataclass(frozen=True, slots=True)
class Agreed:
    """One box that looks agree on: best score, summed score, looks that saw it, face points."""

    kind: str
    box: Box
    best: float
    total: float
    votes: int
    points: NDArray[np.float32]


class Teachers:
    """Both teachers, loaded once."""

    def __init__(self, models: Path) -> None:
        """Load the two ONNX files of ``models``; raises ModelError where one cannot be read."""
        yolox = YoloxDetector(models / PERSON_FILE, _LEAST_SCORE)
        self._person: _Teacher = lambda bgr: yolox.detect(bgr, ())
        yunet = YuNet(models / FACE_FILE, _LEAST_SCORE)
        self._face: _Teacher = lambda bgr: yunet.detect(bgr, ())

    def label(self, bgr: NDArray[np.uint8]) -> list[Agreed]:
        """Return people and faces of ``bgr``, uint8 (H, W, 3), in its pixels."""
        people = agreed([_seen(self._person, bgr, look) for look in PERSON_LOOKS])
        faces = agreed([_seen(self._face, bgr, look) for look in FACE_LOOKS])
        return people + faces


def _seen(teacher: _Teacher, bgr: NDArray[np.uint8], look: Look) -> list[Detection]:
    """What a teacher sees in one look, in pixels of ``bgr``."""
    shown = cv2.flip(bgr, 1) if look.mirrored else bgr
    shown = np.ascontiguousarray(np.rot90(shown, look.turns))
    factor = min(look.width / bgr.shape[1], _MOST_ENLARGED)
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(shown, None, fx=factor, fy=factor, interpolation=way), np.uint8)
    found = [d for d in teacher(small) if d.score >= _LEAST_SCORE]
    return [_back(d, factor, look, bgr.shape[1], bgr.shape[0]) for d in found]


def _back(found: Detection, factor: float, look: Look, width: int, height: int) -> Detection:
    """``found`` in the picture that was mirrored, turned and resized by ``factor``."""
    box = found.box.scaled(1 / factor)
    points = None if found.landmarks is None else found.landmarks / np.float32(factor)
    if look.turns == 1:
        box = Box(width - box.y2, box.x, box.h, box.w)
    elif look.turns == 3:
        box = Box(box.y, height - box.x2, box.h, box.w)
    if look.mirrored:
        box = Box(width - box.x2, box.y, box.w, box.h)
        if points is not None:
            points = np.stack((width - points[:, 0], points[:, 1]), 1)[list(MIRRORED_POINTS)]
    return Detection(box.clipped(width, height), found.score, found.kind, points)


def agreed(looks: Sequence[Sequence[Detection]]) -> list[Agreed]:
    """Join what several looks saw; a box takes at most one detection of each look."""
    left = [(number, found) for number, seen in enumerate(looks) for found in seen]
    left.sort(key=lambda pair: -pair[1].score)
    joined = []
    while left:
        first = left[0][1]
        members: dict[int, Detection] = {}
        rest = []
        for number, found in left:
            if number not in members and first.box.iou(found.box) >= SAME_IOU:
                members[number] = found
            else:
                rest.append((number, found))
        joined.append(_one(list(members.values())))
        left = rest
    return joined


def _one(members: list[Detection]) -> Agreed:
    weights = np.array([member.score for member in members])
    corners = np.array([(m.box.x, m.box.y, m.box.w, m.box.h) for m in members])
    x, y, w, h = (float(v) for v in np.average(corners, 0, weights))
    points = [member.landmarks for member in members if member.landmarks is not None]
    mean = np.average(points, 0, weights).astype(np.float32) if points else _NO_POINTS
    return Agreed(
        members[0].kind, Box(x, y, w, h), members[0].score, float(weights.sum()), len(members), mean
    )
