"""Crops of bodies: inside the picture, bounded, never enlarged, the same bytes again."""

import cv2
import numpy as np
import pytest

from analyzer.bodies.crops import body_crop
from analyzer.types import Box

PICTURE = np.random.default_rng(2).integers(0, 255, (1080, 1920, 3), dtype=np.uint8)


def test_a_small_body_keeps_its_own_pixels():
    crop = body_crop(PICTURE, Box(100, 200, 20, 50))
    assert np.array_equal(crop.body, PICTURE[200:250, 100:120])
    assert crop.bgr.shape[0] > 50


def test_a_large_body_is_bounded_and_its_box_lies_in_the_crop():
    crop = body_crop(PICTURE, Box(900, 20, 400, 1060))
    assert max(crop.bgr.shape[:2]) == 256
    assert crop.box.x >= 0 and crop.box.x2 <= crop.bgr.shape[1] + 0.5
    assert crop.box.h == pytest.approx(1060 * 256 / 1080, abs=1)


def test_the_same_pixels_give_the_same_bytes():
    crop = body_crop(PICTURE, Box(5, 5, 60, 140))
    jpeg = crop.jpeg()
    assert jpeg == body_crop(PICTURE.copy(), Box(5, 5, 60, 140)).jpeg()
    shown = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert shown.shape == crop.bgr.shape


def test_a_box_outside_the_picture_is_refused():
    with pytest.raises(ValueError, match="expected a box inside 1920 × 1080"):
        body_crop(PICTURE, Box(2100, 5, 60, 140))
