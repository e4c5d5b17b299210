"""Baseline detectors that are compared, each configured as a run would use it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.config import FaceSettings, MotionSettings, PeopleSettings
from analyzer.detection.joint import JointDetector
from analyzer.detection.joint_network import JointNetwork
from analyzer.detection.protocol import Detector, DetectorOptions
from analyzer.detection.registry import joint, make_face_detector, make_person_detector
from analyzer.detection.resized import ResizedDetector
from analyzer.lab.detection.pseudo_labels import FACE_FILE, PERSON_FILE
from analyzer.types import Detection, Kind
from analyzer.video.motion import MotionGate

Frames = Sequence[tuple[float, NDArray[np.uint8]]]

BEFORE_S = 2.0
SAMPLED_FPS = 5.0
"""What the motion backend is shown before the frame that counts."""

_LEAST_SCORE = 0.05


NAME = joint.name
"""What our own network is called in results."""


class Rival:
    """A detector that is shown a frame with those before it."""

    def __init__(self, detector: Detector) -> None:
        """Ask ``detector``."""
        self.name = detector.name
        self._detector = detector

    def detect(self, frames: Frames) -> list[Detection]:
        """Return what it sees on the last of ``frames``."""
        return self._detector.detect(frames[-1][1])


class MovingRival(Rival):
    """One that looks where something moved since the frames before."""

    def detect(self, frames: Frames) -> list[Detection]:
        """See Rival."""
        gate = MotionGate(MotionSettings())
        for t, bgr in frames:
            luma = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), np.uint8)
            state = gate.update(luma, t)
        return self._detector.detect(frames[-1][1], state.regions)


def _joint(network: JointNetwork, width: int) -> Rival:
    least: dict[Kind, float] = {"face": _LEAST_SCORE, "person": _LEAST_SCORE}
    options = DetectorOptions(least, FaceSettings().min_px)
    return Rival(ResizedDetector(joint, JointDetector(network, least), options, width))


def rivals(network: JointNetwork, width: int, models: Path | None) -> list[Rival]:
    """Our network and what it is compared with; YuNet and YOLOX where ``models`` holds them."""
    installed: dict[str, Path] = {}
    if models is not None:
        files = {
            "yunet": models / FACE_FILE,
            "yolox-nano": models / PERSON_FILE,
        }
        installed = {name: path for name, path in files.items() if path.is_file()}
    faces = partial(FaceSettings, width=width, min_score=_LEAST_SCORE)
    people = partial(PeopleSettings, width=width, min_score=_LEAST_SCORE)
    found = [_joint(network, width)]
    found.append(MovingRival(make_person_detector(people("motion"), installed.get)))
    if "yolox-nano" in installed:
        found.append(Rival(make_person_detector(people("yolox"), installed.get)))
    found.append(Rival(make_face_detector(faces("mtcnn"), installed.get)))
    if "yunet" in installed:
        found.append(Rival(make_face_detector(faces("yunet"), installed.get)))
    return found
