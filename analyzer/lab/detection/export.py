"""Export of a trained detector to a model folder: the LiteRT file and model.json."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.detection.joint_decode import KINDS
from analyzer.detection.joint_network import FORMAT, JointNetwork
from analyzer.imaging import fit_width
from analyzer.lab import checkpoint
from analyzer.lab.detection import network, score
from analyzer.lab.detection.config import DetectorConfig
from analyzer.lab.detection.crop import trusted_crop
from analyzer.lab.detection.pictures import load_cache
from analyzer.lab.detection.train import truth_of
from analyzer.lab.model_folder import file_record, require_tensorflow, to_litert, write_about

NETWORK_FILE = "network.tflite"

_LEAST_SCORE = 0.02
_SERVED_WIDTH = 640
# Least slope of the calibration, so that scores keep their order.
_LEAST_SLOPE = 0.1
_AS_IT_IS = {"person": [1.0, 0.0], "face": [1.0, 0.0]}


def export(config: DetectorConfig, run: Path, folder: Path, name: str) -> dict[str, Any]:
    """Write a model folder from a training's run folder and return its model.json.

    Scores are calibrated as precision on the validation scenes. Needs the tensorflow backend.
    Raises AnalyzerError otherwise or without weights.
    """
    require_tensorflow()
    model = network.detector(**config.options)
    model.set_weights(checkpoint.load_arrays(run / "average.npz"))
    progress = checkpoint.load_progress(run / "progress.json")
    served = to_litert(model)
    about: dict[str, Any] = {
        "format": FORMAT,
        "name": name,
        "classes": list(KINDS),
        "least_score": _LEAST_SCORE,
        "scores": _AS_IT_IS,
        "files": {"network": file_record(NETWORK_FILE, served)},
        "training": {
            "parameters": model.count_params(),
            "settings_sha256": config.fingerprint,
            "steps": progress.steps,
            "minutes": round(progress.seconds / 60, 1),
        },
    }
    about["scores"] = calibrated(JointNetwork(served, about), run / "cache")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NETWORK_FILE).write_bytes(served)
    write_about(folder, about)
    return about


def calibrated(detector: JointNetwork, cache: Path) -> dict[str, list[float]]:
    """Return slope and shift of each kind's logit (Platt 1999), from the validation scenes."""
    pictures = [picture for picture in load_cache(cache) if picture.part == "watch"]
    judged: dict[str, list[score.FrameMatches]] = {kind: [] for kind in KINDS}
    for picture in pictures:
        small = fit_width(picture.bgr, _SERVED_WIDTH)
        factor = picture.bgr.shape[1] / small.shape[1]
        found = [replace(d, box=d.box.scaled(factor)) for d in detector.look(small)]
        crop = trusted_crop(picture)
        for place, kind in enumerate(KINDS):
            predicted = score.scored_boxes(found, kind)
            judged[kind].append(score.judge(truth_of(crop, place, picture.scene), predicted))
    return {
        kind: _platt(
            np.concatenate([frame.scores for frame in frames]),
            np.concatenate([frame.right for frame in frames]),
        )
        for kind, frames in judged.items()
    }


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
