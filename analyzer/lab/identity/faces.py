"""Faces of labelled pictures, measured as a run measures them, and downscaled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.config import EmbeddingSettings, Settings
from analyzer.detection.protocol import Detector
from analyzer.detection.registry import make_face_detector
from analyzer.faces.embedders import FaceEmbedder, make_face_embedder
from analyzer.faces.landmarks import Landmarker
from analyzer.faces.quality import assess_quality, shortcomings
from analyzer.models import registry
from analyzer.types import Detection


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The central face of each of N pictures, at one size.

    ``embeddings`` float32 (N, D), NaN without a face; ``reasons`` why a run would not compare a
    face, or None.
    """

    embeddings: NDArray[np.float32]
    reasons: tuple[str | None, ...]

    @property
    def found(self) -> NDArray[np.bool_]:
        """Whether a face was detected, (N,)."""
        return np.isfinite(self.embeddings[:, 0])

    @property
    def assessed(self) -> NDArray[np.bool_]:
        """Whether a run would compare the face, (N,)."""
        return np.array([reason is None for reason in self.reasons], dtype=bool)


@dataclass(frozen=True, slots=True)
class Instruments:
    """Detector, landmarks (for detectors that give only boxes), embedder and floors."""

    detector: Detector
    landmarks: Landmarker | None
    embedder: FaceEmbedder
    floors: EmbeddingSettings


def make_instruments(embedder: str, detector: str = "auto") -> Instruments:
    """Return the instruments that a run would use; see ``make_face_embedder`` for errors."""
    settings = Settings().with_values("embedding", backend=embedder)
    settings = settings.with_values("faces", backend=detector)
    faces = make_face_detector(settings.faces, registry.installed)
    return Instruments(
        detector=faces,
        landmarks=None if faces.landmarks else Landmarker(),
        embedder=make_face_embedder(settings.embedding, registry.installed),
        floors=settings.embedding,
    )


def measure(
    pictures: Sequence[Path],
    sizes: Sequence[int],
    tools: Instruments,
    progress: Callable[[int], None] = lambda done: None,
) -> dict[int, Measured]:
    """Return the faces of ``pictures`` unchanged (key 0) and with the face ``sizes`` px wide.

    The face nearest to the picture's centre is used, as is usual with these data. For a smaller
    size the whole picture is downscaled by area. Box and landmarks are those of the full size, so
    that the metrics measure the comparison and not the detector.
    """
    rows: dict[int, list[tuple[NDArray[np.float32], str | None]]] = {s: [] for s in (0, *sizes)}
    for number, path in enumerate(pictures, start=1):
        picture = np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR), np.uint8)
        face = _middle_face(picture, tools) if picture.ndim == 3 else None
        for size, found in rows.items():
            found.append(_measure(picture, face, size, tools))
        progress(number)
    return {
        size: Measured(np.stack([v for v, _ in found]), tuple(reason for _, reason in found))
        for size, found in rows.items()
    }


def _middle_face(picture: NDArray[np.uint8], tools: Instruments) -> Detection | None:
    middle = np.array(picture.shape[1::-1]) / 2
    faces = tools.detector.detect(picture)
    if not faces:
        return None
    face = min(faces, key=lambda f: float(np.hypot(*(np.array(f.box.centre) - middle))))
    return face if tools.landmarks is None else tools.landmarks.complete(picture, face)


def _measure(
    picture: NDArray[np.uint8], face: Detection | None, size: int, tools: Instruments
) -> tuple[NDArray[np.float32], str | None]:
    if face is None or face.landmarks is None:
        return np.full(tools.embedder.dim, np.nan, np.float32), "no face found"
    if 0 < size < face.box.w:
        factor = size / face.box.w
        picture = np.asarray(
            cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8
        )
        points = ((face.landmarks + 0.5) * factor - 0.5).astype(np.float32)
        face = replace(face, box=face.box.scaled(factor), landmarks=points)
    assert face.landmarks is not None
    quality = assess_quality(picture, face.box, face.landmarks)
    reasons = shortcomings(quality, tools.floors)
    return tools.embedder.embed(picture, face.box, face.landmarks), ", ".join(reasons) or None
