"""The engines of a worker: detectors, networks and classifiers, built once per process."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache

from analyzer.actions.model import ActionModel
from analyzer.config import Settings
from analyzer.detection.face_detectors import (
    WITHOUT_LANDMARKS,
    FaceDetector,
    face_backend,
    make_face_detector,
)
from analyzer.detection.person_detectors import PersonDetector, make_person_detector
from analyzer.emotions.classifier import EmotionClassifier
from analyzer.faces.embedding import FaceEmbedder, make_face_embedder
from analyzer.faces.landmarks import Landmarker
from analyzer.models import registry


@dataclass(frozen=True, slots=True)
class Inference:
    """Everything that looks at pictures; a stage that is switched off is None."""

    faces: FaceDetector
    landmarks: Landmarker | None
    people: PersonDetector
    embedder: FaceEmbedder | None
    emotions: EmotionClassifier | None
    actions: ActionModel | None


@lru_cache(maxsize=2)
def inference_for(settings: Settings) -> Inference:
    """Return the engines that ``settings`` ask for, built on the first call in this process."""
    backend = face_backend(settings.faces, registry.installed)
    return Inference(
        landmarks=Landmarker() if backend in WITHOUT_LANDMARKS else None,
        faces=make_face_detector(settings.faces, registry.installed),
        people=make_person_detector(settings.people, registry.installed),
        embedder=(
            make_face_embedder(settings.embedding, registry.installed)
            if settings.embedding.enabled
            else None
        ),
        emotions=(
            EmotionClassifier.load(registry.trained("emotion", settings.emotions.model))
            if settings.emotions.enabled
            else None
        ),
        actions=(
            ActionModel.load(registry.trained("action", settings.actions.model))
            if settings.actions.enabled
            else None
        ),
    )


def limit_threads(count: int) -> None:
    """Hold the numeric libraries of this process to ``count`` threads.

    Called before anything heavy is imported: one process a core with one thread each beats one
    process with many, and the order of sums stays the same, whatever the number of workers.
    """
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(count)
    os.environ["TF_NUM_INTRAOP_THREADS"] = str(count)
    os.environ["TF_NUM_INTEROP_THREADS"] = str(count)
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    import cv2

    cv2.setNumThreads(count)
