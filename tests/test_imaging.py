"""Pictures are halved as far as asked and no further."""

import cv2
import numpy as np
import pytest

from analyzer.actions.optical_flow import HEIGHT, WIDTH, shrink
from analyzer.imaging import halved


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((360, 640), (180, 320)),  # once more would be less than 120 high
        ((1080, 1920), (135, 240)),
        ((576, 704), (144, 176)),
        ((119, 2000), (119, 2000)),
        ((90, 120), (90, 120)),
    ],
)
def test_a_picture_is_halved_while_both_sides_allow(shape, expected):
    assert halved(np.zeros(shape, np.uint8), 160, 120).shape == expected


def test_a_half_is_the_mean_of_four_pixels():
    picture = np.array([[0, 4, 10, 10], [4, 8, 10, 30]], np.uint8)
    assert halved(picture, 2, 1).tolist() == [[4, 15]]


@pytest.mark.parametrize("size", [(640, 360), (704, 576), (1920, 1080), (352, 288)])
def test_a_picture_shrunk_for_flow_shows_the_same_at_every_size(size):
    rng = np.random.default_rng(1)
    scene = cv2.resize(rng.integers(0, 256, (9, 12), dtype=np.uint8), (1920, 1080))
    small = shrink(cv2.resize(scene, size, interpolation=cv2.INTER_AREA))
    expected = cv2.resize(scene, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    assert small.shape == (HEIGHT, WIDTH)
    assert np.abs(small.astype(int) - expected).max() <= 4
