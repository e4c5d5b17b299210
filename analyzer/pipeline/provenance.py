"""What a run was made with: libraries, ffmpeg and models, for the record and for resume."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib import metadata
from typing import Any

from analyzer import __version__
from analyzer.actions import model as actions
from analyzer.config import Settings
from analyzer.detection import joint_network as onepass
from analyzer.detection.face_detectors import face_backend
from analyzer.detection.person_detectors import person_backend
from analyzer.emotions.classifier import model_record
from analyzer.faces.embedding import RECIPE, embedder_backend
from analyzer.models.registry import Registry
from analyzer.video.ffmpeg import find_ffmpeg

_LIBRARIES = (
    "ai-edge-litert", "av", "dlib-bin", "face-recognition", "ffmpeg-python", "keras", "mtcnn",
    "numpy",
    "opencv-python-headless", "tensorflow",
)  # fmt: skip


def versions() -> dict[str, str]:
    """Return the versions of the program, its interpreter, libraries and ffmpeg."""
    libraries = {name: metadata.version(name) for name in _LIBRARIES}
    return {
        "analyzer": __version__,
        "python": platform.python_version(),
        "ffmpeg": find_ffmpeg().version,
        **libraries,
    }


def model_records(settings: Settings, registry: Registry) -> list[dict[str, str]]:
    """Return one record per part that looks at pictures: part, backend and SHA-256 of its file.

    Parts whose weights come inside a package (or that have none) name its version instead.
    """
    records = [
        _record("faces", face_backend(settings.faces, registry.installed), registry),
        _record("people", person_backend(settings.people, registry.installed), registry),
    ]
    if settings.embedding.enabled:
        backend = embedder_backend(settings.embedding, registry.installed)
        records.append(_record("embedding", backend, registry) | {"recipe": RECIPE})
    if settings.emotions.enabled:
        records.append(model_record(registry.shipped / "emotion" / settings.emotions.model))
    if settings.actions.enabled:
        records.append(actions.model_record(registry.shipped / "action" / settings.actions.model))
    return records


_PACKAGES = {
    "mtcnn": "mtcnn",
    "haar": "opencv-python-headless",
    "motion": "opencv-python-headless",
    "hog": "dlib-bin",
    "cnn": "face-recognition-models",
    "face_recognition": "face-recognition-models",
}


def _record(part: str, backend: str, registry: Registry) -> dict[str, str]:
    record = {"part": part, "backend": backend, "sha256": ""}
    if backend in _PACKAGES:
        package = _PACKAGES[backend]
        return record | {"package": f"{package} {metadata.version(package)}"}
    if backend == onepass.NAME:
        return record | {"sha256": onepass.shipped_sha256()}
    entry = next(entry for entry in registry.entries if entry.name in (backend, f"{backend}-nano"))
    return record | {"sha256": registry.state(entry).sha256}


def raw_hash(settings: Settings, models: list[dict[str, str]]) -> str:
    """Return 16 hex digits over everything that measured rows depend on besides the pictures."""
    values: dict[str, Any] = {"settings": settings.raw_hash(), "models": models}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
