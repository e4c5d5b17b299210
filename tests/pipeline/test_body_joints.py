"""Which people are asked for their joints, and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from analyzer.joints.network import JointNetwork, Joints
from analyzer.pipeline.body_joints import BodyJoints
from analyzer.types import Box, Frame, Moment

NEAR, FAR = Box(10, 10, 20, 60), Box(50, 10, 8, 24)


class Counting:
    """A joint network that says where it was asked."""

    def find(self, bgr: NDArray[np.uint8], boxes: Sequence[Box]) -> list[Joints]:
        shown = np.full((17, 2), bgr.shape[0] + boxes[0].x, np.float32)
        return [Joints(shown, np.ones(17, np.float32), np.ones(17, bool))]


def test_a_person_is_asked_for_at_every_second_picture_of_five_a_second() -> None:
    joints = BodyJoints(cast("JointNetwork", Counting()))
    for number in range(10):
        moment = Moment(number * 18_000, round(number / 5, 3))
        frame = Frame(moment, np.zeros((120, 160), np.uint8), 160, 80)
        joints.consider(1, frame, NEAR)
        joints.consider(2, frame, FAR)
    assert list(joints.of(1)) == [number * 18_000 for number in range(0, 10, 2)]
    assert (joints.of(1)[0].places == 80 + NEAR.x).all()
    assert not joints.of(2)


def test_without_a_network_nobody_is_asked() -> None:
    joints = BodyJoints(None)
    joints.consider(1, Frame(Moment(0, 0.0), np.zeros((120, 160), np.uint8), 160, 80), NEAR)
    assert not joints.of(1)
