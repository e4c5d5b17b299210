"""A local detector is shown where somebody may be, and finds there what it finds in the whole."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.config_detection import FaceSettings
from analyzer.detection.protocol import DetectorBackend, DetectorOptions
from analyzer.detection.registry import make_face_detector
from analyzer.detection.resized import ResizedDetector
from analyzer.detection.window import places_of_faces, window_of
from analyzer.models.registry import load_registry
from analyzer.types import Box, Detection
from tests.faces.pictures import frame
from tests.places import LOBBY, needs_centerface

WIDTH, HEIGHT = 960, 544


def test_a_window_holds_all_regions_with_a_margin_on_a_grid():
    window = window_of([Box(200, 150, 30, 40), Box(400, 100, 10, 10)], WIDTH, HEIGHT)
    assert window == (128, 32, 480, 256)
    assert window_of([Box(0, 0, 50, 50)], WIDTH, HEIGHT) == (0, 0, 128, 128)
    assert window_of([Box(900, 500, 60, 44)], WIDTH, HEIGHT) == (832, 448, WIDTH, HEIGHT)


@pytest.mark.parametrize(
    "regions",
    [[Box(0, 0, WIDTH, HEIGHT)], [Box(10, 10, 20, 20), Box(900, 500, 20, 20)], [Box(1e4, 0, 9, 9)]],
)
def test_where_little_would_be_left_out_the_whole_is_looked_at(regions):
    assert window_of(regions, WIDTH, HEIGHT) == (0, 0, WIDTH, HEIGHT)


def test_faces_may_be_at_heads_at_strangers_and_where_they_were():
    upright, lying = Box(100, 100, 80, 300), Box(400, 300, 200, 80)
    swinging_leg, stranger, before = Box(110, 300, 30, 90), Box(700, 50, 20, 20), Box(5, 5, 30, 30)
    assert places_of_faces([upright, lying], [swinging_leg, stranger], [before]) == [
        Box(100, 100, 80, 150),
        lying,
        stranger,
        before,
    ]


def test_what_is_found_in_a_window_comes_back_in_pixels_of_the_picture():
    shown = []

    class Corner:
        def detect(self, bgr, regions):
            shown.append(bgr.shape)
            points = np.full((5, 2), 10, np.float32)
            return [Detection(Box(0, 0, 20, 20), 0.9, "face", points)]

    backend = DetectorBackend(
        name="corner", kinds=frozenset({"face"}), make=lambda options: Corner(), local=True
    )
    detector = ResizedDetector(backend, Corner(), DetectorOptions({"face": 0.5}, 20), WIDTH)
    picture = np.zeros((2 * HEIGHT, 2 * WIDTH, 3), np.uint8)
    (found,) = detector.detect(picture, [Box(400, 300, 60, 80)])
    assert shown == [(160, 160, 3)]
    assert found.box == Box(256, 192, 40, 40)
    assert found.landmarks is not None and found.landmarks.tolist() == [[276, 212]] * 5
    detector.detect(picture)
    assert shown[1] == (HEIGHT, WIDTH, 3), "without regions the whole is looked at"


@needs_centerface
def test_a_face_in_a_window_is_the_face_in_the_whole_picture():
    detector = make_face_detector(FaceSettings("centerface"), load_registry().installed)
    picture = frame(LOBBY, 10.0)
    (whole,) = detector.detect(picture)
    (part,) = detector.detect(picture, [whole.box])
    assert part.box.iou(whole.box) > 0.9
    assert part.score == pytest.approx(whole.score, abs=0.05)
    assert part.landmarks == pytest.approx(whole.landmarks, abs=1.5)
