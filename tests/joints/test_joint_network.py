"""Crops of people and the answers of a joint network, back in pixels of the picture."""

import numpy as np
import pytest

from analyzer.joints.network import FILL, STRIDE, Calibration, crop_around, cut, decode
from analyzer.types import Box

SIZE = (128, 96)


def dotted(at):
    """A picture with one white dot."""
    picture = np.zeros((240, 320, 3), np.uint8)
    x, y = at
    picture[y - 2 : y + 3, x - 2 : x + 3] = 255
    return picture


@pytest.mark.parametrize("box", [Box(100, 60, 60, 120), Box(60, 90, 180, 60), Box(150, 80, 9, 30)])
def test_a_crop_shows_the_whole_box_and_gives_places_back(box):
    around = crop_around(box, SIZE)
    assert around.w / around.h == pytest.approx(SIZE[1] / SIZE[0])
    assert around.x <= box.x and around.x + around.w >= box.x + box.w
    assert around.y <= box.y and around.y + around.h >= box.y + box.h
    dot = round(box.x + 0.7 * box.w), round(box.y + 0.3 * box.h)
    shown = cut(dotted(dot), around, SIZE)[..., 0].astype(float)
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    lit = shown * (shown > FILL + 8)
    place = np.array([(lit * (columns + 0.5)).sum(), (lit * (rows + 0.5)).sum()]) / lit.sum()
    back = place * (around.w / SIZE[1]) + (around.x, around.y)
    assert back == pytest.approx(np.array(dot) + 0.5, abs=0.6 * max(1, around.h / SIZE[0]))


def test_what_lies_outside_of_the_picture_is_grey():
    shown = cut(np.zeros((50, 50, 3), np.uint8), Box(-40, -60, 90, 120), SIZE)
    assert (shown[:50] == FILL).all() and (shown[70:112, 50:90] == 0).all()
    assert (cut(np.zeros((50, 50, 3), np.uint8), Box(80, 80, 9, 12), SIZE) == FILL).all()


def answer(joints=17):
    return np.full((joints, 32 * 24 + 1), -20.0)


def test_a_joint_lies_between_the_places_that_hold_its_weight():
    found = answer()
    found[:, 10 * 24 + 5] = found[:, 10 * 24 + 6] = 3.0
    places, weights = decode(found, SIZE)
    assert places[0] == pytest.approx([6 * STRIDE, 10.5 * STRIDE], abs=0.01)
    assert weights == pytest.approx(np.ones(17), abs=1e-3)


def test_a_joint_that_is_not_to_be_seen_has_little_weight_but_a_place():
    found = answer()
    found[:, 3 * 24 + 3], found[:, -1] = 1.0, 4.0
    places, weights = decode(found, SIZE)
    assert weights[0] == pytest.approx(np.exp(1) / (np.exp(1) + np.exp(4)), abs=1e-3)
    assert places[0] == pytest.approx([3.5 * STRIDE, 3.5 * STRIDE], abs=0.01)


def test_probabilities_rise_with_the_weights():
    found = Calibration(slope=0.8, offset=-0.5).probabilities(np.array([0, 0.2, 0.7, 1.0]))
    assert (np.diff(found) > 0).all() and found.min() >= 0 and found.max() <= 1


def test_an_empty_box_is_refused():
    with pytest.raises(ValueError, match="box with an area"):
        crop_around(Box(1, 2, 0, 5), SIZE)
