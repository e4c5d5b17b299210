"""Registry of the detectors: the one list of them, and the choice that settings make.

Importing this loads no backend: each is imported where it is made. Another package adds one by an
entry point of the group ``analyzer.detectors`` whose value is a ``DetectorBackend``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from analyzer.config_detection import FaceSettings, PeopleSettings
from analyzer.detection.protocol import Detector, DetectorBackend, DetectorOptions, RawDetector
from analyzer.models.backend import Choice, Installed
from analyzer.models.weights import dlib_file, package_file
from analyzer.plugins import ExtensionPoint
from analyzer.types import Kind

DETECTORS = ExtensionPoint("analyzer.detectors", DetectorBackend)

Make = Callable[[DetectorOptions], RawDetector]


def register(name: str, kinds: set[Kind], **declared: Any) -> Callable[[Make], DetectorBackend]:
    """Declare a backend of our own, made by the decorated function; see DetectorBackend."""

    def declare(make: Make) -> DetectorBackend:
        backend = DetectorBackend(name=name, kinds=frozenset(kinds), make=make, **declared)
        DETECTORS.add(backend)
        return backend

    return declare


# On 245 pictures of streets, shops, homes, fights and masked crowds it gave 147 answers of 0.84 and
# more (0.6 of the network itself): the 84 that were looked at are faces, some of them on posters.
# The surest of other things, a striped one and backs of heads, had 0.83 and less.
@register(
    "centerface", {"face"}, landmarks=True, model="centerface", sure_score={"face": 0.84},
    local=True,
)  # fmt: skip
def _centerface(options: DetectorOptions) -> RawDetector:
    from analyzer.detection.centerface import CenterFace

    assert options.model is not None
    return CenterFace(options.model, options.min_score["face"])


@register("yunet", {"face"}, landmarks=True, model="yunet")
def _yunet(options: DetectorOptions) -> RawDetector:
    from analyzer.detection.yunet import YuNet

    assert options.model is not None
    return YuNet(options.model, options.min_score["face"])


@register("yolox", {"person"}, model="yolox-nano", clipped=True, one_scale=True)
def _yolox(options: DetectorOptions) -> RawDetector:
    from analyzer.detection.yolox import YoloxDetector

    assert options.model is not None
    return YoloxDetector.of_file(options.model, options.min_score["person"])


def _cctv_weights() -> tuple[Path, ...]:
    from analyzer.detection.yolox import shipped_network

    return (shipped_network(),)


@register(
    "cctv", {"person"}, weights=_cctv_weights, clipped=True, one_scale=True, second_look=True,
)  # fmt: skip
def _cctv(options: DetectorOptions) -> RawDetector:
    from analyzer.detection.yolox import YoloxDetector, shipped_folder

    return YoloxDetector.load(shipped_folder(), options.min_score["person"])


def _mtcnn_weights() -> tuple[Path, ...]:
    from analyzer.detection.mtcnn_networks import NETWORKS, weights_file

    return tuple(map(weights_file, NETWORKS))


# On eight real clips the best score of 16 followed faces of people was 0.99 or more but for one
# blurred head of 4 px between the eyes (0.89); that of a flag, a hand, a van and a clock 0.72 to
# 0.94. YuNet followed 20 people there and nothing else.
@register(
    "mtcnn", {"face"}, landmarks=True, package="mtcnn", weights=_mtcnn_weights,
    sure_score={"face": 0.97},
)  # fmt: skip
def _mtcnn(options: DetectorOptions) -> RawDetector:
    from analyzer.detection.mtcnn import Mtcnn

    return Mtcnn(options.min_px, options.min_score["face"])


def _haar_weights() -> tuple[Path, ...]:
    from analyzer.detection.haar import CASCADE

    return (package_file("cv2", "data", CASCADE),)


@register("haar", {"face"}, package="opencv-python-headless", weights=_haar_weights)
def _haar(options: DetectorOptions) -> RawDetector:
    from analyzer.detection.haar import Haar

    return Haar(options.min_px, options.min_score["face"])


def _hog_weights() -> tuple[Path, ...]:
    """Return no file, since the detector is in dlib; its package must be there to ask for it."""
    package_file("face_recognition", "api.py")
    return ()


@register("hog", {"face"}, package="dlib-bin", weights=_hog_weights)
def _hog(options: DetectorOptions) -> RawDetector:
    from analyzer.detection.dlib_faces import Hog

    return Hog(options.min_px, options.min_score["face"])


def _cnn_weights() -> tuple[Path, ...]:
    package_file("face_recognition", "api.py")
    return (dlib_file("mmod_human_face_detector.dat"),)


@register("cnn", {"face"}, package="face-recognition-models", weights=_cnn_weights)
def _cnn(options: DetectorOptions) -> RawDetector:
    from analyzer.detection.dlib_faces import Cnn

    return Cnn(options.min_score["face"])


@register("motion", {"person"}, package="opencv-python-headless", clipped=True, one_scale=True)
def _motion(options: DetectorOptions) -> RawDetector:
    from analyzer.detection.motion_hog import MotionHogDetector

    return MotionHogDetector(options.min_score["person"])


FACE_CHOICE = Choice(
    "faces.backend",
    DETECTORS,
    ("centerface", "yunet", "mtcnn"),
    lambda backend: "face" in backend.kinds,
)
PERSON_CHOICE = Choice(
    "people.backend", DETECTORS, ("cctv",), lambda backend: "person" in backend.kinds
)


def make_face_detector(settings: FaceSettings, installed: Installed) -> Detector:
    """Return the detector of faces that ``settings`` ask for; auto takes the best installed.

    Raises ConfigError for an unknown backend, ModelError where its model is missing or unreadable.
    """
    backend = FACE_CHOICE.backend(settings.backend, installed)
    return _made(backend, {"face": settings.min_score}, settings, installed)


def make_person_detector(settings: PeopleSettings, installed: Installed) -> Detector:
    """Return the detector of people that ``settings`` ask for; see ``make_face_detector``."""
    backend = PERSON_CHOICE.backend(settings.backend, installed)
    return _made(backend, {"person": settings.min_score}, settings, installed)


def make_detectors(
    faces: FaceSettings, people: PeopleSettings, installed: Installed
) -> tuple[Detector, ...]:
    """Return the detectors of a run, that of faces first.

    One that answers for both kinds is made once where both settings ask for it at one width, and
    looks at every picture once.
    """
    backend = FACE_CHOICE.backend(faces.backend, installed)
    same = backend is PERSON_CHOICE.backend(people.backend, installed)
    if same and faces.width == people.width:
        least: dict[Kind, float] = {"face": faces.min_score, "person": people.min_score}
        return (_made(backend, least, faces, installed),)
    return make_face_detector(faces, installed), make_person_detector(people, installed)


def _made(
    backend: DetectorBackend,
    min_score: Mapping[Kind, float],
    settings: FaceSettings | PeopleSettings,
    installed: Installed,
) -> Detector:
    from analyzer.detection.resized import ResizedDetector

    min_px = settings.min_px if isinstance(settings, FaceSettings) else 0
    options = DetectorOptions(min_score, min_px, backend.file(installed))
    return ResizedDetector(backend, backend.make(options), options, settings.width)
