"""Training of the person detector: one loop for every Keras backend, resumable.

A run folder holds `index.jsonl` (the pictures), `answers.jsonl` (YOLOX-nano's answers), `frames/`
(of clips), `start.npz` (the weights to start from) and the files of `training_state.Training`; the
averaged weights (EMA) are the model that is kept.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import keras
import numpy as np
from numpy.typing import NDArray

from analyzer.detection.yolox import YoloxDetector
from analyzer.lab.checkpoint import Arrays, load_arrays, save_arrays
from analyzer.lab.detection import index, keras_builder, pretrained, sources, teachers, watch
from analyzer.lab.detection.compose import Composer
from analyzer.lab.detection.config import DetectorConfig
from analyzer.lab.detection.eye_labels import read_labels
from analyzer.lab.detection.loss import DetectionLoss
from analyzer.lab.detection.onnx_builder import onnx_bytes
from analyzer.lab.detection.optimiser import RelativeAdam, sizes
from analyzer.lab.detection.store import Store
from analyzer.lab.detection.targets import targets_of
from analyzer.lab.training_state import Training, made_ahead

_AHEAD: Final = 2
"""Batches made ahead, and threads that make them."""

_LEAST_SCORE: Final = 0.03
_MOMENT_CROPS: Final = 40


class DetectorTraining(Training):
    """One training in one folder; `run` resumes from the state of the folder."""

    def __init__(self, config: DetectorConfig, folder: Path) -> None:
        """Make index, answers and start the first time, then build the network."""
        self.config = config
        folder.mkdir(parents=True, exist_ok=True)
        pictures = _pictures(config, folder)
        answers = teachers.read([folder / "answers.jsonl", *map(Path, config.answers)])
        learnt = [one for one in pictures if one.part == "learn"]
        store = Store(learnt, answers, folder / "frames", config.balance)
        self.composer = Composer(store, config.height, config.width)
        watched = [one for one in pictures if one.part == "watch"]
        self.watched = Store(watch.some(watched), answers, folder / "frames", {})
        keras.utils.set_random_seed(config.seed)
        model = keras_builder.model()
        model.set_weights(self._start(model, folder / "start.npz"))
        for layer in model.layers:
            layer.trainable = not layer.name.startswith(tuple(config.frozen))
        optimizer = RelativeAdam(
            sizes(model), learning_rate=config.rate, weight_decay=config.weight_decay,
            global_clipnorm=30.0, beta_2=0.99, epsilon=1e-8,
        )  # fmt: skip
        super().__init__(
            folder, model, optimizer, DetectionLoss(config.height, config.width), config
        )

    def _start(self, model: keras.Model, path: Path) -> Arrays:
        """Return the weights to start from; those of YOLOX-nano are kept at ``path``."""
        if self.config.start:
            return load_arrays(Path(self.config.start))
        if not path.is_file():
            rng = np.random.default_rng(self.config.seed)
            crops = [self.composer.draw(rng).bgr for _ in range(_MOMENT_CROPS)]
            weights = pretrained.start(Path(self.config.yolox), np.stack(crops).astype(np.float32))
            keras_builder.set_weights(model, weights)
            save_arrays(path, model.get_weights())
        return load_arrays(path)

    def done(self) -> float:
        """See Training."""
        return self.progress.steps / self.config.steps

    def epoch(self) -> dict[str, Any]:
        """Train for `watch_every` steps and return their figures."""
        config, first = self.config, self.progress.steps
        last = min(first + config.watch_every, config.steps)
        loss = self.learn_all(made_ahead(self.batch, range(first, last), _AHEAD))
        row = {"steps": self.progress.steps, "seconds": self.progress.seconds, "loss": loss}
        return row | self._watch()

    def batch(self, number: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return batch ``number``: crops (B, H, W, 3) in 0..255 and targets, see DetectionLoss."""
        rng = np.random.default_rng([self.config.seed, number])
        calm = number >= (1 - self.config.calm) * self.config.steps
        crops = [self.composer.draw(rng, calm) for _ in range(self.config.batch)]
        wanted = np.stack([targets_of(crop) for crop in crops])
        return np.stack([crop.bgr for crop in crops]).astype(np.float32), wanted

    def _watch(self) -> dict[str, float]:
        """Return average precision of the EMA weights on the watched places, by collection."""
        with self.averaged() as model:
            detector = YoloxDetector(onnx_bytes(keras_builder.weights_of(model)), _LEAST_SCORE)
        parts = watch.average_precisions(watch.judged_on(detector, self.watched))
        mean = float(np.mean(list(parts.values()))) if parts else 0.0
        return {"ap_accuracy": mean} | {f"{name}_ap": value for name, value in parts.items()}


def _pictures(config: DetectorConfig, folder: Path) -> list[sources.Picture]:
    """Return the index of the run folder, after making it and the answers the first time."""
    path = folder / "index.jsonl"
    if not path.is_file():
        data = Path(config.data)
        found = sources.pictures(Path(config.pictures), data)
        index.write(index.index_of(found, _judged(config, data)), path)
    pictures = index.read(path)
    unlabelled = [one for one in pictures if one.people is None]
    if unlabelled:
        teacher = YoloxDetector.of_file(Path(config.yolox), teachers.LEAST_SCORE)
        teachers.ask_all(teacher, unlabelled, folder / "answers.jsonl")
    return pictures


def _judged(config: DetectorConfig, data: Path) -> list[sources.Picture]:
    frames = read_labels(Path(config.labels), data)
    judged = [sources.Picture("judged", str(one.path), one.frame) for one in frames]
    for folder in config.judged:
        judged += [sources.Picture("judged", str(file)) for file in sorted(Path(folder).iterdir())]
    return judged
