"""Provenance of rows: libraries, ffmpeg and models of a run, for its record and for resuming."""

from __future__ import annotations

import hashlib
import json
import platform
from contextlib import suppress
from importlib import metadata
from typing import Any

from analyzer import __version__
from analyzer.actions import model as actions
from analyzer.clock.ocr import DETECTOR, RECOGNISER
from analyzer.config import Settings
from analyzer.detection.registry import DETECTORS, FACE_CHOICE, PERSON_CHOICE
from analyzer.emotions import classifier as emotions
from analyzer.faces.embedders import EMBEDDER_CHOICE, EMBEDDERS
from analyzer.joints import network as joints
from analyzer.looks import network as looks
from analyzer.models.backend import model_record
from analyzer.models.registry import Registry
from analyzer.models.weights import LANDMARKS, ModelRecord, dlib_file, files_of
from analyzer.video.ffmpeg import find_ffmpeg

CLOCK_PART = "clock"
"""The part that reads clocks: no measured row depends on it."""

_LIBRARIES = (
    "ai-edge-litert", "av", "dlib-bin", "face-recognition", "face-recognition-models",
    "ffmpeg-python", "keras", "mtcnn", "numpy", "onnxruntime", "opencv-python-headless",
    "tensorflow",
)  # fmt: skip


def versions() -> dict[str, str]:
    """Return the versions of the program, its interpreter, libraries and ffmpeg."""
    libraries = {}
    for name in _LIBRARIES:
        with suppress(metadata.PackageNotFoundError):  # some are in extras
            libraries[name] = metadata.version(name)
    return {
        "analyzer": __version__,
        "python": platform.python_version(),
        "ffmpeg": find_ffmpeg().version,
        **libraries,
    }


def model_records(settings: Settings, registry: Registry) -> list[ModelRecord]:
    """Return one record per part that looks at pictures: backend, and SHA-256 of its weight files.

    Parts whose weights come inside a package (or that have none) name its version too. Faces of a
    detector without landmarks also use dlib's predictor of them.
    """
    installed = registry.installed
    face = FACE_CHOICE.backend(settings.faces.backend, installed)
    person = PERSON_CHOICE.backend(settings.people.backend, installed)
    predictor = () if face.landmarks else (dlib_file(LANDMARKS),)
    records = [
        model_record("faces", face, DETECTORS, registry, predictor),
        model_record("people", person, DETECTORS, registry),
    ]
    if settings.embedding.enabled:
        embedder = EMBEDDER_CHOICE.backend(settings.embedding.backend, installed)
        record = model_record("embedding", embedder, EMBEDDERS, registry)
        records.append(record | {"recipe": embedder.recipe})
    if settings.emotions.enabled:
        records.append(
            emotions.model_record(registry.shipped / "emotion" / settings.emotions.model)
        )
    if settings.actions.enabled:
        records.append(actions.model_record(registry.shipped / "action" / settings.actions.model))
    if settings.actions.enabled and settings.actions.joints:
        records.append(joints.model_record(registry.shipped / joints.PART / "default"))
    if settings.looks.enabled and (folder := looks.folder_of(settings.looks.model)):
        records.append(looks.model_record(folder))
    return [*records, *_clock_records(registry)]


def _clock_records(registry: Registry) -> list[ModelRecord]:
    """Return the networks that read the clock in the picture, where they are installed."""
    states = [registry.state(registry.entry(name)) for name in (DETECTOR, RECOGNISER)]
    return [
        {"part": CLOCK_PART, "backend": state.name, **files_of([state.path])}
        for state in states
        if state.status == "installed" and state.path is not None
    ]


def raw_hash(settings: Settings, models: list[ModelRecord]) -> str:
    """Return 16 hex digits over everything that measured rows depend on besides the pictures.

    Detectors count by the names that they had first: what was measured by one that was renamed
    since is not measured again. Weights inside a package count by its version, as in the cases of
    versions that did not hash them. Clocks are told apart by their own reader.
    """
    for section, asked in (("faces", settings.faces), ("people", settings.people)):
        settings = settings.with_values(section, backend=_first_name(asked.backend))
    parts = [_hashed(model) for model in models if model["part"] != CLOCK_PART]
    values: dict[str, Any] = {"settings": settings.raw_hash(), "models": parts}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def _hashed(model: ModelRecord) -> ModelRecord:
    """Return what of a record tells whether rows were measured with it."""
    hashed = {key: value for key, value in model.items() if key != "files"}
    if "package" in model:
        hashed["sha256"] = ""
    if model["part"] in ("faces", "people"):
        hashed["backend"] = _first_name(model["backend"])
    return hashed


def _first_name(detector: str) -> str:
    ours = DETECTORS.our(detector)
    return detector if ours is None else ours.first_name
