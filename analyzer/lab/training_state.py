"""Resumable state of a training, kept in its folder."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import keras
import numpy as np

from analyzer.lab import curves
from analyzer.lab.checkpoint import load_arrays, load_progress, save_arrays, save_progress
from analyzer.lab.recipe import Recipe, SteppedRecipe

Batch = TypeVar("Batch")

# Number of steps between updates of the average: copying the weights each step is too slow.
_AVERAGE_EVERY = 8

# Seconds after which the state is written although the epoch goes on: one epoch may take an hour
# where other work takes the processor.
SAVE_EVERY_S = 180.0


class TrainingState:
    """A compiled network and the progress of its training.

    A training that was stopped within an epoch begins that epoch again, with what it had learned.
    The folder holds `last.npz` (weights), `optimizer.npz`, `seeds.npz` (of dropout and noise),
    `progress.json`, `curves.csv` and `curves.png`. `progress` is written last: a crash before it
    repeats an epoch.
    """

    def __init__(self, folder: Path, model: keras.Model, start: str = "") -> None:
        """Load the state of the folder; without one, start with the weights in `start`.

        Raises AnalyzerError for files that cannot be read.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.model = folder, model
        self.progress = load_progress(folder / "progress.json")
        model.optimizer.build(model.trainable_variables)
        if self.begun:
            self._load()
        elif start:
            model.set_weights(load_arrays(Path(start)))

    @property
    def begun(self) -> bool:
        """Return whether anything has been learned."""
        return self.progress.epoch > 0 or self.progress.steps > 0

    def learn(self, x: Any, y: Any, weights: Any = None) -> float:
        """Train on one batch and return its loss."""
        # Otherwise Keras returns the mean loss of all batches so far.
        self.model.reset_metrics()
        return float(self.model.train_on_batch(x, y, weights))

    def save(self) -> None:
        """Write the state as it is; each file is replaced atomically."""
        save_arrays(self.folder / "last.npz", self.model.get_weights())
        for name, variables in self._rest().items():
            values = [keras.ops.convert_to_numpy(variable) for variable in variables]
            save_arrays(self.folder / name, values)
        save_progress(self.folder / "progress.json", self.progress)
        curves.save(self.progress.history, self.folder)

    def _load(self) -> None:
        self.model.set_weights(load_arrays(self.folder / "last.npz"))
        for name, variables in self._rest().items():
            values = load_arrays(self.folder / name)
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)

    def _rest(self) -> dict[str, list[keras.Variable]]:
        """Return by file name the state besides the weights: optimizer and random seeds."""
        seeds = [one for one in self.model.variables if "seed_generator" in one.path]
        return {"optimizer.npz": self.model.optimizer.variables, "seeds.npz": seeds}


class AveragedState(TrainingState):
    """A training that also keeps an EMA of the weights, in `average.npz`."""

    def __init__(self, folder: Path, model: keras.Model, ema: float, start: str = "") -> None:
        """Average with a decay of `ema` per step; otherwise like TrainingState."""
        super().__init__(folder, model, start)
        self.ema = ema
        self.average = load_arrays(folder / "average.npz") if self.begun else model.get_weights()

    def save(self) -> None:
        """Write the average, then the rest."""
        save_arrays(self.folder / "average.npz", self.average)
        super().save()

    def stepped(self) -> None:
        """Count a step and update the average; in the beginning it follows faster."""
        self.progress.steps += 1
        if self.progress.steps % _AVERAGE_EVERY == 0:
            keep = min(self.ema, (1 + self.progress.steps) / (30 + self.progress.steps))
            keep = keep**_AVERAGE_EVERY
            for kept, now in zip(self.average, self.model.get_weights(), strict=True):
                kept *= keep
                kept += (1 - keep) * now

    @contextlib.contextmanager
    def averaged(self) -> Iterator[keras.Model]:
        """Yield the network with the averaged weights; afterwards restore its own."""
        now = self.model.get_weights()
        self.model.set_weights(self.average)
        try:
            yield self.model
        finally:
            self.model.set_weights(now)


