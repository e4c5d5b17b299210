"""Boxes stay on what they mark, whatever is done to the picture."""

import cv2
import numpy as np
import pytest

from analyzer.lab.detection.compose import Composer
from analyzer.lab.detection.crops import Crop, mirrored, mosaic
from analyzer.lab.detection.sources import Picture
from analyzer.lab.detection.store import Store
from analyzer.lab.detection.targets import targets_of

MARK = (250, 0, 250)
NONE = np.zeros((0, 4), np.float32)


@pytest.fixture
def store(tmp_path):
    """A grey scene; a person of one plain colour stands in it, alone."""
    bgr = np.full((360, 640, 3), 90, np.uint8)
    bgr[110:270, 250:310] = MARK
    cv2.imwrite(str(tmp_path / "a.png"), bgr)
    people = [[250.0, 110.0, 60.0, 160.0]]
    one = Picture("toy", str(tmp_path / "a.png"), place="a", complete=True, people=people)
    return Store([one], {}, tmp_path / "frames", {"toy": 1.0})


def marked(bgr):
    """The frame of the marked pixels as x, y, w, h; None without any."""
    rows, columns = np.nonzero(np.abs(bgr.astype(int) - MARK).max(2) < 60)
    if len(rows) < 40:
        return None
    x, y = columns.min(), rows.min()
    return np.array([x, y, columns.max() + 1 - x, rows.max() + 1 - y])


def test_a_box_goes_with_its_person_through_scale_mirror_and_border(store, monkeypatch):
    monkeypatch.setattr("analyzer.lab.detection.compose.degrade", lambda bgr, rng: bgr)
    monkeypatch.setattr("analyzer.lab.detection.compose._MOSAICS", 0.0)
    composer, rng, seen = Composer(store, 224, 320), np.random.default_rng(0), 0
    for _ in range(60):
        crop = composer.draw(rng)
        there = marked(crop.bgr)
        for box in (*crop.people, *crop.ignored):
            seen += 1
            assert there is not None and np.abs(box - there).max() <= 2.5
        assert there is None or len(crop.people) + len(crop.ignored) or there[2:].min() < 20
    assert seen > 30


def test_the_same_seed_gives_the_same_crop(store):
    one, other = (Composer(store, 224, 320).draw(np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(one.bgr, other.bgr) and np.array_equal(one.people, other.people)


def test_four_crops_keep_their_boxes_in_their_places():
    part = Crop(np.full((50, 50, 3), 7, np.uint8), np.array([[5, 5, 20, 40]], np.float32), NONE)
    whole = mosaic([part] * 4, 50, 50, 100, 100)
    assert whole.people[:, :2].tolist() == [[5, 5], [55, 5], [5, 55], [55, 55]]
    assert (whole.bgr == 7).all()


def test_a_crop_mirrored_twice_is_itself():
    bgr = np.arange(20 * 30 * 3, dtype=np.uint8).reshape(20, 30, 3)
    crop = Crop(bgr, np.array([[3, 2, 9, 12]], np.float32), np.array([[0, 0, 4, 4]], np.float32))
    once = mirrored(crop)
    twice = mirrored(once)
    assert once.people[0].tolist() == [18, 2, 9, 12]
    assert np.array_equal(twice.bgr, bgr) and np.array_equal(twice.ignored, crop.ignored)


def test_targets_tell_people_from_what_is_ignored_and_have_room_for_a_crowd():
    crowd = np.tile(np.array([[1, 2, 10, 20]], np.float32), (100, 1))
    few = targets_of(Crop(np.zeros((8, 8, 3), np.uint8), crowd[:1], crowd[:2]))
    assert few[:4].tolist() == [[1, 2, 11, 22, 1], [1, 2, 11, 22, 2], [1, 2, 11, 22, 2], [0] * 5]
    full = targets_of(Crop(np.zeros((8, 8, 3), np.uint8), crowd, NONE))
    assert len(full) == len(few) and (full[:, 4] == 1).all()
