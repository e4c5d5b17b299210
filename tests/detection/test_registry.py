"""The one list of detectors, and what every one of them gets around it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from analyzer.config_detection import FaceSettings, PeopleSettings
from analyzer.detection.protocol import DetectorBackend, DetectorOptions
from analyzer.detection.registry import DETECTORS, make_detectors
from analyzer.detection.resized import ResizedDetector
from analyzer.errors import ConfigError
from analyzer.types import Box, Detection

BOTH = {"face": 0.5, "person": 0.5}


class Fixed:
    """Finds what it was given and remembers what it was shown."""

    def __init__(self, *found: Detection) -> None:
        self.found = list(found)
        self.shown: list[tuple[tuple[int, ...], list[Box]]] = []

    def detect(self, bgr: NDArray[np.uint8], regions: Sequence[Box]) -> list[Detection]:
        self.shown.append((bgr.shape, list(regions)))
        return self.found


def resized(raw: Fixed, min_score=BOTH, **declared) -> ResizedDetector:
    backend = DetectorBackend(
        name="fixed", kinds=frozenset({"face", "person"}), make=lambda options: raw, **declared
    )
    return ResizedDetector(backend, raw, DetectorOptions(min_score, min_px=20), width=100)


def test_a_wide_picture_is_shown_smaller_and_boxes_come_back_in_its_pixels():
    points = np.full((5, 2), 10, np.float32)
    raw = Fixed(
        Detection(Box(10, 5, 30, 20), 0.6, "face", points),
        Detection(Box(80, 0, 30, 50), 0.9, "person"),
    )
    person, face = resized(raw).detect(np.zeros((102, 200, 3), np.uint8), [Box(40, 20, 10, 10)])
    assert raw.shown == [((51, 100, 3), [Box(20, 10, 5, 5)])]
    assert (face.box, person.box) == (Box(20, 10, 60, 40), Box(160, 0, 40, 100))
    assert face.landmarks is not None and face.landmarks.tolist() == [[20, 20]] * 5


def test_boxes_that_end_at_the_picture_are_left_alone():
    raw = Fixed(Detection(Box(80, 0, 20, 50), 0.9, "person"))
    (found,) = resized(raw, clipped=True).detect(np.zeros((101, 200, 3), np.uint8))
    assert found.box == Box(160, 0, 40, 101)
    (found,) = resized(raw, clipped=True, one_scale=True).detect(np.zeros((99, 200, 3), np.uint8))
    assert found.box == Box(160, 0, 40, 99)


def test_small_faces_and_kinds_that_nobody_asked_for_are_dropped():
    raw = Fixed(
        Detection(Box(0, 0, 14, 14), 0.9, "face"),
        Detection(Box(0, 0, 15, 15), 0.9, "face"),
        Detection(Box(0, 0, 9, 9), 0.9, "person"),
    )
    picture = np.zeros((50, 100, 3), np.uint8)
    assert [d.box.w for d in resized(raw).detect(picture)] == [9, 15]
    faces = resized(raw, {"face": 0.5})
    assert [d.box.w for d in faces.detect(picture)] == [15]
    assert faces.kinds == {"face"}


def test_a_picture_without_pixels_is_never_shown():
    raw = Fixed()
    assert resized(raw).detect(np.zeros((0, 100, 3), np.uint8)) == []
    assert raw.shown == []


def test_the_list_is_there_without_any_library_of_a_backend():
    heavy = "('cv2', 'dlib', 'face_recognition', 'ai_edge_litert', 'onnxruntime', 'tensorflow')"
    code = (
        f"import analyzer.detection.registry, sys; print([n for n in {heavy} if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("face", "person"), [("motion", "auto"), ("auto", "mtcnn")])
def test_a_backend_that_finds_something_else_is_unknown(face, person):
    with pytest.raises(ConfigError, match="is unknown; use one of auto"):
        make_detectors(FaceSettings(face), PeopleSettings(person), lambda name: None)


def test_every_name_leads_to_one_backend():
    names = [name for ours in DETECTORS.ours() for name in (ours.name, *ours.aliases)]
    assert len(names) == len(set(names))
    for ours in DETECTORS.ours():
        assert ours.model or ours.package or ours.weights(), ours.name
