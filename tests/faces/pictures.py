"""Real pictures for the face tests: those of the samples, and those of the data where at hand."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.config_detection import FaceSettings
from analyzer.detection.protocol import Detector
from analyzer.detection.registry import make_face_detector
from analyzer.types import Detection
from tests.places import DATA, GALLERY, SAMPLES


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


PICTURES = {
    "Barack Obama": GALLERY / "Barack Obama" / "portrait_2012.jpg",
    "Barack Obama, another day": SAMPLES / "sources" / "barack_obama_blue_room.jpg",
    "Eileen Collins": GALLERY / "Eileen Collins" / "portrait_nasa.jpg",
    "Joe Biden": SAMPLES / "sources" / "joe_biden_blue_room.jpg",
}


@cache
def portrait(person: str) -> NDArray[np.uint8]:
    """Return the picture of ``person`` that we ship, BGR."""
    picture = cv2.imread(str(PICTURES[person]))
    assert picture is not None
    return picture


@cache
def frame(clip: Path, t: float) -> NDArray[np.uint8]:
    """Return the picture of a sample ``clip`` at ``t`` seconds or right after, BGR."""
    with av.open(str(clip)) as container:
        for decoded in container.decode(video=0):
            if float(decoded.time or 0.0) >= t:
                return decoded.to_ndarray(format="bgr24")
    raise AssertionError(f"{clip.name} ends before {t} s")


@cache
def lfw(name: str) -> NDArray[np.uint8]:
    """Return the picture ``name`` of the LFW pairs, BGR."""
    picture = cv2.imread(str(DATA / "identity" / "lfw" / name.rsplit("_", 1)[0] / name))
    assert picture is not None
    return picture


@cache
def best_face(key: str) -> tuple[NDArray[np.uint8], Detection]:
    """Return the picture ``key`` (an LFW file or a person of ``PICTURES``) and its middle face."""
    picture = lfw(key) if key.endswith(".jpg") else portrait(key)
    middle = np.array(picture.shape[1::-1]) / 2
    faces = find_faces().detect(picture)
    return picture, min(faces, key=lambda f: float(np.hypot(*(np.array(f.box.centre) - middle))))


@cache
def find_faces() -> Detector:
    """Return the detector of a bare installation, which finds landmarks too."""
    return make_face_detector(FaceSettings(backend="mtcnn"), lambda name: None)
