"""Export of a trained person detector to a model folder: the ONNX file and model.json."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analyzer.detection.yolox import CLASSES, FORMAT, YoloxDetector
from analyzer.lab import checkpoint
from analyzer.lab.detection import index, keras_builder, teachers
from analyzer.lab.detection.config import DetectorConfig
from analyzer.lab.detection.onnx_builder import onnx_bytes
from analyzer.lab.detection.store import Store
from analyzer.lab.detection.watch import judged_on
from analyzer.lab.model_folder import file_record, write_about

NETWORK_FILE: Final = "network.onnx"

_LEAST_SCORE: Final = 0.02
_LEAST_SLOPE: Final = 0.1
"""Least slope of the calibration, so that scores keep their order."""


def export(config: DetectorConfig, run: Path, folder: Path, name: str) -> dict[str, Any]:
    """Write a model folder from a training's run folder and return its model.json.

    Scores are calibrated as precision on the watched places. Raises AnalyzerError without weights.
    """
    model = keras_builder.model()
    model.set_weights(checkpoint.load_arrays(run / "average.npz"))
    progress = checkpoint.load_progress(run / "progress.json")
    served = onnx_bytes(keras_builder.weights_of(model))
    about = {
        "format": FORMAT,
        "name": name,
        "classes": list(CLASSES),
        "scores": {"person": calibration(served, config, run)},
        "files": {"network": file_record(NETWORK_FILE, served)},
        "training": {
            "parameters": model.count_params(),
            "settings_sha256": config.fingerprint,
            "steps": progress.steps,
            "minutes": round(progress.seconds / 60, 1),
        },
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NETWORK_FILE).write_bytes(served)
    write_about(folder, about)
    return about


def calibration(network: bytes, config: DetectorConfig, run: Path) -> list[float]:
    """Return slope and shift of the logit (Platt 1999), from the watched places."""
    pictures = [one for one in index.read(run / "index.jsonl") if one.part == "watch"]
    answers = teachers.read([run / "answers.jsonl", *map(Path, config.answers)])
    watched = Store(pictures, answers, run / "frames", {})
    judged = judged_on(YoloxDetector(network, _LEAST_SCORE), watched)
    frames = [frame for own in judged.values() for frame in own]
    return _platt(
        np.concatenate([frame.scores for frame in frames]),
        np.concatenate([frame.right for frame in frames]),
    )


def _platt(scores: NDArray[np.float32], right: NDArray[np.bool_]) -> list[float]:
    """Return slope and shift that fit ``scores`` to ``right``, by Newton's method.

    A prior of one pseudo-observation for unchanged scores keeps it defined for few or perfectly
    separated detections.
    """
    held = np.clip(scores.astype(np.float64), 1e-6, 1 - 1e-6)
    inputs = np.stack((np.log(held / (1 - held)), np.ones(len(held))), 1)
    untouched = np.array([1.0, 0.0])
    weights = untouched
    for _ in range(50):
        predicted = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        slope = inputs.T @ (predicted - right) + weights - untouched
        bend = (inputs * (predicted * (1 - predicted))[:, None]).T @ inputs + np.eye(2)
        weights = weights - np.linalg.solve(bend, slope)
    return [round(max(float(weights[0]), _LEAST_SLOPE), 4), round(float(weights[1]), 4)]
