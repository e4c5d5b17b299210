"""One suite over every face detector backend, on real pictures."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from analyzer.config_detection import FaceSettings
from analyzer.detection.mtcnn import Mtcnn
from analyzer.detection.protocol import Detector
from analyzer.detection.registry import make_face_detector
from analyzer.detection.yunet import YuNet
from analyzer.errors import ConfigError, ModelError
from analyzer.models.registry import Registry, load_registry
from analyzer.types import Box, Detection
from tests.faces.pictures import footage, portrait
from tests.places import DATA, needs_centerface, needs_data

MODELS = DATA / "models"
BACKENDS = [
    *(pytest.param(name) for name in ("mtcnn", "haar", "hog")),
    pytest.param("centerface", marks=needs_centerface),
    pytest.param("yunet", marks=needs_data),
    pytest.param("cnn", marks=pytest.mark.slow),
]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """What is installed: YuNet where its file is at hand, what set-up fetched, what is shipped."""
    known = load_registry()
    folder = tmp_path_factory.mktemp("models")
    registry = Registry(known.entries, folder, known.shipped, known.environment)
    if MODELS.is_dir():
        registry.pull("yunet", from_dir=MODELS)
    return registry


@pytest.fixture(scope="module", params=BACKENDS)
def detector(request: pytest.FixtureRequest, registry: Registry) -> Detector:
    width = 240 if request.param == "cnn" else 480
    settings = FaceSettings(backend=request.param, width=width)
    return make_face_detector(settings, registry.installed)


@pytest.fixture(scope="module")
def of_biden(detector: Detector) -> list[Detection]:
    """What the detector finds in that picture."""
    return detector.detect(portrait("Joe Biden"))


def test_finds_the_face_of_a_portrait(detector: Detector) -> None:
    picture = portrait("Barack Obama")
    faces = detector.detect(picture)
    assert faces and all(face.kind == "face" for face in faces)
    best, height, width = faces[0], *picture.shape[:2]
    assert 0.2 < best.box.centre[0] / width < 0.8
    assert 0.1 < best.box.centre[1] / height < 0.6
    assert 0.1 < best.box.w / width < 0.8
    assert all(0 <= face.score <= 1 for face in faces)
    assert [face.score for face in faces] == sorted((f.score for f in faces), reverse=True)


def test_landmarks_lie_in_the_face(detector: Detector, of_biden: list[Detection]) -> None:
    face = of_biden[0]
    if not detector.landmarks:
        assert face.landmarks is None
        return
    assert face.landmarks is not None
    assert face.landmarks.shape == (5, 2) and face.landmarks.dtype == np.float32
    left, right, nose, mouth_left, mouth_right = face.landmarks
    assert left[0] < nose[0] < right[0] and mouth_left[0] < mouth_right[0]
    assert max(left[1], right[1]) < nose[1] < min(mouth_left[1], mouth_right[1])
    assert np.all(face.landmarks >= [face.box.x, face.box.y])
    assert np.all(face.landmarks <= [face.box.x2, face.box.y2])


def test_the_same_picture_gives_the_same_faces(
    detector: Detector, of_biden: list[Detection]
) -> None:
    again = detector.detect(portrait("Joe Biden"))
    assert [(f.box, f.score) for f in of_biden] == [(f.box, f.score) for f in again]


def test_sees_without_colour(detector: Detector) -> None:
    grey = cv2.cvtColor(portrait("Joe Biden"), cv2.COLOR_BGR2GRAY)
    assert detector.detect(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))


@pytest.mark.parametrize("size", [(1, 1), (32, 300), (300, 20), (64, 63), (241, 317)])
def test_yunet_is_shown_no_side_of_one_step(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of such pictures OpenCV reads memory that nobody wrote, now and then with faces in it."""

    class Net:
        def __init__(self, *_: object) -> None:
            self.shown: list[np.ndarray] = []

        def setInputSize(self, size: tuple[int, int]) -> None:
            self.size = size

        def detect(self, bgr: np.ndarray) -> tuple[int, None]:
            assert self.size == bgr.shape[1::-1]
            self.shown.append(bgr)
            return 1, None

    net = Net()
    monkeypatch.setattr(cv2.FaceDetectorYN, "create", lambda *_: net)
    picture = np.random.default_rng(0).integers(0, 255, (*size, 3), np.uint8)
    assert YuNet(MODELS / "yunet.onnx", 0.7).detect(picture, ()) == []
    (shown,) = net.shown
    assert shown.shape == (max(size[0], 64), max(size[1], 64), 3)
    assert np.array_equal(shown[: size[0], : size[1]], picture)


