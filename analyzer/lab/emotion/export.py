"""Export of trained weights to a model folder: .keras, the LiteRT file, model.json."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
from numpy.typing import NDArray

from analyzer.emotions.classifier import FORMAT, EmotionClassifier, softmax
from analyzer.emotions.quality_gate import sharpness_of
from analyzer.faces.alignment import FER_CHIP
from analyzer.faces.pose import head_pose
from analyzer.lab import checkpoint
from analyzer.lab.emotion import calibrate, datasets, networks, reliability
from analyzer.lab.emotion.augment import shrink_and_back
from analyzer.lab.emotion.config import TrainConfig
from analyzer.lab.emotion.train import prepare
from analyzer.lab.model_folder import file_record, require_tensorflow, to_litert, write_about
from analyzer.types import EMOTIONS

KERAS_FILE, NETWORK_FILE = "network.keras", "network.tflite"

# Least accuracy on held-out faces of the same degradation for a face to be assessed, and the
# largest difference between mean confidence and accuracy.
WANTED_ACCURACY = 0.70
ALLOWED_MISCALIBRATION = 0.05
# Steps of yaw in degrees, and the least number of held-out faces per step.
TURNS = (10, 20, 30, 40, 50, 60, 70, 80, 90)
LEAST_FACES_A_TURN = 20
FACE_SIZES = (8, 10, 12, 14, 16, 20, 24, 32, 48)
BLURS = (8.0, 5.0, 4.0, 3.5, 3.0, 2.5, 2.0, 1.5, 1.0, 0.5)


@dataclass(frozen=True)
class Fitted:
    """Result of the calibration on held-out faces; `table` is the evidence for the floors."""

    temperature: float
    floors: dict[str, float]
    table: dict[str, Any]


def export(
    config: TrainConfig, run: Path, folder: Path, name: str, keep_keras: bool = True
) -> dict[str, Any]:
    """Write a model folder from a training's run folder and return its model.json.

    Without `keep_keras` only the LiteRT file is kept.

    Needs the tensorflow backend. Raises AnalyzerError otherwise or without weights.
    """
    require_tensorflow()
    weights = checkpoint.load_arrays(run / "average.npz")
    progress = checkpoint.load_progress(run / "progress.json")
    size = int(progress.history[-1]["size"])
    folder.mkdir(parents=True, exist_ok=True)
    save_keras(config, weights, size, folder / KERAS_FILE)
    network = load_keras(folder / KERAS_FILE, **config.options)
    (folder / NETWORK_FILE).write_bytes(to_litert(network))
    about = _about(config, progress, size, folder) | {"name": name}
    classifier = EmotionClassifier((folder / NETWORK_FILE).read_bytes(), about)
    fitted = fit(classifier, config, run)
    about["temperature"] = round(fitted.temperature, 4)
    about["floors"] = fitted.floors
    about["measured"] = fitted.table
    if not keep_keras:
        (folder / about["files"].pop("keras")["path"]).unlink()
    write_about(folder, about)
    return about


def _about(
    config: TrainConfig, progress: checkpoint.Progress, size: int, folder: Path
) -> dict[str, Any]:
    """Return model.json before calibration."""
    return {
        "format": FORMAT,
        "classes": list(EMOTIONS),
        "input_px": size,
        "temperature": 1.0,
        "floors": {"face_px": 0.0, "sharpness": 0.0, "yaw_deg": 90.0},
        "template": {"size": FER_CHIP.side, "points": FER_CHIP.points.round(3).tolist()},
        "files": {
            key: file_record(name, (folder / name).read_bytes())
            for key, name in (("network", NETWORK_FILE), ("keras", KERAS_FILE))
        },
        "training": {
            "network": config.network,
            "targets": config.targets,
            "settings_sha256": config.fingerprint,
            "epochs": progress.epoch,
            "minutes": round(progress.seconds / 60, 1),
        },
    }


def save_keras(config: TrainConfig, weights: checkpoint.Arrays, size: int, path: Path) -> None:
    """Save the network with weights at half precision: half the bytes, the same results."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float16")
    try:
        model = networks.build(config.network, **config.options, input_size=size)
    finally:
        keras.config.set_dtype_policy(before)
    model.set_weights(weights)
    model.save(path)


def load_keras(path: Path, **options: Any) -> keras.Model:
    """Load the file of `save_keras`, built with the same `options`, in float32."""
    half = keras.models.load_model(path, compile=False)
    build = networks.NETWORKS[half.name]
    model = build(**options, input_size=half.input_shape[1])
    model.set_weights([np.asarray(array, np.float32) for array in half.get_weights()])
    return model


