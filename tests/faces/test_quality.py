"""Quality speaks for what a person would say of the picture, and never fails."""

from __future__ import annotations

import time
from dataclasses import replace

import cv2
import numpy as np
import pytest

from analyzer.config import EmbeddingSettings
from analyzer.faces.alignment import ARCFACE_CHIP, align_face, similarity
from analyzer.faces.pose import FACE_MODEL_MM, head_pose
from analyzer.faces.quality import assess_quality, shortcomings
from analyzer.types import Box, FaceQuality
from tests.faces.pictures import best_face

BOX = Box(0, 0, 100, 100)


def turned(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Return the generic face turned by degrees, seen from far away; see ``head_pose``."""
    y, p, r = np.radians([yaw, pitch, roll])
    about_y = [[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]]
    about_x = [[1, 0, 0], [0, np.cos(p), np.sin(p)], [0, -np.sin(p), np.cos(p)]]
    about_z = [[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]]
    points = FACE_MODEL_MM @ (np.array(about_z) @ about_y @ about_x).T
    return points[:, :2] * 0.7 + [300, 200]


@pytest.mark.parametrize("yaw", [-60, -30, 0, 30, 60])
def test_yaw_of_a_turned_head(yaw: float) -> None:
    measured = head_pose(turned(yaw, 0, 0))
    assert measured[0] == pytest.approx(yaw, abs=4)
    assert abs(measured[1]) < 4 and abs(measured[2]) < 4


@pytest.mark.parametrize(("pitch", "roll"), [(25, 0), (-25, 0), (0, 40), (0, -40)])
def test_pitch_and_roll(pitch: float, roll: float) -> None:
    measured = head_pose(turned(0, pitch, roll))
    assert measured == pytest.approx((0, pitch, roll), abs=4)


@pytest.mark.parametrize(
    "points",
    [
        np.zeros((5, 2)),
        np.full((5, 2), np.nan),
        np.stack([np.arange(5), np.arange(5)], axis=1),
        np.array([[10, 10], [10, 10], [30, 10], [30, 10], [30, 10]]),
        np.full((5, 2), 1e9) + np.eye(5)[:, :2],
    ],
)
def test_degenerate_points_never_fail(points: np.ndarray) -> None:
    assert np.isfinite(head_pose(points)).all()
    quality = assess_quality(np.full((80, 80, 3), 128, np.uint8), BOX, points)
    assert 0 <= quality.score <= 0.1 and np.isfinite(quality.yaw)


def test_a_portrait_is_good_and_its_ruins_are_not() -> None:
    picture, face = best_face("Barack Obama")
    assert face.landmarks is not None
    good = assess_quality(picture, face.box, face.landmarks)
    assert good.score > 0.8 and good.reasons == ()
    blurred = assess_quality(
        cv2.GaussianBlur(picture, (0, 0), face.box.w / 12), face.box, face.landmarks
    )
    assert blurred.score < 0.3 and "blurred" in blurred.reasons
    dark = assess_quality((picture * 0.12).astype(np.uint8), face.box, face.landmarks)
    assert dark.score < 0.3 and "too dark" in dark.reasons
    factor = 8 / good.eye_px
    small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    tiny = assess_quality(small, face.box.scaled(factor), face.landmarks * factor)
    assert tiny.score < 0.3 and "8 px between the eyes" in tiny.reasons


def test_colour_and_luma_agree() -> None:
    picture, face = best_face("Joe Biden")
    assert face.landmarks is not None
    colour = assess_quality(picture, face.box, face.landmarks)
    luma = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    grey = assess_quality(luma, face.box, face.landmarks)
    assert grey.score == pytest.approx(colour.score, abs=0.05)


def test_what_is_below_a_floor_is_said_in_words() -> None:
    good = FaceQuality(30, 100, 0.5, 10, 5, 0, 0.9)
    floors = EmbeddingSettings()
    assert shortcomings(good, floors) == ()
    assert shortcomings(replace(good, eye_px=7.6), floors) == ("8 px between the eyes",)
    assert shortcomings(replace(good, yaw=-72, sharpness=1), floors) == ("yaw 72°", "blurred")
    assert shortcomings(replace(good, pitch=55), floors) == ("pitch 55°",)
    assert shortcomings(replace(good, score=0, reasons=("no landmarks",)), floors) == (
        "no landmarks",
    )


def test_cheap_enough_for_every_face() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (720, 1280, 3), np.uint8)
    points = turned(20, 5, 3)
    took = []
    for _ in range(50):
        start = time.process_time()
        assess_quality(picture, BOX, points)
        took.append(time.process_time() - start)
    assert min(took) < 0.002


def test_aligned_points_lie_on_the_template() -> None:
    template = ARCFACE_CHIP.points
    points = template @ [[0.8, 0.6], [-0.6, 0.8]] * 3 + 40
    matrix = similarity(points, template)
    assert points @ matrix[:, :2].T + matrix[:, 2] == pytest.approx(template, abs=1e-6)


def test_a_large_face_is_shrunk_in_place() -> None:
    """Aligning from a picture and from one three times as large gives the same chip."""
    picture, face = best_face("Barack Obama")
    assert face.landmarks is not None
    large = cv2.resize(picture, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    a = align_face(picture, face.landmarks, ARCFACE_CHIP)
    b = align_face(large, (face.landmarks + 0.5) * 3 - 0.5, ARCFACE_CHIP)
    assert np.abs(a.astype(float) - b).mean() < 4
