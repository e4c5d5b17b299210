"""Training of the look network: one loop for every Keras backend, resumable.

A run folder holds the files of `training_state.SteppedTraining`, whose averaged weights (EMA) are
the model that is kept.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import keras
import numpy as np
from numpy.typing import NDArray

from analyzer.lab.detection.optimiser import RelativeAdam
from analyzer.lab.efficientnet import pretrained
from analyzer.lab.looks import keras_builder, network, people, retrieval
from analyzer.lab.looks.augment import augment
from analyzer.lab.looks.config import LookConfig
from analyzer.lab.looks.loss import SmoothedPeople, Triplets
from analyzer.lab.training_state import SteppedTraining
from analyzer.looks.network import fitted

_HEADS: Final = ("embedding", "people")


class LookTraining(SteppedTraining):
    """One training in one folder; `run` resumes from the state of the folder."""

    def __init__(self, config: LookConfig, folder: Path) -> None:
        """Split the people, build the network and load its start or the state of the folder."""
        self.config = config
        parts = people.split(config.data, config.judged, config.watched)
        self.taught, self.watched = people.by_person(parts.taught), parts.watched
        self.names = sorted(self.taught)
        keras.utils.set_random_seed(config.seed)
        model = keras_builder.model(len(self.names), **config.options)
        if config.imagenet:
            pretrained.load(model, Path(config.imagenet))
        for layer in model.layers:
            layer.trainable = not layer.name.startswith(config.frozen or ("?",))
        optimizer = RelativeAdam(
            [np.array(config.head if one.path.startswith(_HEADS) else 1, np.float32)
             for one in model.trainable_variables],
            learning_rate=config.rate, weight_decay=config.weight_decay, global_clipnorm=5.0,
        )  # fmt: skip
        losses = [Triplets(config.triplet), SmoothedPeople(config.smoothing)]
        super().__init__(folder, model, optimizer, losses, config)

    def learn(self, x: Any, y: Any, weights: Any = None) -> float:
        """See TrainingState; the loss is the sum of both."""
        self.model.reset_metrics()
        return float(self.model.train_on_batch(x, [y, y])[0])

    def batch(self, number: int) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """Return batch ``number``: pictures (B, H, W, 3) RGB in 0..255 and people (B,).

        Of every person half of the pictures are of one camera, half of the other.
        """
        config = self.config
        rng = np.random.default_rng([config.seed, number])
        chosen = rng.permutation(len(self.names))[: config.batch // config.pictures]
        height = [px for share, px in config.heights if share <= self.done()][-1]
        size = (height, height // 2)
        shown = []
        for who in chosen:
            own = list(self.taught[self.names[who]].values())
            start = int(rng.integers(len(own)))
            for place in range(config.pictures):
                of_camera = own[(start + place) % len(own)]
                picture = of_camera[int(rng.integers(len(of_camera)))].read()
                shown.append(augment(picture, rng, config.augmentation, size))
        pictures = np.stack(shown)[..., ::-1].astype(np.float32)
        return pictures, np.repeat(chosen, config.pictures).astype(np.int32)

    def watch(self) -> dict[str, float]:
        """Return rank-1 and mAP of the EMA weights on the watched people."""
        with self.averaged() as model:
            looks = embed(model, [one.read() for one in self.watched])
        who = np.unique([one.person for one in self.watched], return_inverse=True)[1]
        cameras = np.array([one.camera for one in self.watched])
        found = retrieval.retrieve(looks, who, cameras)
        return {"rank1_accuracy": found.rank1, "map_accuracy": found.mean_precision}


def embed(
    model: keras.Model, pictures: list[NDArray[np.uint8]], batch: int = 64
) -> NDArray[np.float32]:
    """Return the looks (N, D), of unit length, of BGR pictures from a network in training."""
    necked = keras.Model(model.input, model.get_layer("embedding_norm").output)
    parts = []
    for start in range(0, len(pictures), batch):
        part = pictures[start : start + batch]
        small = np.stack([fitted(one, network.HEIGHT, network.WIDTH) for one in part])
        shown = small[..., ::-1].astype(np.float32)
        parts.append(keras.ops.convert_to_numpy(necked.predict_on_batch(shown)))
    found = np.concatenate(parts)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)
