"""Labels of a picture: its own boxes, and what teachers agree on."""

import json

import cv2
import numpy as np
import pytest

from analyzer.detection.yolox import YoloxDetector, shipped_folder
from analyzer.lab.detection import index, teachers
from analyzer.lab.detection.fusion import fused
from analyzer.lab.detection.labels import labels_of
from analyzer.lab.detection.score import ScoredBoxes
from analyzer.lab.detection.sources import Picture, part_of_fight, read_yolo
from tests.places import SAMPLES

CLIP = SAMPLES / "footage" / "lobby_cam1_20240312_081500.mp4"


def look(*rows):
    table = np.array(rows, np.float32).reshape(-1, 5)
    return ScoredBoxes(table[:, :4], table[:, 4])


def test_fused_boxes_are_means_and_silence_counts():
    one = fused([look((0, 0, 10, 10, 0.8)), look((2, 0, 10, 10, 0.8)), look()])
    assert one.boxes.tolist() == [[1, 0, 10, 10]]
    assert one.scores[0] == pytest.approx(1.6 / 3)


def test_a_box_takes_one_detection_of_each_look():
    found = fused([look((0, 0, 10, 10, 0.8), (1, 0, 10, 10, 0.7))])
    assert len(found.boxes) == 2


def test_what_nobody_labelled_is_known_by_the_teachers_alone():
    picture = Picture("a", "a.jpg")
    assert not labels_of(picture, []).known
    looks = [look((0, 0, 10, 20, 0.9), (50, 0, 10, 20, 0.4)), look((0, 0, 10, 20, 0.8))]
    labels = labels_of(picture, looks)
    assert labels.known
    assert labels.boxes.tolist() == [[0, 0, 10, 20], [50, 0, 10, 20]]
    assert labels.sure.tolist() == [True, False]


def test_a_label_of_its_own_explains_what_teachers_see_of_it():
    picture = Picture("a", "a.jpg", complete=True, people=[[0, 0, 20, 60]])
    head, other = (4, 2, 10, 10, 0.9), (100, 0, 20, 60, 0.5)
    labels = labels_of(picture, [look((1, 1, 20, 58, 0.9), head, other)])
    assert labels.boxes.tolist() == [[0, 0, 20, 60], [100, 0, 20, 60]]
    assert labels.sure.tolist() == [True, False], "one look alone adds nobody to complete labels"


def test_yolo_boxes_and_polygons_are_read_in_pixels(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("0 0.5 0.5 0.2 0.4\n1 0.1 0.1 0.3 0.1 0.3 0.5\n\n")
    boxes = np.array(read_yolo(file, 100, 200))
    assert np.allclose(boxes, [[40, 60, 20, 80], [10, 20, 20, 80]])
    assert len(read_yolo(file, 100, 200, frozenset({1}))) == 1


def test_teachers_are_asked_once_and_a_line_cut_off_is_asked_again(tmp_path):
    teacher = YoloxDetector.load(shipped_folder(), teachers.LEAST_SCORE)
    picture = Picture("a", str(CLIP), 250)
    path = tmp_path / "answers.jsonl"
    teachers.ask_all(teacher, [picture], path)
    lines = path.read_text().splitlines()
    assert [json.loads(line)["look"] for line in lines] == [one.name for one in teachers.LOOKS]
    plain, mirrored = teachers.read([path])[picture.key]
    best, there = plain.boxes[plain.scores.argmax()], mirrored.boxes[mirrored.scores.argmax()]
    assert np.abs(best - there).max() < 40, "a mirrored look answers in pixels of the picture"
    path.write_text(lines[0] + "\n" + lines[1][:30])
    assert len(teachers.read([path])[picture.key]) == 1
    path.write_text(lines[0] + "\n")
    teachers.ask_all(teacher, [picture, picture], path)
    assert path.read_text().splitlines() == lines


def test_doubles_of_judged_pictures_are_dropped_and_places_stay_whole(tmp_path):
    rng = np.random.default_rng(0)
    scenes = [cv2.resize(rng.integers(0, 255, (9, 8, 3), np.uint8), (160, 90)) for _ in range(3)]
    names = ("judged.png", "mirror.png", "cam_jpg.rf.1.png", "cam2.png", "cam3.png")
    shown = (scenes[0], scenes[0][:, ::-1], scenes[1], scenes[1] // 2 + 9, scenes[2])
    for name, bgr in zip(names, shown, strict=True):
        cv2.imwrite(str(tmp_path / name), bgr)
    files = [Picture("home", str(tmp_path / name)) for name in names]
    kept = index.index_of(files[1:], files[:1])
    assert {one.file.rpartition("/")[2] for one in kept} == set(names[2:])
    assert kept[0].place == kept[1].place != kept[2].place
    assert index.name_before_export(tmp_path / "cam_jpg.rf.1.png") == "cam"
    index.write(kept, tmp_path / "index.jsonl")
    assert index.read(tmp_path / "index.jsonl") == kept


def test_held_scenes_and_their_places_are_never_learnt_from():
    parts = {part_of_fight(f"scene{number:03d}") for number in range(180)}
    assert parts == {None, "learn", "watch"}
    assert part_of_fight("scene002") is None and part_of_fight("scene057") != "watch"
