"""Boxes stay on what they mark, whatever is done to the picture."""

import numpy as np
import pytest

from analyzer.lab.detection.compose import Composer
from analyzer.lab.detection.crop import trusted_crop
from analyzer.lab.detection.pictures import TrainingPicture, part_of
from analyzer.lab.detection.targets import TARGETS, target_of

MARK = (250, 0, 250)


def picture(width=640, height=360, votes=3, best=0.9):
    """A grey scene; a person of one plain colour stands in it, alone."""
    bgr = np.full((height, width, 3), 90, np.uint8)
    box = np.array([[250, 110, 60, 160]], np.float32)
    x, y, w, h = box[0].astype(int)
    bgr[y : y + h, x : x + w] = MARK
    one = np.ones(1, np.float32)
    return TrainingPicture(
        bgr, "scene", "learn", box, np.array([False]), best * one, best * votes * one,
        np.array([votes]), np.full((1, 5, 2), np.nan, np.float32),
    )  # fmt: skip


def marked(bgr):
    """The frame of the marked pixels: x, y, x2, y2; None without any."""
    rows, columns = np.nonzero(np.abs(bgr.astype(int) - MARK).max(2) < 60)
    if len(rows) < 40:
        return None
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])


def test_a_box_goes_with_its_person_through_scale_mirror_and_mosaic():
    composer = Composer([picture()], 224, 320)
    off = []
    for seed in range(60):
        crop = composer.compose(np.random.default_rng(seed))
        assert crop.bgr.shape == (224, 320, 3) and crop.bgr.dtype == np.uint8
        frame = marked(crop.bgr)
        # A second, pasted person would widen the frame of the marked pixels.
        if frame is None or len(crop.boxes) != 1 or not crop.sure[0]:
            continue
        box = np.concatenate((crop.boxes[0, :2], crop.boxes[0, :2] + crop.boxes[0, 2:]))
        off.append(np.abs(box - frame).max() / max(crop.boxes[0, 2:].max(), 1))
    assert len(off) >= 20
    # A turned person's frame is that of an ellipse, inside that of the turned rectangle.
    assert np.median(off) < 0.03 and max(off) < 0.3


def test_the_same_seed_gives_the_same_crop():
    composer = Composer([picture()], 224, 320)
    one, other = (composer.draw(np.random.default_rng(7)) for _ in range(2))
    assert np.array_equal(one.bgr, other.bgr) and np.array_equal(one.boxes, other.boxes)


@pytest.mark.parametrize(
    ("votes", "best", "boxes", "sure"), [(3, 0.6, 1, 1), (1, 0.4, 1, 0), (1, 0.15, 0, 0)]
)
def test_what_one_look_saw_is_doubtful_and_what_was_hardly_seen_is_nothing(
    votes, best, boxes, sure
):
    crop = trusted_crop(picture(votes=votes, best=best))
    assert (len(crop.boxes), int(crop.sure.sum())) == (boxes, sure)


def test_the_target_has_one_peak_and_its_box_there():
    crop = trusted_crop(picture())
    target = target_of(crop)
    assert target.shape == (45, 80, TARGETS)
    rows, columns = np.nonzero(target[..., 0] == 1)
    assert (rows.tolist(), columns.tolist()) == ([190 // 8], [280 // 8])
    np.testing.assert_allclose(target[rows[0], columns[0], 4:8] * 8, crop.boxes[0])
    assert target[..., 2].min() == 1


def test_a_doubtful_place_is_passed_over():
    target = target_of(trusted_crop(picture(votes=1, best=0.4)))
    assert target[..., 0].max() == 0
    passed = target[..., 2] == 0
    assert passed[190 // 8, 280 // 8] and not passed[2, 2]
    assert target[..., 3].min() == 1


def test_held_scenes_stay_apart():
    parts = {part_of(f"scene{number:03d}") for number in range(40)}
    assert parts == {"learn", "watch", "held", "left out"}
    # The same hall, filmed a few minutes apart.
    assert (part_of("scene003"), part_of("scene002")) == ("held", "left out")
