"""Training of an expression network: one loop for every Keras backend, resumable.

A run folder holds the files of `training_state.Training`, whose averaged weights (EMA) are the
model that is kept, and `best.npz`, the averaged weights with the best held-out loss.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
from numpy.typing import NDArray

from analyzer.errors import AnalyzerError
from analyzer.lab import checkpoint
from analyzer.lab.emotion import datasets, networks
from analyzer.lab.emotion.augment import damage, jpeg, shrink_and_back, view
from analyzer.lab.emotion.config import TrainConfig
from analyzer.lab.emotion.distillation import Teachers
from analyzer.lab.emotion.landmarks import find_landmarks
from analyzer.lab.training_state import Training, low_precision, made_ahead
from analyzer.types import EMOTIONS

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Split:
    """Faces with target rows (N, 7) and sample weights (N,), for training and validation."""

    learn: datasets.EmotionData
    learn_targets: NDArray[np.float32]
    watch: datasets.EmotionData
    watch_targets: NDArray[np.float32]
    weights: NDArray[np.float32]


def prepare(config: TrainConfig, cache: Path) -> Split:
    """Load, merge, align and split the training part of the data sets."""
    data = datasets.merge([datasets.load(Path(path)) for path in config.data])
    data = data.take(np.flatnonzero(data.usage == 0))
    data = datasets.without_non_faces(data)
    if config.detector:
        data = datasets.with_landmarks(data, _landmarks(data, config, cache))
        data = datasets.with_faces_only(data) if config.faces_only else data
    targets = targets_of(data, config.targets)
    usable = np.flatnonzero(np.isfinite(targets).all(1))
    if len(usable) == 0:
        raise AnalyzerError(f"no face of the data has targets of the kind {config.targets!r}")
    data, targets = data.take(usable), targets[usable]
    order = np.random.default_rng(config.seed).permutation(len(data))
    held = max(1, int(len(data) * config.held_back))
    learn, watch = order[held:], order[:held]
    learned, learned_targets = data.take(learn), targets[learn]
    if config.extra:
        more, more_targets = _extra(config)
        learned = datasets.merge([learned, more])
        learned_targets = np.concatenate([learned_targets, more_targets])
    weights = datasets.class_weights(learned_targets, config.balance)
    return Split(learned, learned_targets, data.take(watch), targets[watch], weights)


def _extra(config: TrainConfig) -> tuple[datasets.EmotionData, NDArray[np.float32]]:
    """Return the faces that are learned besides, and their targets (N, 7)."""
    data = datasets.merge([datasets.load(Path(path)) for path in config.extra])
    data = data.take(np.flatnonzero(data.usage == 0))
    if config.detector:
        data = datasets.with_landmarks(data, find_landmarks(data.faces, Path(config.detector)))
    share = np.float32(config.extra_smoothing)
    labels = (1 - share) * datasets.hard_targets(data.label) + share / len(EMOTIONS)
    votes = targets_of(data, "ferplus")
    targets = np.where(data.votes.any(axis=1, keepdims=True), votes, labels)
    usable = np.flatnonzero(np.isfinite(targets).all(1))
    return data.take(usable), targets[usable]


def targets_of(data: datasets.EmotionData, kind: str) -> NDArray[np.float32]:
    """Return target rows (N, 7): vote shares ("ferplus") or labels ("label"), NaN without."""
    if kind == "ferplus":
        return datasets.soft_targets(data.votes)
    return datasets.hard_targets(data.label)


def _landmarks(data: datasets.EmotionData, config: TrainConfig, cache: Path) -> NDArray[np.float32]:
    path = cache / "landmarks.npz"
    if path.exists():
        found = checkpoint.load_arrays(path)[0]
        if len(found) == len(data):
            return found
    log.info("detecting landmarks in %d faces", len(data))
    found = find_landmarks(data.faces, Path(config.detector))
    checkpoint.save_arrays(path, [found])
    return found


def make_batch(
    split: Split,
    index: NDArray[np.integer],
    size: int,
    config: TrainConfig,
    seed: list[int],
    teachers: Teachers | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Return augmented faces (B, size, size, 1) in 0..255, mixup targets (B, 7), weights (B,)."""
    rng = np.random.default_rng(seed)
    clean = np.empty((len(index), *split.learn.faces.shape[1:]), np.uint8)
    damaged = np.empty_like(clean)
    for place, which in enumerate(index):
        chip = split.learn.chip[which]
        aligned = chip if np.isfinite(chip).all() else None
        clean[place] = view(split.learn.faces[which], rng, config.augmentation, aligned)
        damaged[place] = damage(clean[place], rng, config.augmentation)
    faces = resize_all(damaged, size).astype(np.float32)
    targets = split.learn_targets[index]
    if teachers:
        share = np.float32(config.teaching)
        targets = share * teachers.answers(clean) + (1 - share) * targets
    if config.mixup > 0:
        drawn = rng.beta(config.mixup, config.mixup)
        share = np.float32(max(drawn, 1 - drawn))
        faces = share * faces + (1 - share) * faces[::-1]
        targets = share * targets + (1 - share) * targets[::-1]
    return faces[..., None], targets, split.weights[index]


