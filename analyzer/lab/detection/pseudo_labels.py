"""Pseudo-labels: boxes on which other detectors agree.

YuNet (faces with five points) and YOLOX-nano (people) run on every picture in several sizes,
mirrored, and rotated by 90 degrees for people who lie (test-time augmentation). Overlapping boxes
are merged, with the best score and the number of views that found them. Which boxes are trusted is
decided when training begins (``crop.trusted_crop``).
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
"""File names of the two detectors in the folder of models."""

SAME_IOU = 0.55
"""Least IoU of boxes of two views that are the same person or face."""

_LEAST_SCORE = 0.12
_MOST_ENLARGED = 2.0
_NO_POINTS = np.full((5, 2), np.nan, np.float32)


class _Detect(Protocol):
    def __call__(self, bgr: NDArray[np.uint8]) -> list[Detection]: ...


@dataclass(frozen=True, slots=True)
class View:
    """One view of a picture: its width in px, mirrored or not, quarter turns to the left."""

    width: int
    mirrored: bool = False
    turns: int = 0


PERSON_VIEWS = (
    View(416), View(640), View(640, True), View(960, True), View(640, False, 1), View(640, True, 3)
)  # fmt: skip
FACE_VIEWS = (View(416, True), View(640), View(960, True), View(1280))


@dataclass(frozen=True, slots=True)
class PseudoLabel:
    """One merged box: best score, summed score, number of views that found it, face points."""

    kind: str
    box: Box
    best: float
    total: float
    votes: int
    points: NDArray[np.float32]


class PseudoLabeler:
    """Both detectors, loaded once."""

    def __init__(self, models: Path) -> None:
        """Load the two ONNX files of ``models``; raises ModelError if one cannot be read."""
        yolox = YoloxDetector(models / PERSON_FILE, _LEAST_SCORE)
        self._person: _Detect = lambda bgr: yolox.detect(bgr, ())
        yunet = YuNet(models / FACE_FILE, _LEAST_SCORE)
        self._face: _Detect = lambda bgr: yunet.detect(bgr, ())

    def label(self, bgr: NDArray[np.uint8]) -> list[PseudoLabel]:
        """Return people and faces of ``bgr``, uint8 (H, W, 3), in its pixels."""
        people = merge_views([_detected(self._person, bgr, view) for view in PERSON_VIEWS])
        faces = merge_views([_detected(self._face, bgr, view) for view in FACE_VIEWS])
        return people + faces


def _detected(detect: _Detect, bgr: NDArray[np.uint8], view: View) -> list[Detection]:
    """Return the detections in one view, in pixels of ``bgr``."""
    shown = cv2.flip(bgr, 1) if view.mirrored else bgr
    shown = np.ascontiguousarray(np.rot90(shown, view.turns))
    factor = min(view.width / bgr.shape[1], _MOST_ENLARGED)
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(shown, None, fx=factor, fy=factor, interpolation=way), np.uint8)
    found = [d for d in detect(small) if d.score >= _LEAST_SCORE]
    return [_back(d, factor, view, bgr.shape[1], bgr.shape[0]) for d in found]


def _back(found: Detection, factor: float, view: View, width: int, height: int) -> Detection:
    """Return ``found`` mapped back from the view to the picture."""
    box = found.box.scaled(1 / factor)
    points = None if found.landmarks is None else found.landmarks / np.float32(factor)
    if view.turns == 1:
        box = Box(width - box.y2, box.x, box.h, box.w)
    elif view.turns == 3:
        box = Box(box.y, height - box.x2, box.h, box.w)
    if view.mirrored:
        box = Box(width - box.x2, box.y, box.w, box.h)
        if points is not None:
            points = np.stack((width - points[:, 0], points[:, 1]), 1)[list(MIRRORED_POINTS)]
    return Detection(box.clipped(width, height), found.score, found.kind, points)


def merge_views(views: Sequence[Sequence[Detection]]) -> list[PseudoLabel]:
    """Merge the detections of several views; a box takes at most one of each view."""
    left = [(number, found) for number, seen in enumerate(views) for found in seen]
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


def _one(members: list[Detection]) -> PseudoLabel:
    weights = np.array([member.score for member in members])
    corners = np.array([(m.box.x, m.box.y, m.box.w, m.box.h) for m in members])
    x, y, w, h = (float(v) for v in np.average(corners, 0, weights))
    points = [member.landmarks for member in members if member.landmarks is not None]
    mean = np.average(points, 0, weights).astype(np.float32) if points else _NO_POINTS
    return PseudoLabel(
        members[0].kind, Box(x, y, w, h), members[0].score, float(weights.sum()), len(members), mean
    )
