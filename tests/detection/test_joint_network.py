"""The shipped network finds people and faces, the same ones every time, in one run a picture."""

import hashlib
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
from analyzer.detection.joint_network import PART, JointNetwork, shipped_sha256
from analyzer.detection.registry import make_detectors
from analyzer.errors import ModelError
from analyzer.models import registry
from analyzer.pipeline.inference import inference_for
from analyzer.pipeline.provenance import model_records, raw_hash
from tests.places import FOOTAGE


def frame(name: str, number: int) -> np.ndarray:
    clip = cv2.VideoCapture(str(FOOTAGE / name))
    for _ in range(number):
        assert clip.grab()
    read, picture = clip.read()
    assert read
    return picture


BOTH = Settings(
    faces=FaceSettings("joint", width=640),
    people=PeopleSettings("joint"),
    embedding=EmbeddingSettings(enabled=False),
    emotions=EmotionSettings(enabled=False),
)


def none(name: str) -> None:
    """Nothing is installed."""


@pytest.fixture(scope="module")
def joint():
    return make_detectors(BOTH.faces, BOTH.people, none)[0]


@pytest.fixture(scope="module")
def lobby():
    """Somebody stands in the lobby, 10 s into the clip."""
    return frame("lobby_cam1_20240312_081500.mp4", 250)


def test_the_person_and_the_face_in_the_lobby_are_found_and_the_face_is_on_the_person(joint, lobby):
    found = joint.detect(lobby)
    person = next(d for d in found if d.kind == "person")
    face = next(d for d in found if d.kind == "face")
    assert person.score > 0.25 and face.score > 0.4
    x, y = face.box.centre
    assert person.box.x < x < person.box.x2 and person.box.y < y < person.box.centre[1]
    left, right, nose, *mouth = face.landmarks
    assert left[0] < nose[0] < right[0]
    assert max(left[1], right[1]) < nose[1] < min(point[1] for point in mouth)


def test_boxes_are_in_pixels_of_the_picture_given(joint, lobby):
    large = cv2.resize(lobby, None, fx=2, fy=2)
    (here, *_), (there, *_) = joint.detect(lobby), joint.detect(large)
    assert here.box.scaled(2).iou(there.box) > 0.8


def test_the_empty_lobby_is_empty(joint):
    assert [d for d in joint.detect(frame("lobby_cam1_20240312_081500.mp4", 25))
            if d.score > 0.5] == []  # fmt: skip


def test_the_same_picture_gives_the_same_answer_whatever_came_between(lobby):
    network = JointNetwork.load_shipped()
    first = network.look(lobby)
    network.look(np.zeros((100, 300, 3), np.uint8))
    again = network.look(lobby.copy())
    assert [(d.box, d.score, d.kind) for d in first] == [(d.box, d.score, d.kind) for d in again]


@pytest.mark.parametrize("size", [(1, 1), (7, 300), (300, 7), (33, 47), (241, 317), (0, 5)])
def test_nothing_is_found_in_nothing(joint, size):
    grey = np.full((*size, 3), 128, np.uint8)
    assert [d for d in joint.detect(grey) if d.score > 0.5] == []


def test_another_kind_of_picture_is_refused(joint):
    with pytest.raises(ValueError, match="expected uint8"):
        joint.detect(np.zeros((40, 40), np.uint8))


def test_people_and_faces_of_a_run_come_from_one_look(lobby, monkeypatch):
    looks = []
    look = JointNetwork.look
    monkeypatch.setattr(JointNetwork, "look", lambda self, bgr: looks.append(1) or look(self, bgr))
    inference = inference_for(BOTH)
    assert inference.detector_of("face") is inference.detector_of("person")
    assert inference.landmarks is None
    faces, bodies = inference.detect(lobby, ())
    assert faces and bodies and len(looks) == 1
    assert faces[0].landmarks is not None and inference.sure_face == 0.9


def test_at_two_widths_each_kind_is_looked_for_at_its_own(lobby):
    faces, people = make_detectors(FaceSettings("joint"), PeopleSettings("joint", width=320), none)
    assert {d.kind for d in faces.detect(lobby)} == {"face"}
    assert {d.kind for d in people.detect(lobby)} == {"person"}


def test_the_name_it_had_before_is_understood_and_measures_nothing_again():
    renamed = Settings(faces=FaceSettings("joint"), people=PeopleSettings("joint"))
    before = Settings(faces=FaceSettings("onepass"), people=PeopleSettings("onepass"))
    models = model_records(renamed, registry.load_registry())
    assert model_records(before, registry.load_registry()) == models
    as_recorded = [m | {"backend": m["backend"].replace("joint", "onepass")} for m in models]
    values = {"settings": before.raw_hash(), "models": as_recorded}
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
    assert raw_hash(renamed, models) == raw_hash(before, as_recorded) == digest


def test_a_run_records_the_hash_of_the_network():
    records = {r["part"]: r for r in model_records(BOTH, registry.load_registry())}
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
