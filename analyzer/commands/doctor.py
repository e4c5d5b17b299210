"""Health check of this machine: libraries, ffmpeg, models, and the command that mends each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module, metadata
from typing import Any, Literal

from analyzer.errors import AnalyzerError, ConfigError, ModelError
from analyzer.extras import MODULES, install_command
from analyzer.models.locations import pulled_dir
from analyzer.models.native_output import loading_quietly
from analyzer.models.registry import Registry, load_registry
from analyzer.models.weights import LANDMARKS, dlib_file, files_of
from analyzer.plugins import ExtensionPoint
from analyzer.video.ffmpeg import find_ffmpeg

State = Literal["ok", "optional", "missing"]

_IMPORTS = {
    "opencv-python-headless": "cv2",
    "ai-edge-litert": "ai_edge_litert.interpreter",
    "onnxruntime": "onnxruntime",
    "ffmpeg-python": "ffmpeg",
    "face-recognition-models": "face_recognition_models",
    "dlib-bin": "dlib",
    "av": "av",
    "pandas": "pandas",
    "plotly": "plotly",
    "sqlite-utils": "sqlite_utils",
    "face-recognition": "face_recognition",
    "tensorflow": "tensorflow",
}
"""Libraries by package, and what is imported of each. The files of mtcnn are hashed instead: a run
takes its networks, and the package itself imports TensorFlow."""

_MEND_LIBRARIES = f"run: {install_command('')}"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; ``mend`` is the command that mends or improves it, if any."""

    name: str
    state: State
    found: str
    mend: str | None = None


def check_health() -> list[Check]:
    """Look at everything a run needs, by using it: each library is imported, each file hashed."""
    return [*_libraries(), _ffmpeg(), *_models(), *_plugins()]


def _libraries() -> Iterator[Check]:
    for package, module in _IMPORTS.items():
        try:
            with loading_quietly():
                import_module(module)
            yield Check(package, "ok", metadata.version(package))
        except (ImportError, SystemExit) as error:
            # face_recognition quits the interpreter when its model package cannot be imported.
            state: State = "optional" if module in MODULES else "missing"
            found = f"cannot be imported ({error})"
            yield Check(package, state, found, f"run: {install_command(module)}")


def _ffmpeg() -> Check:
    try:
        ffmpeg = find_ffmpeg()
    except AnalyzerError as error:
        return Check("ffmpeg", "missing", str(error), _MEND_LIBRARIES)
    return Check("ffmpeg", "ok", f"{ffmpeg.version} ({ffmpeg.path})")


def _models() -> Iterator[Check]:
    try:
        registry = load_registry()
        yield _default_emotion_model(registry)
        yield _default_look_model()
        for state in registry.verify():
            pull = f"run: analyzer models pull {state.name}"
            if state.status == "installed":
                found = f"{state.kind}, {state.label}, sha256 {state.sha256} ({state.path})"
                yield Check(state.name, "ok", found)
            elif state.status == "missing":
                yield Check(state.name, "optional", f"{state.kind}, not installed", pull)
            else:
                yield Check(state.name, "missing", f"wrong hash {state.sha256}", pull)
        yield from _weights_in_packages()
    except AnalyzerError as error:
        yield Check(f"models in {pulled_dir()}", "missing", str(error), _MEND_LIBRARIES)


def _weights_in_packages() -> Iterator[Check]:
    """Hash the files that our backends use inside other packages, as a run records them."""
    from analyzer.detection.registry import DETECTORS
    from analyzer.faces.embedders import EMBEDDERS

    backends = (*DETECTORS.ours(), *EMBEDDERS.ours())
    named = [(b.name, b.weights) for b in backends if b.package]
    for name, weights in (*named, ("landmarks of dlib", lambda: (dlib_file(LANDMARKS),))):
        try:
            for file in files_of(weights())["files"]:
                yield Check(name, "ok", f"{file['file']}, sha256 {file['sha256']}")
        except ModelError as error:
            yield Check(name, "optional", str(error), _MEND_LIBRARIES)


def _default_emotion_model(registry: Registry) -> Check:
    from analyzer.config import EmotionSettings
    from analyzer.emotions.classifier import model_record

    record = model_record(registry.shipped / "emotion" / EmotionSettings().model)
    return Check("emotion model", "ok", f"{record['backend']}, sha256 {record['sha256']}")


def _default_look_model() -> Check:
    from analyzer.config_appearance import LookSettings
    from analyzer.looks.network import folder_of, model_record

    folder = folder_of(LookSettings().model)
    if folder is None:
        return Check("look model", "optional", "not there: people are not compared by look")
    record = model_record(folder)
    return Check("look model", "ok", f"{record['backend']}, sha256 {record['sha256']}")


def _plugins() -> Iterator[Check]:
    """Load what other packages offer: one that is broken only breaks the runs that use it."""
    from analyzer.detection.registry import DETECTORS
    from analyzer.faces.embedders import EMBEDDERS
    from analyzer.store.export import EXPORTERS

    points: tuple[ExtensionPoint[Any], ...] = (DETECTORS, EMBEDDERS, EXPORTERS)
    for point in points:
        for name in point.names_of_others():
            try:
                point.find(name)
                yield Check(name, "ok", f"{point.group}, from {point.package_of(name)}")
            except ConfigError as error:
                yield Check(name, "optional", str(error))
