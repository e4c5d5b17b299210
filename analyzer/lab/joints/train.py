"""Training of the joint network: one loop for every Keras backend, resumable.

A run folder holds the files of `training_state.SteppedTraining`, whose averaged weights (EMA) are
the model that is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import keras
import numpy as np
from numpy.typing import NDArray

from analyzer.joints.network import crop_around, cut, decode
from analyzer.lab.detection.optimiser import RelativeAdam
from analyzer.lab.efficientnet import pretrained
from analyzer.lab.joints import keras_builder, labels, network
from analyzer.lab.joints.agreement import RIGHT, distances
from analyzer.lab.joints.augment import augment
from analyzer.lab.joints.config import JointConfig
from analyzer.lab.joints.loss import Whereabouts
from analyzer.lab.training_state import SteppedTraining

_PRETRAINED: Final = ("stem", "block")
_SIZE: Final = (network.HEIGHT, network.WIDTH)


class JointTraining(SteppedTraining):
    """One training in one folder; `run` resumes from the state of the folder."""

    def __init__(self, config: JointConfig, folder: Path) -> None:
        """Read the labels, build the network and load its start or the state of the folder."""
        self.config = config
        path = Path(config.labels)
        people = labels.read(path)
        self.taught = labels.require(people["taught"], "taught", path)
        self.watched = labels.require(people["watched"], "watched", path)
        shares = np.array([config.sources.get(one.source, 1.0) for one in self.taught])
        self._shares = shares / shares.sum()
        keras.utils.set_random_seed(config.seed)
        model = keras_builder.model()
        if config.imagenet:
            pretrained.load(model, Path(config.imagenet))
        for layer in model.layers:
            layer.trainable = not layer.name.startswith(config.frozen or ("?",))
        optimizer = RelativeAdam(
            [np.array(1 if one.path.startswith(_PRETRAINED) else config.head, np.float32)
             for one in model.trainable_variables],
            learning_rate=config.rate, weight_decay=config.weight_decay, global_clipnorm=5.0,
        )  # fmt: skip
        super().__init__(folder, model, optimizer, Whereabouts(*_SIZE, config.spread), config)

    def batch(self, number: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return batch ``number``: pictures (B, H, W, 3) RGB in 0..255 and joints (B, 17, 3)."""
        rng = np.random.default_rng([self.config.seed, number])
        chosen = rng.choice(len(self.taught), self.config.batch, p=self._shares)
        made = [augment(self.taught[who], rng, self.config.augmentation, _SIZE) for who in chosen]
        pictures = np.stack([crop for crop, _ in made])[..., ::-1].astype(np.float32)
        return pictures, np.stack([joints for _, joints in made]).astype(np.float32)

    def watch(self) -> dict[str, float]:
        """Return which share of the watched people's joints the EMA weights put right."""
        with self.averaged() as model:
            found = places(model, self.watched)
        apart = np.concatenate([
            distances(one, own)[one.seen] for one, own in zip(self.watched, found, strict=True)
        ])  # fmt: skip
        return {"right_accuracy": float((apart <= RIGHT).mean()), "apart": float(np.median(apart))}


def places(
    model: keras.Model, people: Sequence[labels.Person], batch: int = 32
) -> list[NDArray[np.float64]]:
    """Return the joints (17, 2) of every person, in pixels of its picture, from a training."""
    found = []
    for start in range(0, len(people), batch):
        part = people[start : start + batch]
        around = [crop_around(one.box, _SIZE) for one in part]
        shown = [cut(one.picture(), box, _SIZE) for one, box in zip(part, around, strict=True)]
        pictures = np.stack(shown)[..., ::-1].astype(np.float32)
        answers = keras.ops.convert_to_numpy(model.predict_on_batch(pictures))
        for answer, box in zip(answers, around, strict=True):
            scale = np.array([box.w / _SIZE[1], box.h / _SIZE[0]])
            found.append(decode(answer, _SIZE)[0] * scale + (box.x, box.y))
    return found
