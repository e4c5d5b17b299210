"""Export of a trained look network to a model folder: the ONNX file and model.json."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from analyzer.lab import checkpoint
from analyzer.lab.looks import keras_builder, network, people
from analyzer.lab.looks.calibrate import calibrate
from analyzer.lab.looks.config import LookConfig
from analyzer.lab.looks.measure import looks_of
from analyzer.lab.looks.onnx_builder import onnx_bytes
from analyzer.lab.model_folder import file_record, write_about
from analyzer.looks.network import CLASSES, FORMAT, LookNetwork

NETWORK_FILE: Final = "network.onnx"


def export(config: LookConfig, run: Path, folder: Path, name: str) -> dict[str, Any]:
    """Write a model folder from a training's run folder and return its model.json.

    Looks are calibrated on the watched people. Raises AnalyzerError without weights.
    """
    weights = checkpoint.load_arrays(run / "average.npz")
    # Last come the weights of the classes, one column a person.
    model = keras_builder.model(weights[-1].shape[1], **config.options)
    model.set_weights(weights)
    progress = checkpoint.load_progress(run / "progress.json")
    served = onnx_bytes(model)
    about: dict[str, Any] = {
        "format": FORMAT,
        "name": name,
        "classes": list(CLASSES),
        "input_px": [network.HEIGHT, network.WIDTH],
        "dimensions": network.EMBEDDING,
        "files": {"network": file_record(NETWORK_FILE, served)},
        "training": {
            "people": int(weights[-1].shape[1]),
            "settings_sha256": config.fingerprint,
            "steps": progress.steps,
            "minutes": round(progress.seconds / 60, 1),
        },
    }
    about["calibration"] = _calibration(config, LookNetwork(served, about))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NETWORK_FILE).write_bytes(served)
    write_about(folder, about)
    return about


def _calibration(config: LookConfig, served: LookNetwork) -> dict[str, Any]:
    watched = people.split(config.data, config.judged, config.watched).watched
    who = np.unique([one.person for one in watched], return_inverse=True)[1]
    cameras = np.array([one.camera for one in watched])
    return calibrate(looks_of(served, [one.path for one in watched]), who, cameras)
