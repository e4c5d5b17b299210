"""The shipped network finds people and faces, the same ones every time, in one run a picture."""

import json
import shutil

import cv2
import numpy as np
import pytest

from analyzer.config import (
    EmbeddingSettings,
    EmotionSettings,
    FaceSettings,
    PeopleSettings,
    Settings,
)
from analyzer.detection.joint_network import PART, JointNetwork, shipped_network, shipped_sha256
from analyzer.errors import ModelError
from analyzer.models import registry
from analyzer.pipeline.inference import inference_for
from analyzer.pipeline.provenance import model_records
from tests.places import FOOTAGE


def frame(name: str, number: int) -> np.ndarray:
    clip = cv2.VideoCapture(str(FOOTAGE / name))
    for _ in range(number):
        assert clip.grab()
    read, picture = clip.read()
    assert read
    return picture


@pytest.fixture(scope="module")
def lobby():
    """Somebody stands in the lobby, 10 s into the clip."""
    return frame("lobby_cam1_20240312_081500.mp4", 250)


def test_the_person_and_the_face_in_the_lobby_are_found_and_the_face_is_on_the_person(lobby):
    found = shipped_network().look(lobby, 640)
    person = next(d for d in found if d.kind == "person")
    face = next(d for d in found if d.kind == "face")
    assert person.score > 0.25 and face.score > 0.4
    x, y = face.box.centre
    assert person.box.x < x < person.box.x2 and person.box.y < y < person.box.centre[1]
    left, right, nose, *mouth = face.landmarks
    assert left[0] < nose[0] < right[0]
    assert max(left[1], right[1]) < nose[1] < min(point[1] for point in mouth)


def test_boxes_are_in_pixels_of_the_picture_given(lobby):
    large = cv2.resize(lobby, None, fx=2, fy=2)
    (here, *_), (there, *_) = shipped_network().look(lobby, 640), shipped_network().look(large, 640)
    assert here.box.scaled(2).iou(there.box) > 0.8


def test_the_empty_lobby_is_empty():
    assert [d for d in shipped_network().look(frame("lobby_cam1_20240312_081500.mp4", 25), 640)
            if d.score > 0.5] == []  # fmt: skip


def test_the_same_picture_gives_the_same_answer_whatever_came_between(lobby):
    network = JointNetwork.load(registry.trained(PART, "default"))
    first = network.look(lobby, 640)
    network.look(np.zeros((100, 300, 3), np.uint8), 640)
    again = network.look(lobby.copy(), 640)
    assert [(d.box, d.score, d.kind) for d in first] == [(d.box, d.score, d.kind) for d in again]


@pytest.mark.parametrize("size", [(1, 1), (7, 300), (300, 7), (33, 47), (241, 317), (0, 5)])
def test_nothing_is_found_in_nothing(size):
    grey = np.full((*size, 3), 128, np.uint8)
    assert [d for d in shipped_network().look(grey, 640) if d.score > 0.5] == []


def test_another_kind_of_picture_is_refused():
    with pytest.raises(ValueError, match="expected uint8"):
        shipped_network().look(np.zeros((40, 40), np.uint8), 640)


def test_people_and_faces_of_a_run_come_from_one_look(lobby):
    settings = Settings(
        faces=FaceSettings(backend="onepass"),
        people=PeopleSettings(backend="onepass"),
        embedding=EmbeddingSettings(enabled=False),
        emotions=EmotionSettings(enabled=False),
    )
    engines = inference_for(settings)
    assert (engines.faces.name, engines.people.name) == ("onepass", "onepass")
    assert engines.landmarks is None
    (person, *_) = engines.people.detect(lobby, ())
    (face, *_) = engines.faces.detect(lobby)
    seen = shipped_network().look(lobby, settings.faces.width)
    assert any(d is person for d in seen) and any(d is face for d in seen)


def test_a_run_records_the_hash_of_the_network():
    settings = Settings(
        faces=FaceSettings(backend="onepass"), people=PeopleSettings(backend="onepass")
    )
    known = registry.load_registry()
    records = {r["part"]: r for r in model_records(settings, known)}
    assert records["faces"]["sha256"] == records["people"]["sha256"] == shipped_sha256()


def test_a_changed_network_file_is_refused(tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(registry.trained(PART, "default"), folder)
    about = json.loads((folder / "model.json").read_text())
    path = folder / about["files"]["network"]["path"]
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelError, match=r"not the file that model\.json names"):
        JointNetwork.load(folder)
    path.unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        JointNetwork.load(folder)
    (folder / "model.json").write_text("{}")
    with pytest.raises(ModelError, match="format None"):
        JointNetwork.load(folder)
