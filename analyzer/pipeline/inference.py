"""Inference: the detectors, networks and classifiers of a worker, built once per process."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from analyzer.actions.model import ActionModel
from analyzer.config import EmbeddingSettings, Settings
from analyzer.config_detection import FaceSettings, PeopleSettings
from analyzer.detection.protocol import Detector
from analyzer.detection.registry import make_detectors
from analyzer.detection.second_look import second_score
from analyzer.detection.window import places_of_faces
from analyzer.emotions.classifier import EmotionClassifier
from analyzer.faces.embedders import FaceEmbedder, make_face_embedder
from analyzer.faces.landmarks import Landmarker
from analyzer.joints.network import PART as JOINTS
from analyzer.joints.network import JointNetwork
from analyzer.looks.network import LookNetwork, folder_of
from analyzer.models import registry
from analyzer.types import Box, Detection, Kind


@dataclass(frozen=True, slots=True)
class Inference:
    """Everything that looks at pictures; a stage that is switched off is None.

    ``landmarks`` is None where the detector of faces, the first of ``detectors``, gives them;
    ``looks`` also where their model is not there.
    """

    detectors: tuple[Detector, ...]
    landmarks: Landmarker | None
    embedder: FaceEmbedder | None
    emotions: EmotionClassifier | None
    actions: ActionModel | None
    looks: LookNetwork | None = None
    joints: JointNetwork | None = None

    def detector_of(self, kind: Kind) -> Detector:
        """Return the detector that answers for ``kind``."""
        return next(detector for detector in self.detectors if kind in detector.kinds)

    @property
    def sure_face(self) -> float:
        """The score from which on a face is surely one; see DetectorBackend."""
        return self.detector_of("face").sure_score.get("face", 0.0)

    def second_look(self, bgr: NDArray[np.uint8]) -> Callable[[Box], float] | None:
        """Return what looks again at a box in ``bgr``; None where its scores would tell nothing."""
        of_people = self.detector_of("person")
        if not of_people.second_look:
            return None
        return partial(second_score, bgr, detector=of_people)

    def detect(
        self, bgr: NDArray[np.uint8], moving: Sequence[Box], faces_before: Sequence[Box] = ()
    ) -> tuple[list[Detection], list[Detection]]:
        """Return the faces, with landmarks, and the bodies in ``bgr``; every detector looks once.

        ``bgr`` is uint8 (H, W, 3), ``moving`` is where something moved; where nothing did, the
        whole is looked at. Else a local detector of faces looks where somebody may be: at bodies,
        at what moves, and at ``faces_before``, those of the last pictures.
        """
        of_people = self.detector_of("person")
        found = of_people.detect(bgr, moving)
        bodies = [d for d in found if d.kind == "person"]
        of_faces = self.detector_of("face")
        if of_faces is not of_people:
            boxes = [body.box for body in bodies]
            places = places_of_faces(boxes, moving, faces_before) if moving else []
            found = of_faces.detect(bgr, places)
        faces = [d for d in found if d.kind == "face"]
        if self.landmarks is not None:
            faces = [self.landmarks.complete(bgr, face) for face in faces]
        return faces, bodies


def inference_for(settings: Settings) -> Inference:
    """Return what ``settings`` ask for; every part is built on the first call in this process.

    Cameras may have settings of their own. What these do not change is shared by all.
    """
    faces = replace(settings.faces, keep=1, crops=True)
    detectors = _detectors(faces, settings.people)
    embedding = settings.embedding
    return Inference(
        detectors=detectors,
        landmarks=None if detectors[0].landmarks else _landmarker(),
        embedder=_embedder(embedding.backend) if embedding.enabled else None,
        emotions=_emotions(settings.emotions.model) if settings.emotions.enabled else None,
        actions=_actions(settings.actions.model) if settings.actions.enabled else None,
        looks=_looks(settings.looks.model) if settings.looks.enabled else None,
        joints=joints_for(settings) if settings.actions.enabled else None,
    )


_DETECTORS = 4
"""Sets of detectors kept, of cameras with other widths or least scores."""


@lru_cache(maxsize=_DETECTORS)
def _detectors(faces: FaceSettings, people: PeopleSettings) -> tuple[Detector, ...]:
    return make_detectors(faces, people, registry.installed)


@lru_cache(maxsize=1)
def _landmarker() -> Landmarker:
    return Landmarker()


@lru_cache(maxsize=1)
def _embedder(backend: str) -> FaceEmbedder:
    return make_face_embedder(EmbeddingSettings(backend=backend), registry.installed)


@lru_cache(maxsize=1)
def _emotions(model: str) -> EmotionClassifier:
    return EmotionClassifier.load(registry.trained("emotion", model))


@lru_cache(maxsize=1)
def _actions(model: str) -> ActionModel:
    return ActionModel.load(registry.trained("action", model))


@lru_cache(maxsize=1)
def _looks(model: str) -> LookNetwork | None:
    folder = folder_of(model)
    return None if folder is None else LookNetwork.load(folder)


def joints_for(settings: Settings) -> JointNetwork | None:
    """Return the network whose joints actions are told from; None where they do without."""
    return _joints() if settings.actions.joints else None


@lru_cache(maxsize=1)
def _joints() -> JointNetwork:
    return JointNetwork.load(registry.trained(JOINTS, "default"))


def limit_threads(count: int) -> None:
    """Hold the numeric libraries of this process to ``count`` threads.

    Called before anything heavy is imported: one process per core with one thread each beats one
    process with many, and the order of sums stays the same, whatever the number of workers.
    """
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(count)
    os.environ["TF_NUM_INTRAOP_THREADS"] = str(count)
    os.environ["TF_NUM_INTEROP_THREADS"] = str(count)
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    import cv2

    cv2.setNumThreads(count)
