"""What the boxes of a picture tell of how well somebody is seen, and what its pixels add."""

import numpy as np
import pytest

from analyzer.bodies.quality import assess, view_of
from analyzer.types import Box, Detection, PersonDetection

WIDTH, HEIGHT = 640, 480


def body(x, y, w, h, score=0.9):
    return PersonDetection(None, Detection(Box(x, y, w, h), score, "person"))


def seen(person, *others):
    return view_of(person, [person, *others], WIDTH, HEIGHT)


WHOLE = body(300, 100, 70, 170)


def test_a_whole_person_alone_has_no_reasons_against():
    assert seen(WHOLE).reasons == ()
    assert seen(WHOLE).promise == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("person", "reason"),
    [
        (body(300, 310, 70, 170), "cut off by the border"),
        (body(-20, 100, 70, 170), "cut off by the border"),
        (body(300, 100, 12, 30), "small"),
    ],
)
def test_who_is_cut_off_or_small_is_worth_less_and_told(person, reason):
    assert seen(person).reasons == (reason,)
    assert seen(person).promise < 0.7 * seen(WHOLE).promise


def test_somebody_in_front_covers_and_somebody_behind_does_not():
    in_front, behind = body(320, 130, 70, 170), body(320, 70, 70, 170)
    assert seen(WHOLE, in_front).reasons == ("covered by others",)
    assert seen(WHOLE, behind).reasons == ()
    assert seen(WHOLE, in_front).promise < seen(WHOLE, behind).promise < seen(WHOLE).promise


def test_a_face_alone_is_seen_by_head_and_shoulders_inside_the_picture():
    face = PersonDetection(Detection(Box(600, 10, 40, 50), 0.99, "face"), None)
    view = seen(face)
    assert "face alone" in view.reasons
    assert view.box.x < 600 and view.box.y2 > 60
    assert (view.box.y, view.box.x2) == (0, WIDTH)
    assert 0 < view.promise < seen(body(300, 100, 30, 60)).promise


def test_a_blurred_picture_scores_less_than_a_sharp_one():
    rng = np.random.default_rng(1)
    sharp = rng.integers(0, 255, (HEIGHT, WIDTH), dtype=np.uint8)
    flat = np.full((HEIGHT, WIDTH), 128, np.uint8)
    good, poor = assess(seen(WHOLE), sharp), assess(seen(WHOLE), flat)
    assert good.reasons == () and poor.reasons == ("blurred",)
    assert poor.score < good.score <= 1
    assert good.height_px == 170