class Training(AveragedState):
    """A training by a recipe, with a schedule of the rate; `run` resumes it.

    A subclass tells how much of it is `done`, and trains one `epoch`.
    """

    def __init__(
        self,
        folder: Path,
        model: keras.Model,
        optimizer: keras.Optimizer,
        loss: Any,
        recipe: Recipe,
    ) -> None:
        """Compile the network; norms and biases do not decay. Then load the state of the folder."""
        optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
        model.compile(optimizer, loss, jit_compile=False)
        super().__init__(folder, model, recipe.ema, recipe.start)
        self.recipe = recipe

    def done(self) -> float:
        """Return the completed share of the training, in [0, 1]."""
        raise NotImplementedError

    def epoch(self) -> dict[str, Any]:
        """Train for one epoch and return its figures."""
        raise NotImplementedError

    def finished(self) -> bool:
        """Return whether the training has ended."""
        return self.done() >= 1

    def rate(self) -> float:
        """Return the current learning rate: a warm-up, then half a cosine."""
        done, recipe = self.done(), self.recipe
        if done < recipe.warmup:
            return recipe.rate * (0.05 + 0.95 * done / recipe.warmup)
        angle = np.pi * (done - recipe.warmup) / (1 - recipe.warmup)
        return recipe.rate * float(0.5 + 0.5 * np.cos(min(angle, np.pi)))

    def run(self, report: Callable[[dict[str, Any]], None] = lambda row: None) -> None:
        """Train to the end; `report` gets the figures of every epoch, after it was saved."""
        while not self.finished():
            row = self.epoch()
            self.progress.history.append(row)
            self.save()
            report(row)

    def learn_all(self, batches: Iterable[tuple[Any, ...]]) -> float:
        """Train on an epoch of batches, until the training is done; return their mean loss."""
        began, before, losses = time.monotonic(), self.progress.seconds, []
        saved = began
        for batch in batches:
            self.model.optimizer.learning_rate = self.rate()
            with low_precision(self.recipe.bfloat16):
                losses.append(self.learn(*batch))
            self.stepped()
            now = time.monotonic()
            self.progress.seconds = before + now - began
            if self.done() >= 1:
                break
            if now - saved >= SAVE_EVERY_S:
                AveragedState.save(self)
                saved = now
        self.progress.epoch += 1
        return float(np.mean(losses))


class SteppedTraining(Training):
    """A training by a recipe that counts steps; a subclass makes batches and tells figures."""

    recipe: SteppedRecipe

    def done(self) -> float:
        """See Training: of the minutes, or of the steps."""
        if self.recipe.minutes:
            return min(1.0, self.progress.seconds / (60 * self.recipe.minutes))
        return min(1.0, self.progress.steps / self.recipe.steps)

    def epoch(self) -> dict[str, Any]:
        """Train for `watch_every` steps and return their figures."""
        first = self.progress.steps
        last = first + self.recipe.watch_every
        if not self.recipe.minutes:
            last = min(last, self.recipe.steps)
        loss = self.learn_all(made_ahead(self.batch, range(first, last), 1))
        row = {"steps": self.progress.steps, "seconds": self.progress.seconds, "loss": loss}
        return row | self.watch()

    def batch(self, number: int) -> tuple[Any, ...]:
        """Return batch ``number``, as `learn` takes it; the same for the same number."""
        raise NotImplementedError

    def watch(self) -> dict[str, float]:
        """Return figures of what is not learned from."""
        raise NotImplementedError


def made_ahead(make: Callable[[int], Batch], numbers: Iterable[int], ahead: int) -> Iterator[Batch]:
    """Yield ``make`` of each number; the next ``ahead`` are made in threads while one is used."""
    left = iter(numbers)
    with ThreadPoolExecutor(ahead) as pool:
        coming = deque(pool.submit(make, number) for number in itertools.islice(left, ahead))
        while coming:
            ready = coming.popleft().result()
            coming.extend(pool.submit(make, number) for number in itertools.islice(left, 1))
            yield ready


def low_precision(wanted: bool) -> contextlib.AbstractContextManager[None]:
    """Return a context of bfloat16 arithmetic, if the backend offers it without other changes."""
    if wanted and keras.backend.backend() == "torch":
        import torch  # type: ignore[import-not-found]

        device = "cuda" if torch.cuda.is_available() else "cpu"
        return torch.autocast(device, torch.bfloat16)
    return contextlib.nullcontext()
