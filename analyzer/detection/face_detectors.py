"""Finding faces: one interface, several backends, and the choice between them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.config import FaceSettings
from analyzer.detection.dlib_faces import Cnn, Hog
from analyzer.detection.haar import Haar
from analyzer.detection.joint_faces import JointFaces
from analyzer.detection.joint_network import shipped_network
from analyzer.detection.mtcnn import Mtcnn
from analyzer.detection.yunet import YuNet
from analyzer.errors import ConfigError, ModelError
from analyzer.types import Box, Detection

BACKENDS = ("auto", "yunet", "onepass", "mtcnn", "haar", "hog", "cnn")
"""What ``faces.backend`` may be."""

WITHOUT_LANDMARKS = frozenset({"haar", "hog", "cnn"})
"""Backends that give boxes alone: dlib finds the five points inside them."""

SMALLEST_KEPT = 0.75
"""A detector looks for faces of some size and then refines its box, which may come out smaller:
MTCNN at 20 px gives boxes of 15 px. Boxes under this share of the smallest size are dropped."""

_SURE_SCORES = {"mtcnn": 0.97, "onepass": 0.9}
"""Scores of the backends that take things for faces, and tell them apart by the score. MTCNN on
eight real clips: the best score of 16 followed faces of people was 0.99 or more but for one blurred
head of 4 px between the eyes (0.89); that of a flag, a hand, a van and a clock 0.72 to 0.94. YuNet
followed 20 people and nothing else. The joint network: in the scenes it was watched on, all 27
faces over 0.7 were right; in those never looked at, balloons scored 0.8."""


def sure_score(backend: str) -> float:
    """Return the score that the best face of a person reaches with ``backend``; 0 where unknown."""
    return _SURE_SCORES.get(backend, 0.0)


class FaceDetector(Protocol):
    """Finds faces in a picture."""

    @property
    def name(self) -> str:
        """The backend."""
        ...

    def detect(self, bgr: NDArray[np.uint8]) -> list[Detection]:
        """Return the faces in ``bgr``, uint8 (H, W, 3), boxes in its pixels, best score first."""
        ...


class ResizingDetector:
    """Lets a backend see a picture of at most ``width`` px and gives boxes in the original's."""

    def __init__(self, backend: FaceDetector, width: int, min_px: int) -> None:
        """Shrink wider pictures to ``width``; drop boxes clearly under ``min_px`` there."""
        self._backend = backend
        self._width = width
        self._least = SMALLEST_KEPT * min_px

    @property
    def name(self) -> str:
        """The backend."""
        return self._backend.name

    def detect(self, bgr: NDArray[np.uint8]) -> list[Detection]:
        """Return the faces in ``bgr``, uint8 (H, W, 3), boxes in its pixels, best score first.

        Equal scores are ordered by place, so that the order never depends on the backend. Raises
        ValueError for anything but a colour picture.
        """
        if bgr.dtype != np.uint8 or bgr.ndim != 3 or bgr.shape[2] != 3:
            raise ValueError(f"expected uint8 (H, W, 3), got {bgr.dtype} {bgr.shape}")
        height, width = bgr.shape[:2]
        if height == 0 or width == 0:
            return []
        seen = self._shrunk(bgr)
        across, down = width / seen.shape[1], height / seen.shape[0]
        large = (d for d in self._backend.detect(seen) if max(d.box.w, d.box.h) >= self._least)
        faces = [_enlarged(d, across, down, width, height) for d in large]
        inside = [face for face in faces if face.box.area > 0]
        return sorted(inside, key=lambda d: (-d.score, d.box.x, d.box.y, d.box.w, d.box.h))

    def _shrunk(self, bgr: NDArray[np.uint8]) -> NDArray[np.uint8]:
        height, width = bgr.shape[:2]
        if width <= self._width:
            return bgr
        size = (self._width, max(round(height * self._width / width), 1))
        return np.asarray(cv2.resize(bgr, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def face_backend(settings: FaceSettings, installed: Callable[[str], Path | None]) -> str:
    """Return the name of the backend that ``settings`` come down to.

    ``installed`` gives the path of a model of the registry, or None. Raises ConfigError for an
    unknown backend and ModelError where the model it needs is missing.
    """
    if settings.backend not in BACKENDS:
        raise ConfigError(
            f"faces.backend = {settings.backend!r} is unknown; use one of {', '.join(BACKENDS)}"
        )
    if settings.backend not in ("auto", "yunet"):
        return settings.backend
    if installed("yunet") is not None:
        return "yunet"
    if settings.backend == "yunet":
        raise ModelError("model yunet is not installed; run: analyzer models pull yunet")
    return "mtcnn"


def make_face_detector(
    settings: FaceSettings, installed: Callable[[str], Path | None]
) -> FaceDetector:
    """Return the detector that ``settings`` ask for; ``auto`` is YuNet when installed, else MTCNN.

    See ``face_backend``; raises ModelError also where the model's file is unreadable.
    """
    name = face_backend(settings, installed)
    if name == "onepass":
        least = SMALLEST_KEPT * settings.min_px
        return JointFaces(shipped_network(), settings.width, least, settings.min_score)
    backend = _backend(name, settings, installed)
    return ResizingDetector(backend, settings.width, settings.min_px)


def _backend(
    name: str, settings: FaceSettings, installed: Callable[[str], Path | None]
) -> FaceDetector:
    min_px, min_score = settings.min_px, settings.min_score
    model = installed("yunet") if name == "yunet" else None
    if model is not None:
        return YuNet(model, min_score)
    if name == "mtcnn":
        return Mtcnn(min_px, min_score)
    if name == "haar":
        return Haar(min_px, min_score)
    if name == "hog":
        return Hog(min_px, min_score)
    return Cnn(min_score)


def _enlarged(
    detection: Detection, across: float, down: float, width: int, height: int
) -> Detection:
    """Return ``detection`` in a picture larger by ``across`` and ``down``, clipped to it."""
    box = detection.box
    box = Box(box.x * across, box.y * down, box.w * across, box.h * down).clipped(width, height)
    points = detection.landmarks
    if points is not None:
        points = (points * np.array([across, down], np.float32)).astype(np.float32)
    return Detection(box, detection.score, "face", points)
