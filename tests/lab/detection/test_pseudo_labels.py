"""PseudoLabeler agree: one box of several looks, in pixels of the picture, mirrored or turned."""

import cv2
import numpy as np
import pytest

from analyzer.lab.detection.pseudo_labels import PseudoLabeler, merge_views
from analyzer.types import Box, Detection
from tests.places import DATA, needs_data

CLIP = DATA / "action" / "upfall_s1" / "Activity1" / "Subject1" / "Trial1Cam1.mp4"


def person(x, y, w, h, score):
    return Detection(Box(x, y, w, h), score, "person")


def test_looks_that_overlap_are_one_box_with_their_votes():
    looks = [
        [person(10, 10, 20, 40, 0.9), person(100, 10, 20, 40, 0.3)],
        [person(12, 10, 20, 40, 0.6)],
        [person(10, 12, 20, 40, 0.3), person(11, 12, 20, 40, 0.2)],
    ]
    first, *others = merge_views(looks)
    assert (first.votes, first.best) == (3, 0.9)
    assert first.total == pytest.approx(1.8)
    assert first.box.x == pytest.approx((9 + 12 * 0.6 + 3) / 1.8)
    # A look gives a box one detection; its second one stays a box of its own.
    assert sorted((o.votes, o.best) for o in others) == [(1, 0.2), (1, 0.3)]


@needs_data
def test_a_mirrored_picture_has_the_mirrored_boxes_and_points():
    bgr = cv2.VideoCapture(str(CLIP)).read()[1]
    teachers = PseudoLabeler(DATA / "models")
    mirrored = teachers.label(np.ascontiguousarray(bgr[:, ::-1]))
    seen = [found for found in teachers.label(bgr) if found.votes >= 3 and found.best > 0.6]
    assert {found.kind for found in seen} >= {"person"}
    for found in seen:
        box = found.box
        there = Box(bgr.shape[1] - box.x2, box.y, box.w, box.h)
        assert max(there.iou(other.box) for other in mirrored if other.kind == found.kind) > 0.7
        if found.kind == "face":
            left, right, *_ = found.points
            assert left[0] < right[0] and box.x < left[0] and right[0] < box.x2
