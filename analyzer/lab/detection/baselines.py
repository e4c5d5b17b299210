"""Baseline detectors that are compared, each configured as a run would use it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.config_detection import FaceSettings, MotionSettings, PeopleSettings
from analyzer.detection.protocol import Detector, DetectorOptions
from analyzer.detection.registry import DETECTORS, make_face_detector, make_person_detector
from analyzer.detection.resized import ResizedDetector
from analyzer.detection.yolox import YoloxDetector
from analyzer.models import registry
from analyzer.types import Box, Detection, Kind
from analyzer.video.motion import MotionGate

Frames = Sequence[tuple[float, NDArray[np.uint8]]]

BEFORE_S = 2.0
SAMPLED_FPS = 5.0
"""Seconds and rate of the frames before the evaluated one, for the motion backend."""

_LEAST_SCORE = 0.05

NAME = "cctv"
"""Name of our own network, as a backend and in results."""

FACE_FILE = "face_detection_yunet_2026may.onnx"
PERSON_FILE = "yolox_nano_Bigisland.onnx"
"""File names of YuNet and of YOLOX-nano in the folder of models."""


class Baseline:
    """A detector that gets a frame with the frames before it."""

    def __init__(self, detector: Detector, by_motion: bool = False) -> None:
        """Wrap ``detector``; ``by_motion`` gives it the regions that moved since those frames."""
        self.name = detector.name
        self._detector, self._by_motion = detector, by_motion

    def detect(self, frames: Frames) -> list[Detection]:
        """Return the detections on the last of ``frames``."""
        regions = _moving_regions(frames) if self._by_motion else ()
        return self._detector.detect(frames[-1][1], regions)


def _moving_regions(frames: Frames) -> Sequence[Box]:
    gate = MotionGate(MotionSettings())
    for t, bgr in frames:
        state = gate.update(np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), np.uint8), t)
    return state.regions


def _own(folder: Path, width: int) -> Baseline:
    backend = DETECTORS.find(NAME)
    assert backend is not None
    least: dict[Kind, float] = {"person": _LEAST_SCORE}
    detector = YoloxDetector.load(folder, _LEAST_SCORE)
    options = DetectorOptions(least, min_px=0)
    return Baseline(ResizedDetector(backend, detector, options, width))


def baselines(folder: Path, width: int | None, models: Path | None) -> list[Baseline]:
    """Return the network of ``folder`` and its baselines; YuNet and YOLOX if ``models`` has them.

    Pictures are shown to all ``width`` px wide, or as wide as a run shows each.
    """
    files = (
        {} if models is None else {"yunet": models / FACE_FILE, "yolox-nano": models / PERSON_FILE}
    )
    installed = {name: path for name, path in files.items() if path.is_file()}
    of_faces, of_people = width or FaceSettings().width, width or PeopleSettings().width
    faces = partial(FaceSettings, width=of_faces, min_score=_LEAST_SCORE)
    people = partial(PeopleSettings, width=of_people, min_score=_LEAST_SCORE)
    found = [
        _own(folder, of_people),
        Baseline(make_person_detector(people("motion"), installed.get), by_motion=True),
    ]
    if "yolox-nano" in installed:
        found.append(Baseline(make_person_detector(people("yolox"), installed.get)))
    found.append(Baseline(make_face_detector(faces("mtcnn"), installed.get)))
    if registry.installed("centerface") is not None:
        found.append(Baseline(make_face_detector(faces("centerface"), registry.installed)))
    if "yunet" in installed:
        found.append(Baseline(make_face_detector(faces("yunet"), installed.get)))
    return found