def fit(classifier: EmotionClassifier, config: TrainConfig, run: Path) -> Fitted:
    """Fit the temperature on held-out faces, and the floors on the same faces degraded."""
    split = prepare(config, run)
    by_votes = config.targets == "ferplus"
    known = datasets.plurality(split.watch.votes) if by_votes else split.watch.label
    held = split.watch.take(known >= 0)
    faces, truth = held.faces, known[known >= 0].astype(np.int64)
    logits = classifier.logits(faces)
    temperature = calibrate.fit_temperature(logits, truth)
    whole = float((logits.argmax(1) == truth).mean())
    wanted = min(WANTED_ACCURACY, 0.85 * whole)

    def row(value: float, faces: NDArray[np.uint8], truth: NDArray[np.int64]) -> list[float]:
        probabilities = softmax(classifier.logits(faces) / temperature)
        accuracy = float((probabilities.argmax(1) == truth).mean())
        return [round(value, 2), round(accuracy, 4), round(float(probabilities.max(1).mean()), 4)]

    sizes = [row(size, small, truth) for size, small in _shrunk(faces)]
    blurs = [row(sharpness, blurred, truth) for sharpness, blurred in _blurred(faces)]
    turns = [
        [*row(turn, faces[within], truth[within]), float(within.sum())]
        for turn, within in _turned(held.yaw)
    ]
    table = {
        "px_accuracy_confidence": sizes,
        "sharpness_accuracy_confidence": blurs,
        "yaw_accuracy_confidence_faces": turns,
    }
    floors = {
        "face_px": _floor(sizes, wanted),
        "sharpness": _floor(blurs, wanted),
        "yaw_deg": _reach(turns, wanted),
    }
    fitted = Fitted(temperature, floors, table)
    return _with_reliability(fitted, classifier, held, truth)


def _with_reliability(
    fitted: Fitted,
    classifier: EmotionClassifier,
    held: datasets.EmotionData,
    truth: NDArray[np.int64],
) -> Fitted:
    """Return ``fitted`` with limits of pitch and bands, where landmarks are known."""
    known = np.isfinite(held.yaw) & (np.abs(held.yaw) <= fitted.floors["yaw_deg"])
    if not known.any():
        return fitted
    calibrated = classifier.with_values(fitted.floors, fitted.temperature)
    seen = held.take(known)
    pitch = np.array([head_pose(points)[1] for points in seen.landmarks])
    answers = calibrated.classify(datasets.aligned(seen).faces).probabilities
    pitches = reliability.pitch_tables(answers, truth[known], pitch)
    limits = {f"{way}_deg": reliability.pitch_limit(rows) for way, rows in pitches.items()}
    spread = reliability.spread_table(calibrated, seen.faces, seen.landmarks, truth[known])
    more = {"pitch_accuracy_confidence_faces": pitches, "spread": spread}
    return Fitted(fitted.temperature, fitted.floors | limits, fitted.table | more)


def _floor(rows: list[list[float]], wanted: float) -> float:
    values = [value for value, _, _ in rows]
    useful = [
        accuracy >= wanted and abs(confidence - accuracy) <= ALLOWED_MISCALIBRATION
        for _, accuracy, confidence in rows
    ]
    return calibrate.lowest_useful(values, useful)


def _reach(rows: list[list[float]], wanted: float) -> float:
    """Return the largest yaw up to which every step is accurate; 90 without landmarks."""
    reach = 0.0
    for turn, accuracy, _, faces in rows:
        if faces < LEAST_FACES_A_TURN or accuracy < wanted:
            break
        reach = turn
    return reach if rows else 90.0


def _shrunk(faces: NDArray[np.uint8]) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """Yield the face width in px and the faces reduced to it, ascending."""
    for size in FACE_SIZES:
        yield float(size), np.stack([shrink_and_back(face, size) for face in faces])


def _blurred(faces: NDArray[np.uint8]) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """Yield the 5th percentile of sharpness and the faces blurred to it, ascending."""
    for sigma in BLURS:
        blurred = np.stack([cv2.GaussianBlur(face, (0, 0), sigma) for face in faces])
        yield float(np.percentile([sharpness_of(face) for face in blurred], 5)), blurred


def _turned(yaw: NDArray[np.float32]) -> Iterator[tuple[float, NDArray[np.bool_]]]:
    """Yield the upper end of each step of yaw in degrees and the faces (N,) within it.

    Ends at the first step without a face.
    """
    for low, high in itertools.pairwise((0, *TURNS)):
        within = (np.abs(yaw) >= low) & (np.abs(yaw) < high)
        if not within.any():
            return
        yield float(high), within
