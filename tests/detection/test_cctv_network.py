"""The shipped network finds people, the same ones every time."""

import json
import shutil

import cv2
import numpy as np
import pytest

from analyzer.config import Settings
from analyzer.config_detection import PeopleSettings
from analyzer.detection.registry import make_person_detector
from analyzer.detection.second_look import second_score
from analyzer.detection.yolox import YoloxDetector, shipped_folder, shipped_network
from analyzer.errors import ConfigError, ModelError
from analyzer.hashing import sha256_file
from analyzer.models import registry
from analyzer.pipeline.provenance import model_records
from analyzer.types import Box
from tests.places import FOOTAGE


def frame(name, number):
    clip = cv2.VideoCapture(str(FOOTAGE / name))
    for _ in range(number):
        assert clip.grab()
    read, picture = clip.read()
    assert read
    return picture


def none(name):
    """Nothing is installed."""


@pytest.fixture(scope="module")
def detector():
    return make_person_detector(PeopleSettings(), none)


@pytest.fixture(scope="module")
def lobby():
    """Somebody stands in the lobby, 10 s into the clip."""
    return frame("lobby_cam1_20240312_081500.mp4", 250)


def test_the_person_in_the_lobby_is_found_as_a_whole(detector, lobby):
    best = detector.detect(lobby)[0]
    assert best.kind == "person" and best.score > 0.5
    assert best.box.h > 200 and best.box.y < 150 and best.box.y2 > 340


def test_boxes_are_in_pixels_of_the_picture_given(detector, lobby):
    large = cv2.resize(lobby, None, fx=2, fy=2)
    (here, *_), (there, *_) = detector.detect(lobby), detector.detect(large)
    assert here.box.scaled(2).iou(there.box) > 0.8


def test_the_empty_lobby_is_empty(detector):
    assert [d for d in detector.detect(frame("lobby_cam1_20240312_081500.mp4", 25))
            if d.score > 0.5] == []  # fmt: skip


def test_the_same_picture_gives_the_same_answer_whatever_came_between(lobby):
    network = YoloxDetector.load(shipped_folder(), 0.1)
    first = network.detect(lobby, ())
    network.detect(np.zeros((100, 300, 3), np.uint8), ())
    assert network.detect(lobby.copy(), ()) == first


def test_a_score_calibrated_anew_keeps_boxes_and_order(lobby):
    folder = shipped_folder()
    network = (folder / "network.onnx").read_bytes()
    plain = YoloxDetector(network, 0.05).detect(lobby, ())
    changed = YoloxDetector(network, 0.0, (0.7, 0.4)).detect(lobby, ())
    pairs = list(zip(plain, changed, strict=False))
    assert [a.box for a, _ in pairs] == [b.box for _, b in pairs]
    for before, after in pairs:
        odds = 0.7 * np.log(before.score / (1 - before.score)) + 0.4
        assert after.score == pytest.approx(1 / (1 + np.exp(-odds)), abs=1e-4)


@pytest.mark.parametrize("size", [(1, 1), (7, 300), (300, 7), (33, 47), (241, 317), (0, 5)])
def test_nobody_is_found_in_nothing(detector, size):
    grey = np.full((*size, 3), 128, np.uint8)
    assert [d for d in detector.detect(grey) if d.score > 0.5] == []


def test_a_run_records_the_hash_of_the_network():
    records = {r["part"]: r for r in model_records(Settings(), registry.load_registry())}
    assert records["people"]["backend"] == "cctv"
    assert records["people"]["sha256"] == sha256_file(shipped_network())


@pytest.mark.parametrize("name", ["joint", "onepass"])
def test_the_network_before_it_is_no_longer_offered(name):
    with pytest.raises(ConfigError, match=f"people.backend = '{name}' is unknown; use one of auto"):
        make_person_detector(PeopleSettings(name), none)


def test_a_changed_network_file_is_refused(tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(shipped_folder(), folder)
    about = json.loads((folder / "model.json").read_text())
    path = folder / about["files"]["network"]["path"]
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelError, match=r"not the file that model\.json names"):
        YoloxDetector.load(folder, 0.1)
    path.unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        YoloxDetector.load(folder, 0.1)
    (folder / "model.json").write_text("{}")
    with pytest.raises(ModelError, match="format None"):
        YoloxDetector.load(folder, 0.1)


def test_a_second_look_knows_the_person_from_the_wall(detector, lobby):
    person = detector.detect(lobby)[0].box
    aside = 30 if person.x > lobby.shape[1] / 2 else lobby.shape[1] - 30 - person.w
    assert second_score(lobby, person, detector) > 0.7
    assert second_score(lobby, Box(aside, person.y, person.w, person.h), detector) < 0.3
    half = cv2.resize(lobby, None, fx=0.5, fy=0.5)
    assert second_score(half, person.scaled(0.5), detector) > 0.7, "whatever the size"
