"""Augmentation is seeded, keeps the shape, and does what its name says."""

import cv2
import numpy as np
import pytest

from analyzer.lab.emotion import augment
from analyzer.lab.emotion.augment import Augmentation


@pytest.fixture
def face():
    rng = np.random.default_rng(3)
    rough = rng.integers(0, 256, (12, 12), np.uint8)
    return cv2.resize(rough, (48, 48), interpolation=cv2.INTER_CUBIC)


def test_the_same_seed_gives_the_same_picture_and_another_another(face):
    one, two, other = (
        augment.augment(face, np.random.default_rng(seed), Augmentation()) for seed in (1, 1, 2)
    )
    assert (one == two).all()
    assert (one != other).any()
    assert one.shape == face.shape
    assert one.dtype == np.uint8


def test_nothing_is_changed_when_everything_is_off(face):
    off = Augmentation(**dict.fromkeys(Augmentation.__dataclass_fields__, 0))
    assert (augment.augment(face, np.random.default_rng(0), off) == face).all()


def test_flip_alone_is_the_mirror_image(face):
    values = dict.fromkeys(Augmentation.__dataclass_fields__, 0) | {"flip": 1}
    mirrored = augment.warp(face, np.random.default_rng(0), Augmentation(**values))
    assert (mirrored == face[:, ::-1]).all()


def test_fewer_pixels_leave_less_detail(face):
    def detail(picture):
        return cv2.Laplacian(picture, cv2.CV_32F).std()

    sharpness = [detail(augment.shrink_and_back(face, px)) for px in (48, 24, 12)]
    assert sharpness == sorted(sharpness, reverse=True)
    assert (augment.shrink_and_back(face, 48) == face).all()


def test_coarser_video_blocks_keep_less_of_the_face_but_its_light(face):
    def error(step):
        coded = augment.video_blocks(face, step).astype(float)
        return np.abs(coded - face).mean()

    assert error(48) > error(16) > error(4)
    assert augment.video_blocks(face, 48).mean() == pytest.approx(face.mean(), abs=2)
    assert augment.video_blocks(face[:17, :19], 16).shape == (17, 19)


def test_median_brightness_reaches_its_target(face):
    assert np.median(augment.median_brightness(face, 120)) == pytest.approx(120, abs=1)


def test_erasing_covers_one_rectangle_of_a_twentyfifth_to_a_fifth(face):
    for seed in range(20):
        changed = augment.erase(face, np.random.default_rng(seed)) != face
        rows, columns = np.flatnonzero(changed.any(1)), np.flatnonzero(changed.any(0))
        area = (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
        assert 0.03 * face.size <= area <= 0.2 * face.size
        assert changed.sum() > 0.9 * area, "all of it is noise"