def _order(split: Split, config: TrainConfig, rng: np.random.Generator) -> NDArray[np.integer]:
    """Return the faces of one epoch: all once, or as many as wanted, rare classes more often."""
    if not config.faces_an_epoch:
        return rng.permutation(len(split.learn))
    often = datasets.class_weights(split.learn_targets, config.resample).astype(np.float64)
    return rng.choice(len(split.learn), config.faces_an_epoch, p=often / often.sum())


def _optimizer(config: TrainConfig) -> keras.Optimizer:
    if config.optimizer == "adamw":
        return keras.optimizers.AdamW(
            config.rate, weight_decay=config.weight_decay, global_clipnorm=1.0
        )
    return keras.optimizers.SGD(config.rate, 0.9, nesterov=True, weight_decay=config.weight_decay)


class EmotionTraining(Training):
    """One training in one folder; `run` resumes from the state of the folder."""

    def __init__(self, config: TrainConfig, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.config = config
        self.split = prepare(config, folder)
        self.teachers = Teachers(config) if config.teachers else None
        keras.utils.set_random_seed(config.seed)
        model = networks.build(config.network, **{"input_size": None} | config.options)
        loss = keras.losses.CategoricalCrossentropy(from_logits=True)
        super().__init__(folder, model, _optimizer(config), loss, config)

    def save(self) -> None:
        """Write the averaged weights if they are the best so far, then the state."""
        if self.progress.since_best == 0:
            checkpoint.save_arrays(self.folder / "best.npz", self.average)
        super().save()

    def done(self) -> float:
        """See Training: of the minutes, or of the epochs."""
        if self.config.minutes:
            return min(1.0, self.progress.seconds / (60 * self.config.minutes))
        faces = self.config.faces_an_epoch or len(self.split.learn)
        steps = max(1, faces // self.config.batch)
        return min(1.0, self.progress.steps / (steps * self.config.epochs))

    def rate(self) -> float:
        """Return the current learning rate."""
        if self.config.schedule == "plateau" and self.done() >= self.config.warmup:
            return self.config.rate * self.progress.rate_factor
        return super().rate()

    def size(self) -> int:
        """Return the current input size in px."""
        return [size for start, size in self.config.sizes if start <= self.done()][-1]

    def finished(self) -> bool:
        """Return whether the training has ended, or no longer improves."""
        return super().finished() or 0 < self.config.stop_after <= self.progress.since_best

    def epoch(self) -> dict[str, Any]:
        """Train on all faces once and return the figures."""
        progress, size = self.progress, self.size()
        loss = self.learn_all(self.batches(progress.epoch, size))
        row = {"epoch": progress.epoch, "seconds": progress.seconds, "size": size}
        row |= {"rate": self.rate(), "loss": loss} | self._watch(size)
        self._judge(row["watch_loss"])
        return row

    def batches(self, epoch: int, size: int) -> Iterator[tuple[Any, ...]]:
        """Yield one epoch of batches (see `make_batch`); the next is made while one is used."""
        config = self.config
        order = _order(self.split, config, np.random.default_rng([config.seed, epoch]))
        parts = [order[i : i + config.batch] for i in range(0, len(order), config.batch)]
        parts = [part for part in parts if len(part) == config.batch] or parts

        def make(number: int) -> tuple[Any, ...]:
            seed = [config.seed, epoch, number]
            return make_batch(self.split, parts[number], size, config, seed, self.teachers)

        return made_ahead(make, range(len(parts)), 1)

    def _judge(self, loss: float) -> None:
        progress = self.progress
        better = loss < progress.best_loss
        progress.since_best = 0 if better else progress.since_best + 1
        progress.best_loss = min(loss, progress.best_loss)
        if self.config.schedule == "plateau" and progress.since_best >= self.config.patience:
            progress.rate_factor *= 0.3

    def _watch(self, size: int) -> dict[str, float]:
        """Return loss and accuracy of the EMA weights on the held-out faces, whole and degraded.

        They are measured at the input size of the epoch, which the batch-norm statistics fit.
        """
        faces, targets = self.split.watch.faces, self.split.watch_targets
        small = np.stack([jpeg(shrink_and_back(face, 24), 75) for face in faces])
        figures = {}
        for name, pictures in (("watch", faces), ("watch24", small)):
            with self.averaged() as model, low_precision(self.config.bfloat16):
                logits = networks.logits_of(model, resize_all(pictures, size))
            shifted = logits - logits.max(1, keepdims=True)
            logs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
            right = logits.argmax(1) == targets.argmax(1)
            figures[f"{name}_loss"] = float(-(targets * logs).sum(1).mean())
            figures[f"{name}_accuracy"] = float(right.mean())
        return figures


def resize_all(faces: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Return faces (N, S, S) at another size, by area averaging if smaller."""
    if faces.shape[1] == size:
        return faces
    way = cv2.INTER_AREA if size < faces.shape[1] else cv2.INTER_LINEAR
    return np.stack([cv2.resize(face, (size, size), interpolation=way) for face in faces])
