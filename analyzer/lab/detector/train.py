"""Train the detector: one loop for every Keras backend, resumable, scored on watched scenes.

A run folder holds `cache/` (pictures and what the teachers said), `last.npz` (weights),
`average.npz` (their moving average: the model that is kept), `optimizer.npz`, `progress.json`,
`curves.csv` and `curves.png`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from analyzer.lab import checkpoint, curves
from analyzer.lab.detector import network, score, targets
from analyzer.lab.detector.compose import Composer
from analyzer.lab.detector.config import DetectorConfig
from analyzer.lab.detector.crop import Crop, believed
from analyzer.lab.detector.pictures import load_cache, make_cache
from analyzer.lab.train_emotion import low_precision
from analyzer.onepass.decode import KINDS, decode
from analyzer.onepass.network import filled, shrunk

# The average follows the weights every so many steps: copying them each step costs more than it
# gives.
_AVERAGE_EVERY = 8
# Crops are drawn so many batches ahead, by as many threads.
_AHEAD = 2
_WATCHED_WIDTH = 640
_LEAST_SCORE = 0.03


class Training:
    """One training in one folder; `run` goes on from where the folder stands."""

    def __init__(self, config: DetectorConfig, folder: Path) -> None:
        """Read the pictures (and let the teachers look, the first time), build the network."""
        folder.mkdir(parents=True, exist_ok=True)
        self.config, self.folder = config, folder
        cache = folder / "cache"
        if not (cache / "pictures.csv").is_file():
            make_cache(Path(config.data), Path(config.teachers), cache, config.workers)
        pictures = load_cache(cache)
        learnt = [picture for picture in pictures if picture.part == "learn"]
        self.composer = Composer(learnt, config.height, config.width)
        self.watched = [served(believed(p)) for p in pictures if p.part == "watch"]
        self.scenes = [picture.scene for picture in pictures if picture.part == "watch"]
        keras.utils.set_random_seed(config.seed)
        self.model = network.detector(**config.options)
        self._compile()
        self.progress = checkpoint.load_progress(folder / "progress.json")
        if self.progress.steps:
            self._load()
        elif config.start:
            self.model.set_weights(checkpoint.load_arrays(Path(config.start)))
        if not self.progress.steps:
            self.average = self.model.get_weights()

    def _compile(self) -> None:
        optimizer = keras.optimizers.AdamW(
            self.config.rate, self.config.weight_decay, global_clipnorm=10.0
        )
        optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
        self.model.compile(optimizer, targets.loss, jit_compile=False)
        optimizer.build(self.model.trainable_variables)

    def _load(self) -> None:
        self.model.set_weights(checkpoint.load_arrays(self.folder / "last.npz"))
        self.average = checkpoint.load_arrays(self.folder / "average.npz")
        state = checkpoint.load_arrays(self.folder / "optimizer.npz")
        for variable, value in zip(self.model.optimizer.variables, state, strict=True):
            variable.assign(value)

    def _save(self) -> None:
        checkpoint.save_arrays(self.folder / "last.npz", self.model.get_weights())
        checkpoint.save_arrays(self.folder / "average.npz", self.average)
        state = [keras.ops.convert_to_numpy(value) for value in self.model.optimizer.variables]
        checkpoint.save_arrays(self.folder / "optimizer.npz", state)
        checkpoint.save_progress(self.folder / "progress.json", self.progress)
        curves.save(self.progress.history, self.folder)

    def rate(self) -> float:
        """Learning rate now: a warm-up, then half a cosine."""
        done = self.progress.steps / self.config.steps
        if done < self.config.warmup:
            return self.config.rate * (0.05 + 0.95 * done / self.config.warmup)
        angle = np.pi * (done - self.config.warmup) / (1 - self.config.warmup)
        return self.config.rate * float(0.5 + 0.5 * np.cos(min(angle, np.pi)))

    def run(self, report: Callable[[dict[str, Any]], None] = lambda row: None) -> None:
        """Train to the end; `report` gets the figures of every stretch of `watch_every` steps."""
        while self.progress.steps < self.config.steps:
            row = self._stretch()
            self.progress.history.append(row)
            self._save()
            report(row)

    def _stretch(self) -> dict[str, Any]:
        config, progress = self.config, self.progress
        began, losses = time.monotonic(), []
        count = min(config.watch_every, config.steps - progress.steps)
        for crops, wanted in self._batches(progress.steps, count):
            self.model.optimizer.learning_rate = self.rate()
            with low_precision(config.bfloat16):
                losses.append(float(self.model.train_on_batch(crops, wanted)))
            progress.steps += 1
            if progress.steps % _AVERAGE_EVERY == 0:
                self._follow()
        progress.epoch += 1
        progress.seconds += time.monotonic() - began
        row = {"steps": progress.steps, "seconds": progress.seconds, "loss": float(np.mean(losses))}
        return row | self._watch()

    def _batches(self, first: int, count: int) -> Iterator[tuple[NDArray, NDArray]]:
        """Batches ``first`` to ``first + count``, some always being made while one is used."""
        with ThreadPoolExecutor(_AHEAD) as pool:
            coming = [pool.submit(self.batch, first + n) for n in range(min(_AHEAD, count))]
            for number in range(count):
                ready = coming.pop(0).result()
                if number + _AHEAD < count:
                    coming.append(pool.submit(self.batch, first + number + _AHEAD))
                yield ready

    def batch(self, number: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Batch ``number``: crops (B, H, W, 3) in 0..255 and their target maps."""
        rng = np.random.default_rng([self.config.seed, number])
        calm = number >= (1 - self.config.calm) * self.config.steps
        crops = [self.composer.draw(rng, calm) for _ in range(self.config.batch)]
        wanted = np.stack([targets.target_of(crop) for crop in crops])
        return np.stack([crop.bgr for crop in crops]).astype(np.float32), wanted

    def _follow(self) -> None:
        """Move the average towards the weights; early on it follows faster."""
        keep = min(self.config.ema, (1 + self.progress.steps) / (30 + self.progress.steps))
        keep = keep**_AVERAGE_EVERY
        for kept, now in zip(self.average, self.model.get_weights(), strict=True):
            kept *= keep
            kept += (1 - keep) * now

    def _watch(self) -> dict[str, float]:
        """Average precision of the averaged weights on the watched scenes' agreed boxes."""
        now = self.model.get_weights()
        self.model.set_weights(self.average)
        judged: tuple[list[score.Judged], list[score.Judged]] = ([], [])
        for scene, crop in zip(self.scenes, self.watched, strict=True):
            with low_precision(self.config.bfloat16):
                answer = self.model.predict_on_batch(crop.bgr[None].astype(np.float32))
            output = np.asarray(keras.ops.convert_to_numpy(answer), np.float32)[0]
            least = (_LEAST_SCORE, _LEAST_SCORE)
            found = decode(output, least, crop.bgr.shape[1], crop.bgr.shape[0])
            for kind, name in enumerate(KINDS):
                truth = truth_of(crop, kind, scene)
                judged[kind].append(score.judge(truth, score.found_of(found, name)))
        self.model.set_weights(now)
        values = {}
        for kind, name in enumerate(KINDS):
            line = score.curve(judged[kind])
            values[f"{name}_ap_accuracy"] = line.average_precision()
            values[f"{name}_at_p85"] = line.at_precision(0.85)[0]
        return values


def truth_of(crop: Crop, kind: int, scene: str) -> score.Truth:
    """The agreed boxes of one kind; doubtful ones count for nothing."""
    own = crop.faces == bool(kind)
    return score.Truth(scene, crop.boxes[own & crop.sure], crop.boxes[own & ~crop.sure])


def served(crop: Crop) -> Crop:
    """A whole picture as it is served: at most 640 px wide, filled up to multiples of 32 px."""
    small = shrunk(crop.bgr, _WATCHED_WIDTH)
    factor = small.shape[1] / crop.bgr.shape[1]
    return Crop(
        filled(small),
        crop.boxes * np.float32(factor),
        crop.faces,
        crop.sure,
        crop.points * np.float32(factor),
    )
