"""Real pictures for the face tests, from ../shared/data where that folder is at hand."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.config import FaceSettings
from analyzer.detection.registry import make_face_detector
from analyzer.types import Detection
from tests.places import DATA


@cache
def footage(name: str, count: int, width: int) -> tuple[NDArray[np.uint8], ...]:
    """Return ``count`` frames spread over a clip, shrunk to ``width`` px."""
    capture = cv2.VideoCapture(str(DATA / "footage" / f"{name}.mp4"))
    frames = capture.get(cv2.CAP_PROP_FRAME_COUNT)
    pictures = []
    for i in range(count):
        capture.set(cv2.CAP_PROP_POS_FRAMES, int((i + 0.5) * frames / count))
        ok, frame = capture.read()
        assert ok
        size = (width, round(frame.shape[0] * width / frame.shape[1]))
        pictures.append(cv2.resize(frame, size, interpolation=cv2.INTER_AREA))
    return tuple(pictures)


@cache
def portrait(person: str) -> NDArray[np.uint8]:
    """Return the gallery picture of ``person``, BGR."""
    picture = cv2.imread(str(DATA / "gallery" / person / "portrait.jpg"))
    assert picture is not None
    return picture


@cache
def lfw(name: str) -> NDArray[np.uint8]:
    """Return the picture ``name`` of the LFW pairs, BGR."""
    picture = cv2.imread(str(DATA / "identity" / "lfw" / name.rsplit("_", 1)[0] / name))
    assert picture is not None
    return picture


@cache
def best_face(key: str) -> tuple[NDArray[np.uint8], Detection]:
    """Return the picture ``key`` (an LFW file or a gallery person) and its middle face."""
    picture = lfw(key) if key.endswith(".jpg") else portrait(key)
    yunet = DATA / "models" / "face_detection_yunet_2026may.onnx"
    detector = make_face_detector(FaceSettings("yunet", min_score=0.6), {"yunet": yunet}.get)
    middle = np.array(picture.shape[1::-1]) / 2
    faces = detector.detect(picture)
    return picture, min(faces, key=lambda f: float(np.hypot(*(np.array(f.box.centre) - middle))))
