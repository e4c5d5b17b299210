"""Export of a trained joint network to a model folder: the ONNX file and model.json."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from analyzer.joints.network import FORMAT, JOINTS, JointNetwork
from analyzer.lab import checkpoint
from analyzer.lab.joints import keras_builder, labels, network
from analyzer.lab.joints.agreement import RIGHT, distances
from analyzer.lab.joints.calibrate import calibrate
from analyzer.lab.joints.config import JointConfig
from analyzer.lab.joints.labels import Person
from analyzer.lab.joints.onnx_builder import onnx_bytes
from analyzer.lab.model_folder import file_record, write_about

NETWORK_FILE: Final = "network.onnx"

_AS_IT_IS: Final = {"slope": 1.0, "offset": 0.0, "floor": 0.5}


def export(config: JointConfig, run: Path, folder: Path, name: str) -> dict[str, Any]:
    """Write a model folder from a training's run folder and return its model.json.

    Probabilities are calibrated on the watched people. Raises AnalyzerError without weights.
    """
    model = keras_builder.model()
    model.set_weights(checkpoint.load_arrays(run / "average.npz"))
    progress = checkpoint.load_progress(run / "progress.json")
    served = onnx_bytes(model)
    path = Path(config.labels)
    people = labels.read(path)
    about: dict[str, Any] = {
        "format": FORMAT,
        "name": name,
        "classes": list(JOINTS),
        "input_px": [network.HEIGHT, network.WIDTH],
        "files": {"network": file_record(NETWORK_FILE, served)},
        "training": {
            "people": len(people["taught"]),
            "settings_sha256": config.fingerprint,
            "steps": progress.steps,
            "minutes": round(progress.seconds / 60, 1),
        },
    }
    watched = labels.require(people["watched"], "watched", path)
    raw = JointNetwork(served, about | {"calibration": _AS_IT_IS})
    about["calibration"] = calibration(raw, watched)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NETWORK_FILE).write_bytes(served)
    write_about(folder, about)
    return about


def calibration(raw: JointNetwork, watched: Sequence[Person]) -> dict[str, Any]:
    """Return the calibration of model.json, measured with a network that has none yet."""
    weights, right = [], []
    for person in watched:
        found = raw.find(person.picture(), [person.box])[0]
        sure = ~np.isnan(person.joints[:, 2])
        near = distances(person, found.places) <= RIGHT
        weights.append(found.probabilities[sure])
        right.append((near & person.seen)[sure])
    return calibrate(np.concatenate(weights), np.concatenate(right))
