"""Posture features from joints: what standing, sitting and lying people differ in."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.actions.joint_features import JOINT_MEASURES, joint_measures
from analyzer.joints.network import MIRRORED, Joints
from analyzer.lab.simulation.body import Build, points, pose
from analyzer.lab.simulation.joints import joints_of
from analyzer.lab.simulation.people import Camera

BUILD = Build(1.8, 1.0)


def joints(told: bool = True, **angles: float) -> tuple[Joints, float]:
    """The joints, seen from the side, of somebody in the pose; and the body's size in px."""
    body, _ = points(pose(**angles)[None], BUILD, np.array([np.pi / 2]), 0.0)
    body[..., 0] += 6.0
    pixel, _ = Camera(1.2, 0.0, 0.0, 600.0, (640.0, 480.0)).project(body)
    found = joints_of(pixel)[0].astype(np.float32)
    size = float(np.ptp(pixel[0], axis=0).max())
    return Joints(found, np.full(17, told, np.float32), np.full(17, told)), size


def measured(seen: Joints, size: float) -> dict[str, float]:
    return dict(zip(JOINT_MEASURES, joint_measures(seen, size).tolist(), strict=True))


def test_postures_differ_in_what_their_limbs_do() -> None:
    stands = measured(*joints())
    assert stands["thigh_upright"] == pytest.approx(1, abs=0.05)
    assert stands["trunk_upright"] == pytest.approx(1, abs=0.05)
    assert stands["head_down"] < -0.3 < 0.4 < stands["ankles_down"]
    assert stands["knee_bend"] < 0.05
    sits = measured(*joints(hip_l=90, hip_r=90, knee_l=90, knee_r=90))
    assert sits["thigh_upright"] < 0.2
    assert sits["trunk_upright"] > 0.9
    assert sits["knee_bend"] == pytest.approx(0.5, abs=0.1)
    lies = measured(*joints(tilt=90))
    assert abs(lies["trunk_upright"]) < 0.2
    assert abs(lies["head_down"]) < 0.2


def test_left_and_right_do_not_matter() -> None:
    seen, size = joints(hip_l=60, knee_l=80, arm_r=40)
    other = Joints(seen.places[MIRRORED], seen.probabilities, seen.told)
    assert joint_measures(other, size) == pytest.approx(joint_measures(seen, size), abs=1e-6)


def test_what_was_not_told_is_no_posture() -> None:
    seen, size = joints(told=False)
    assert not joint_measures(seen, size).any()
    above = Joints(seen.places, np.float32(np.arange(17) < 13), seen.told)
    told = measured(above, size)
    assert told["shoulders_seen"] == told["hips_seen"] == 1
    assert told["knees_seen"] == told["thigh_upright"] == told["ankles_down"] == 0
