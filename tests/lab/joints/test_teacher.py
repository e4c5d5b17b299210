"""Labels of a teacher: its agreement with itself in a mirror, and who is left out."""

import csv

import cv2
import numpy as np
import pytest

from analyzer.errors import AnalyzerError
from analyzer.joints.network import JOINTS, MARGIN
from analyzer.lab.joints import labels, teacher
from analyzer.types import Box
from tests.lab.joints.people import drawn, standing

BOX = Box(80, 20, 60, 120)
PICTURE = np.zeros((200, 220, 3), np.uint8)


class Sure:
    """A teacher that finds everybody standing in the middle, facing us."""

    def __init__(self, score=0.9, moved=0.0, size=0.8):
        self.score, self.moved, self.size, self.asked = score, moved, size, 0

    def __call__(self, rgb):
        self.asked += 1
        places = standing() * self.size + (0.5, 0.1)
        if self.asked == 2:  # In the mirror it puts a wrist elsewhere.
            places[JOINTS.index("right_wrist"), 1] += self.moved
        return np.concatenate([places, np.full((17, 1), self.score)], 1)


def test_places_come_back_in_pixels_of_the_picture():
    joints = teacher.labels(Sure(), PICTURE, BOX)
    assert (joints[:, 2] == 1).all()
    middle = BOX.x + BOX.w / 2
    assert joints[0, :2] == pytest.approx([middle, 5 + 150 * (0.1 + 0.8 * 0.09)], abs=0.5)
    left, right = (joints[JOINTS.index(f"{side}_wrist"), 0] for side in ("left", "right"))
    assert left - middle == pytest.approx(middle - right) and left > right
    assert MARGIN * 120 == 150


def test_what_the_mirror_shows_elsewhere_is_not_taught():
    joints = teacher.labels(Sure(moved=0.1), PICTURE, BOX)
    unsure = np.flatnonzero(np.isnan(joints[:, 2]))
    assert [JOINTS[one] for one in unsure] == ["left_wrist"]


@pytest.mark.parametrize("wrong", [Sure(score=0.05), Sure(score=0.2), Sure(size=0.2)])
def test_people_who_are_not_found_are_left_out(wrong):
    assert teacher.labels(wrong, PICTURE, BOX) is None


def test_somebody_beside_the_box_is_left_out():
    assert teacher.labels(Sure(), PICTURE, Box(60, 60, 150, 10)) is None


def test_joints_beyond_the_border_of_the_picture_are_not_seen():
    joints = teacher.labels(Sure(), PICTURE[:110], BOX)
    assert joints[JOINTS.index("left_ankle"), 2] == 0 and joints[0, 2] == 1


def test_a_table_of_boxes_becomes_a_table_of_labels(tmp_path):
    picture, _ = drawn(100, np.random.default_rng(0))
    cv2.imwrite(str(tmp_path / "0.png"), picture)
    boxes = tmp_path / "boxes.csv"
    rows = [
        ["path", "use", "source", "place", *"xywh"],
        ["0.png", "taught", "s", "p", 30, 20, 40, 99],
    ]
    with boxes.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    out = tmp_path / "LABELS.csv"
    assert teacher.write(Sure(), boxes, out, lambda done, total: None) == (1, 1)
    (person,) = labels.read(out)["taught"]
    assert person.seen.all() and person.box == Box(30, 20, 40, 99)
    with pytest.raises(AnalyzerError, match="not a readable table"):
        teacher.write(Sure(), tmp_path / "none.csv", out, lambda done, total: None)


def test_a_file_that_is_no_teacher_is_named(tmp_path):
    with pytest.raises(AnalyzerError, match=r"none\.tflite"):
        teacher.MoveNet(tmp_path / "none.tflite")
