"""Every person detector keeps the same promises."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from analyzer.config_detection import PeopleSettings
from analyzer.detection.motion_hog import merge_regions
from analyzer.detection.registry import PERSON_CHOICE, make_person_detector
from analyzer.detection.yolox import cells, decode, without_doubles
from analyzer.errors import ConfigError, ModelError
from analyzer.types import Box, Detection
from tests.places import DATA, needs_data

VIDEO = DATA / "footage" / "pets_vtest.mp4"
MODEL = DATA / "models" / "yolox_nano_Bigisland.onnx"

PEOPLE = (Box(158, 138, 18, 52), Box(312, 99, 18, 46), Box(402, 150, 24, 52))
"""The three people of the first frame of pets_vtest.mp4, marked by eye (480 × 360)."""


def first_frame() -> NDArray[np.uint8]:
    capture = cv2.VideoCapture(str(VIDEO))
    read, picture = capture.read()
    capture.release()
    assert read
    return np.asarray(picture, dtype=np.uint8)


def installed(name: str) -> Path | None:
    return MODEL if name == "yolox-nano" else None


def missing(name: str) -> Path | None:
    return None


@needs_data
@pytest.mark.parametrize("backend", ["yolox", "cctv", "motion"])
@pytest.mark.parametrize("enlarged", [1, 3])
def test_people_are_found_in_pixels_of_the_picture_given(backend: str, enlarged: int) -> None:
    picture = cv2.resize(first_frame(), None, fx=enlarged, fy=enlarged).astype(np.uint8)
    detector = make_person_detector(PeopleSettings(backend=backend), installed)
    assert detector.name == backend
    people = [box.scaled(enlarged) for box in PEOPLE]
    found = detector.detect(picture, tuple(people))
    assert all(d.kind == "person" and 0 <= d.score <= 1 for d in found)
    for person in people:
        assert max((person.iou(d.box) for d in found), default=0) > 0.4
    assert len(found) <= 5


@needs_data
def test_the_motion_backend_looks_only_where_something_moved() -> None:
    detector = make_person_detector(PeopleSettings(backend="motion"), missing)
    assert detector.detect(first_frame(), ()) == []
    (only,) = detector.detect(first_frame(), PEOPLE[:1])
    assert only.box.iou(PEOPLE[0]) > 0.4


def test_auto_takes_our_own_network_whatever_is_installed() -> None:
    assert PERSON_CHOICE.backend("auto", installed).name == "cctv"
    assert make_person_detector(PeopleSettings(), missing).name == "cctv"


def test_what_is_missing_or_unknown_is_said_with_what_to_do() -> None:
    with pytest.raises(ModelError, match="analyzer models pull yolox-nano"):
        make_person_detector(PeopleSettings(backend="yolox"), missing)
    with pytest.raises(ConfigError, match="use one of auto, yolox, cctv, motion"):
        make_person_detector(PeopleSettings(backend="magic"), missing)


def test_an_unreadable_model_is_a_model_error(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"not a network")
    with pytest.raises(ModelError, match=r"broken\.onnx: cannot be read"):
        make_person_detector(PeopleSettings(backend="yolox"), lambda name: broken)


def test_a_picture_of_another_type_is_refused() -> None:
    detector = make_person_detector(PeopleSettings(), missing)
    with pytest.raises(ValueError, match="expected uint8"):
        detector.detect(np.zeros((4, 4), dtype=np.uint8), ())


def test_a_narrower_box_of_the_same_person_is_nobody_of_its_own() -> None:
    whole = Detection(Box(96, 90, 70, 235), 0.96, "person")
    narrow = Detection(Box(97, 101, 42, 215), 0.9, "person")
    behind = Detection(Box(110, 95, 40, 120), 0.8, "person")
    beside = Detection(Box(140, 90, 60, 230), 0.7, "person")
    assert without_doubles([whole, narrow, behind, beside]) == [whole, behind, beside]


def test_cells_are_decoded_stride_by_stride() -> None:
    raw = np.zeros((64 // 8 * 32 // 8 + 4 * 2 + 2, 4), dtype=np.float32)
    boxes = decode(raw, *cells(32, 64))
    assert boxes[0].tolist() == [-4, -4, 8, 8]
    assert boxes[9].tolist() == [4, 4, 8, 8]
    assert boxes[-1].tolist() == [16, -16, 32, 32]


def test_a_head_above_its_legs_is_one_proposal_and_two_people_are_two() -> None:
    head, legs, other = Box(100, 50, 20, 20), Box(95, 78, 30, 70), Box(160, 60, 30, 90)
    merged = merge_regions((legs, other, head))
    assert sorted(merged, key=lambda b: b.x) == [Box(95, 50, 30, 98), other]


def test_regions_join_until_none_belongs_to_another_whatever_their_order() -> None:
    rng = np.random.default_rng(4)
    for _ in range(30):
        corners = rng.uniform((0, 0, 4, 4), (300, 200, 60, 60), (25, 4))
        regions = [Box(*map(float, row)) for row in corners]
        merged = merge_regions(regions)
        assert merge_regions(regions[::-1]) == merged
        assert sorted(merge_regions(merged), key=lambda box: box.x) == sorted(
            merged, key=lambda box: box.x
        )
        for region in regions:
            assert any(
                box.x <= region.x and box.y <= region.y and box.x2 >= region.x2 - 1e-9
                and box.y2 >= region.y2 - 1e-9
                for box in merged
            )  # fmt: skip
