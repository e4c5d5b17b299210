"""When a window of a person says that it cannot tell."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.actions import abstention
from analyzer.joints.network import Joints
from analyzer.types import Box, Detection, Moment, Observation

PICTURE = (640.0, 480.0)
STANDING = Box(300, 150, 80, 240)


def window(
    body: Box | None, face: Box | None = None, count: int = 10, step: float = 0.2
) -> list[Observation]:
    found = None if body is None else Detection(body, 0.9, "person")
    seen = None if face is None else Detection(face, 0.9, "face")
    moments = [Moment(round(i * step * 90_000), i * step) for i in range(count)]
    return [Observation(moment, seen, found, "detected") for moment in moments]


@pytest.mark.parametrize(
    ("body", "face"),
    [
        (STANDING, None),
        (STANDING, Box(325, 155, 28, 32)),
        (Box(200, 400, 220, 80), Box(215, 420, 30, 36)),
        (Box(300, 230, 70, 250), None),
    ],
    ids=["standing", "with a face", "lying at the lower border", "feet at the border"],
)
def test_a_body_in_view_is_judged(body: Box, face: Box | None) -> None:
    assert abstention.abstention_reason(window(body, face), 2.0, PICTURE, {}) is None


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (window(None, Box(300, 100, 60, 80)), abstention.NO_BODY),
        (window(STANDING, count=3), abstention.TOO_FEW),
        (window(STANDING, count=4), abstention.TOO_FEW),
        (window(Box(300, 150, 8, 24)), abstention.TOO_SMALL),
        (window(Box(200, 100, 260, 360), Box(280, 120, 90, 110)), abstention.HEAD_AND_SHOULDERS),
        (window(Box(200, 100, 300, 380)), abstention.CUT_OFF),
        (window(Box(200, 0, 150, 480)), abstention.CUT_OFF),
    ],
    ids=["face", "glimpse", "short", "small", "talking head", "torso", "larger than the picture"],
)
def test_what_leaves_the_posture_open_is_unknown_with_a_reason(
    seen: list[Observation], reason: str
) -> None:
    assert abstention.abstention_reason(seen, 2.0, PICTURE, {}) == reason


def test_a_box_that_comes_and_goes_with_an_arm_is_unsteady() -> None:
    boxes = [Box(300, 150, 80, 240), Box(280, 150, 130, 120)] * 5
    seen = [one for i, box in enumerate(boxes) for one in window(box)[i : i + 1]]
    assert abstention.abstention_reason(seen, 2.0, PICTURE, {}) == abstention.UNSTEADY


def test_a_fall_is_not_unsteady() -> None:
    boxes = [Box(300 - 20 * i, 150 + 20 * i, 80 + 20 * i, 240 - 20 * i) for i in range(10)]
    seen = [one for i, box in enumerate(boxes) for one in window(box)[i : i + 1]]
    assert abstention.abstention_reason(seen, 2.0, PICTURE, {}) is None


def test_a_cut_body_whose_legs_are_seen_is_judged() -> None:
    seen = window(Box(200, 100, 300, 380))
    places = np.full((17, 2), 300, np.float32)
    told = Joints(places, np.ones(17, np.float32), np.ones(17, bool))
    above = Joints(places, np.float32(np.arange(17) < 13), np.ones(17, bool))
    below = Joints(places + (0, 200), np.ones(17, np.float32), np.ones(17, bool))
    for answer, reason in ((told, None), (above, abstention.CUT_OFF), (below, abstention.CUT_OFF)):
        joints = {o.moment.pts: answer for o in seen[::2]}
        assert abstention.abstention_reason(seen, 2.0, PICTURE, joints) == reason
