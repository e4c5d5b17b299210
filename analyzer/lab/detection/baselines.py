"""Baseline detectors that are compared, each configured as a run would use it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.config import FaceSettings, MotionSettings, PeopleSettings
from analyzer.detection.face_detectors import SMALLEST_KEPT, make_face_detector
from analyzer.detection.joint_faces import JointFaces
from analyzer.detection.joint_network import NAME, JointNetwork
from analyzer.detection.joint_people import JointPeople
from analyzer.detection.person_detectors import make_person_detector
from analyzer.lab.detection.pseudo_labels import FACE_FILE, PERSON_FILE
from analyzer.types import Detection
from analyzer.video.motion import MotionGate

Frames = Sequence[tuple[float, NDArray[np.uint8]]]

BEFORE_S = 2.0
SAMPLED_FPS = 5.0
"""What the motion backend is shown before the frame that counts."""

_LEAST_SCORE = 0.05


class Rival(Protocol):
    """A detector that is shown a frame with those before it."""

    name: str

    def detect(self, frames: Frames) -> list[Detection]:
        """What it sees on the last of ``frames``."""
        ...


class OnePassRival:
    """The network of our own: both kinds from one run."""

    def __init__(self, network: JointNetwork, width: int) -> None:
        """Judge ``network`` on pictures at most ``width`` px wide."""
        self.name = NAME
        least = SMALLEST_KEPT * FaceSettings().min_px
        self._people = JointPeople(network, width, _LEAST_SCORE)
        self._faces = JointFaces(network, width, least, _LEAST_SCORE)

    def detect(self, frames: Frames) -> list[Detection]:
        """See Rival."""
        bgr = frames[-1][1]
        return self._people.detect(bgr, ()) + self._faces.detect(bgr)


class FaceRival:
    """A face backend."""

    def __init__(self, name: str, width: int, installed: dict[str, Path]) -> None:
        """Build backend ``name``."""
        settings = replace(FaceSettings(), backend=name, width=width, min_score=_LEAST_SCORE)
        self.name = name
        self._detector = make_face_detector(settings, installed.get)

    def detect(self, frames: Frames) -> list[Detection]:
        """See Rival."""
        return self._detector.detect(frames[-1][1])


class PersonRival:
    """A person backend; one that looks where something moved is shown the frames before."""

    def __init__(self, name: str, width: int, installed: dict[str, Path]) -> None:
        """Build backend ``name``."""
        settings = replace(PeopleSettings(), backend=name, width=width, min_score=_LEAST_SCORE)
        self.name = name
        self._detector = make_person_detector(settings, installed.get)

    def detect(self, frames: Frames) -> list[Detection]:
        """See Rival."""
        gate = MotionGate(MotionSettings())
        for t, bgr in frames:
            luma = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), np.uint8)
            state = gate.update(luma, t)
        return self._detector.detect(frames[-1][1], state.regions)


def rivals(network: JointNetwork, width: int, models: Path | None) -> list[Rival]:
    """Our network and what it is compared with; YuNet and YOLOX where ``models`` holds them."""
    installed: dict[str, Path] = {}
    if models is not None:
        files = {
            "yunet": models / FACE_FILE,
            "yolox-nano": models / PERSON_FILE,
        }
        installed = {name: path for name, path in files.items() if path.is_file()}
    found: list[Rival] = [OnePassRival(network, width)]
    found.append(PersonRival("motion", width, installed))
    if "yolox-nano" in installed:
        found.append(PersonRival("yolox", width, installed))
    found.append(FaceRival("mtcnn", width, installed))
    if "yunet" in installed:
        found.append(FaceRival("yunet", width, installed))
    return found
