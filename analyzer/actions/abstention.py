"""Abstention rules of the action classifier: windows whose body box shows too little."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from analyzer.actions.features import BORDER, MIN_BOXES
from analyzer.actions.joint_features import LIKELY
from analyzer.actions.person_features import body_size
from analyzer.joints.network import HIPS, KNEES, Joints
from analyzer.types import Observation

MIN_COVERED = 0.45
"""Least share of a window between its first and last body: a second of two shows no gait."""

MIN_SIZE_PX = 30.0
"""Least length of the body's longer side: smaller boxes are mostly detector noise."""

_MAJORITY = 0.5
_LARGE_FACE = 0.22
"""Face height over the body's longer side: 0.11 to 0.14 for a person who stands completely in the
picture, 0.15 to 0.2 for one who sits. More is head and shoulders, if the face is near the top."""

_HEAD_ABOVE = 0.4
"""Share of the box from its top that holds the head of an upright body."""

_TORSO = (0.55, 1.3)
"""Width over height of a body cut by the lower border, between which the posture is open: narrower
ones show the legs, wider ones lie. Between them sitting, standing close and crouching look
alike."""

_MAX_JITTER = 0.33
"""Largest jitter of a box's sides from sample to sample, in log units beyond its change over the
window. On UP-Fall 95 % of windows with YOLOX boxes lie below 0.31 for all actions. Boxes of moving
regions, which come and go with an arm, lie above it in half of the windows of people who sit or
lie, and would look like falls."""

TOO_FEW = "seen too rarely"
NO_BODY = "only a face was seen"
TOO_SMALL = "too small"
HEAD_AND_SHOULDERS = "head and shoulders only"
UNSTEADY = "its box is unsteady"
CUT_OFF = "cut off by the picture's border"


def abstention_reason(
    inside: Sequence[Observation],
    window_s: float,
    picture: tuple[float, float],
    joints: Mapping[int, Joints],
) -> str | None:
    """Return why the observations of one window get no answer, or None if they get one.

    ``picture`` is the displayed width and height in px; ``joints`` are those of the person, by pts.
    Where they show the legs, a body that the border cuts is not ambiguous.
    """
    bodies = [o for o in inside if o.body is not None]
    if len(bodies) < MIN_BOXES:
        return NO_BODY if len(inside) >= MIN_BOXES else TOO_FEW
    if bodies[-1].moment.t - bodies[0].moment.t < MIN_COVERED * window_s:
        return TOO_FEW
    if body_size(bodies) < MIN_SIZE_PX:
        return TOO_SMALL
    if _head_and_shoulders(bodies):
        return HEAD_AND_SHOULDERS
    if _box_jitter(bodies) > _MAX_JITTER:
        return UNSTEADY
    if _cut_off(bodies, picture) and not _legs_seen(bodies, picture, joints):
        return CUT_OFF
    return None


def _box_jitter(bodies: Sequence[Observation]) -> float:
    """Return the jitter of the boxes' sides, per sample in log units."""
    sides = np.log([(o.body.box.w, o.body.box.h) for o in bodies if o.body is not None])
    steps = np.diff(sides, axis=0)
    return float((np.abs(steps).sum(0) - np.abs(steps.sum(0))).sum() / len(steps))


def _legs_seen(
    bodies: Sequence[Observation], picture: tuple[float, float], joints: Mapping[int, Joints]
) -> bool:
    """Return whether most answers tell a hip and its knee in the picture."""
    answers = [joints[o.moment.pts] for o in bodies if o.moment.pts in joints]
    seen = 0
    for answer in answers:
        within = (answer.places >= 0).all(1) & (answer.places <= picture).all(1)
        within &= answer.probabilities >= LIKELY
        seen += bool((within[HIPS] & within[KNEES]).any())
    return seen > _MAJORITY * len(answers)


def _head_and_shoulders(bodies: Sequence[Observation]) -> bool:
    shares, depths = [], []
    for observation in bodies:
        if observation.face is not None and observation.body is not None:
            face, body = observation.face.box, observation.body.box
            shares.append(face.h / max(body.w, body.h, 1e-6))
            depths.append((face.centre[1] - body.y) / max(body.h, 1e-6))
    if len(shares) < _MAJORITY * len(bodies):
        return False
    return float(np.median(shares)) > _LARGE_FACE and float(np.median(depths)) < _HEAD_ABOVE


def _cut_off(bodies: Sequence[Observation], picture: tuple[float, float]) -> bool:
    """Return whether most boxes lack head or legs so that the posture is ambiguous."""
    width, height = picture
    open_posture = 0
    for observation in bodies:
        assert observation.body is not None
        box = observation.body.box
        top, bottom = box.y < BORDER * height, box.y2 > (1 - BORDER) * height
        side = box.x < BORDER * width or box.x2 > (1 - BORDER) * width
        aspect = box.w / max(box.h, 1e-6)
        torso = bottom and _TORSO[0] < aspect < _TORSO[1]
        open_posture += torso or (top and bottom and aspect < _TORSO[1]) or (side and aspect < 0.2)
    return open_posture > _MAJORITY * len(bodies)