@pytest.mark.parametrize("size", [(1, 1), (7, 300), (300, 7), (33, 47), (241, 317)])
def test_nothing_is_found_in_nothing(detector: Detector, size: tuple[int, int]) -> None:
    assert detector.detect(np.zeros((*size, 3), np.uint8)) == []
    assert detector.detect(np.full((*size, 3), 128, np.uint8)) == []


def test_boxes_are_in_the_pixels_of_the_picture(
    detector: Detector, of_biden: list[Detection]
) -> None:
    large = portrait("Joe Biden")
    factor = 239 / large.shape[1]
    small = cv2.resize(large, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    assert detector.detect(small)[0].box.iou(of_biden[0].box.scaled(factor)) > 0.5


def test_a_picture_of_another_kind_is_refused(detector: Detector) -> None:
    with pytest.raises(ValueError, match="expected uint8"):
        detector.detect(np.zeros((20, 20), np.uint8))


@needs_data
@pytest.mark.parametrize("file", ["face_detection_yunet_2026may.onnx", "yunet_n_640_640.onnx"])
def test_every_accepted_yunet_file_works(file: str) -> None:
    detector = make_face_detector(FaceSettings(backend="yunet"), {"yunet": MODELS / file}.get)
    assert len(detector.detect(footage("stanwin_talking", 1, 1280)[0])) == 1
    assert len(detector.detect(footage("obama_podium", 3, 640)[1])) == 1


@needs_data
@pytest.mark.parametrize(
    "backend", ["yunet", "mtcnn", pytest.param("centerface", marks=needs_centerface)]
)
def test_the_faces_of_the_street_are_kept(backend: str, registry: Registry) -> None:
    """At 640 px wide they measure 17 to 45 px; five frames show 35 that one can see by eye."""
    detector = make_face_detector(FaceSettings(backend=backend), registry.installed)
    frames = footage("street_1080p", 5, 1920)
    assert sum(len(detector.detect(frame)) for frame in frames) >= 24


@needs_centerface
def test_auto_takes_centerface_after_set_up(registry: Registry) -> None:
    assert make_face_detector(FaceSettings(), registry.installed).name == "centerface"


def test_auto_takes_the_best_installed(registry: Registry, tmp_path: Path) -> None:
    bare = Registry(registry.entries, tmp_path, registry.shipped)
    assert make_face_detector(FaceSettings(), bare.installed).name == "mtcnn"
    if MODELS.is_dir():
        bare.pull("yunet", from_dir=MODELS)
        assert make_face_detector(FaceSettings(), bare.installed).name == "yunet"
        (bare.folder / "yunet.onnx").unlink()
    with pytest.raises(ModelError, match="analyzer models pull yunet"):
        make_face_detector(FaceSettings(backend="yunet"), bare.installed)
    with pytest.raises(ConfigError, match="use one of auto"):
        make_face_detector(FaceSettings(backend="magic"), bare.installed)


PACKAGE_BOXES = {
    ("obama_podium", 0): [(307, 54, 54, 79)],
    ("obama_podium", 1): [(279, 57, 51, 76)],
    ("obama_podium", 2): [(294, 57, 51, 77)],
    ("stanwin_talking", 1): [(235, 88, 29, 39)],
    ("stanwin_talking", 2): [(232, 89, 28, 38)],
    ("street_1080p", 0): [
        (298, 247, 29, 44),
        (327, 220, 21, 29),
        (306, 217, 13, 16),
        (96, 222, 17, 23),
        (366, 210, 15, 21),
        (237, 200, 22, 26),
    ],
    ("street_1080p", 1): [
        (376, 232, 17, 21),
        (311, 234, 25, 33),
        (69, 220, 20, 29),
        (183, 211, 25, 31),
        (361, 219, 17, 23),
    ],
    ("street_1080p", 2): [
        (264, 228, 29, 39),
        (385, 228, 18, 22),
        (150, 192, 26, 33),
        (70, 224, 22, 31),
        (374, 217, 17, 23),
    ],
}
"""What ``MTCNN().detect_faces`` of mtcnn 1.0.0 gives for these frames in RGB at 640 px. A table, as
importing the package with tensorflow would cost the test 5 to 25 s."""


@needs_data
def test_our_cascade_finds_what_the_package_finds() -> None:
    ours = Mtcnn(min_px=20, min_score=0.8)
    boxes, found, extra = 0, 0, 0
    for (clip, index), reference in PACKAGE_BOXES.items():
        mine = [face.box for face in ours.detect(footage(clip, 3, 640)[index], ())]
        hits = sum(any(Box(*box).iou(other) >= 0.6 for other in mine) for box in reference)
        boxes, found, extra = boxes + len(reference), found + hits, extra + len(mine) - hits
    assert found >= 0.95 * boxes
    assert extra <= 0.1 * boxes
