"""The gate opens for people and stays shut for noise, light and a running clock."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from analyzer.config_detection import MotionSettings
from analyzer.video.decode import Decoder
from analyzer.video.motion import MotionGate
from analyzer.video.probe import probe
from analyzer.video.segments import plan_segments
from tests.places import DATA, needs_data

Picture = NDArray[np.uint8]


STILL = cv2.resize(
    np.random.default_rng(0).integers(20, 120, (9, 16)).astype(np.float32), (640, 360)
)


@cache
def sensor_noise(number: int) -> NDArray[np.float32]:
    """One of the forty pictures of noise, of deviation 1, that follow each other for ever."""
    return np.random.default_rng(number).standard_normal(STILL.shape, np.float32)


def room(seed: int, noise: float = 3.0, light: float = 0.0) -> Picture:
    """A still room of 640 × 360, dim, with sensor noise."""
    return np.clip(STILL + light + noise * sensor_noise(seed % 40), 0, 255).astype(np.uint8)


def with_face(picture: Picture, x: int, size: int = 20) -> Picture:
    cv2.ellipse(picture, (x, 200), (size * 2 // 5, size // 2), 0, 0, 360, 150.0, -1)
    return picture


def gates(pictures: list[Picture]) -> list[bool]:
    gate = MotionGate(MotionSettings())
    return [gate.update(picture, index / 5).moved for index, picture in enumerate(pictures)]


@pytest.mark.parametrize("noise", [0.0, 3.0, 12.0])
def test_noise_does_not_open(noise: float) -> None:
    assert sum(gates([room(i, noise) for i in range(50)])[5:]) == 0


def test_slow_change_of_light_does_not_open() -> None:
    assert sum(gates([room(i, light=i * 0.8) for i in range(50)])[5:]) == 0


@pytest.mark.parametrize("noise", [0.0, 3.0])
def test_a_small_face_opens_and_is_located(noise: float) -> None:
    gate = MotionGate(MotionSettings())
    for i in range(20):
        gate.update(with_face(room(i, noise), 300), i / 5)
    state = gate.update(with_face(room(20, noise), 304), 4.0)
    assert state.moved
    assert 0 < state.area < 0.01
    assert any(box.x <= 312 <= box.x2 and box.y <= 205 <= box.y2 for box in state.regions)


def test_slow_movement_adds_up() -> None:
    opened = gates([with_face(room(i, 1.0), 300 + i // 5) for i in range(100)])
    assert sum(opened[5:]) >= 5


def clocked(index: int) -> Picture:
    picture = room(index)
    text = f"2024-01-31 23:{10 + index // 300}:{index // 5 % 60:02d}"
    cv2.putText(picture, text, (20, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 255.0, 2)
    return picture


def test_a_running_clock_is_learned() -> None:
    opened = gates([clocked(i) for i in range(750)])
    assert sum(opened[:50]) >= 8
    # Tens of seconds take two minutes to learn; minutes are seen each time.
    assert sum(opened[100:300]) <= 8
    assert sum(opened[650:]) <= 4


def test_a_person_is_seen_though_the_clock_was_learned() -> None:
    gate = MotionGate(MotionSettings())
    for i in range(300):
        gate.update(clocked(i), i / 5)
    seen = [
        gate.update(with_face(clocked(i), 300 + 6 * (i - 300)), i / 5).moved
        for i in range(300, 320)
    ]
    assert all(seen)


def test_head_that_nods_in_place_is_never_learned() -> None:
    opened = gates([with_face(room(i), 300 + 4 * (i // 3 % 2)) for i in range(600)])
    assert sum(opened[500:]) >= 30


def test_disabled_gate_is_open() -> None:
    gate = MotionGate(MotionSettings(enabled=False))
    assert all(gate.update(room(i, 0), i / 5).moved for i in range(3))


@needs_data
@pytest.mark.parametrize("name", ["biden_talking", "fight_gym_cctv", "walking_towncentre_like"])
def test_people_keep_the_gate_open(name: str) -> None:
    info = probe(DATA / "footage" / f"{name}.mp4")
    gate = MotionGate(MotionSettings())
    (span,) = plan_segments(info, 1e6, 0)
    opened = [gate.update(f.luma, f.moment.t).moved for f in Decoder(info, span, 5.0)]
    assert np.mean(opened) > 0.85
