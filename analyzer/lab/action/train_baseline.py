"""Training of the whole-frame baselines (Sharma 2023), for comparison; none is served.

Each task is trained once per fold, in its own folder such as `fighting-1`, which is resumable
(`training_state`). `recipe.json` describes the training data of the folders, `figures.json` holds
the metrics on the held-out windows.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from analyzer.config import ActionSettings
from analyzer.emotions.classifier import softmax
from analyzer.errors import AnalyzerError
from analyzer.lab.action.baseline_tasks import FRAMES, BaselineTask, baseline_tasks_of
from analyzer.lab.action.clip_frames import ClipFrames, decode
from analyzer.lab.action.labels import Clip
from analyzer.lab.action.networks import BASELINES
from analyzer.lab.action.train import balance, folds
from analyzer.lab.training_state import TrainingState

RECIPE_FILE, FIGURES_FILE, FRAMES_FILE = "recipe.json", "figures.json", "frames.npz"

Log = Callable[[str], None]
Pictures = NDArray[np.uint8]


@dataclass(frozen=True)
class Recipe:
    """Settings of a training besides the clips; the learning rate of Adam is constant.

    An epoch is ``windows`` random windows, however many a task has.
    """

    network: str
    folds: int = 3
    windows: int = 240
    batch: int = 8
    rate: float = 1e-3
    seed: int = 1


@dataclass(frozen=True)
class Extent:
    """Extent of one call; a later one may go further in the same folder.

    It goes up to ``epochs``, for the tasks named in ``only`` (all if empty) and the first ``parts``
    folds (all if None).
    """

    epochs: int = 16
    only: Sequence[str] = ()
    parts: int | None = None


def train(
    clips: Sequence[Clip],
    recipe: Recipe,
    extent: Extent,
    out: Path,
    log: Log,
    frames: Path | None = None,
) -> dict[str, Any]:
    """Start or resume the training, and return and write the metrics on held-out windows.

    ``frames`` is the file of decoded pictures, None for one in the folder. Raises AnalyzerError if
    the clips have labels for no task, or the folder holds a training of another recipe.
    """
    settings = ActionSettings()
    used = [clip for clip in clips if not clip.left_out]
    noted, path = note(recipe, used), out / RECIPE_FILE
    if path.exists() and path.read_text() != noted:
        raise AnalyzerError(
            f"{out}: holds a training of another network, other folds or other clips; "
            "give another folder"
        )
    known = pictures_of(used, FRAMES / settings.window_s, frames or out / FRAMES_FILE, log)
    tasks = [
        task
        for task in baseline_tasks_of(used, known, settings)
        if not extent.only or task.name in extent.only
    ]
    if not tasks:
        raise AnalyzerError(
            "nothing can be held back: expected clips of fights and none from several scenes, or "
            "of single people of several subjects or cameras; see docs/actions.md"
        )
    out.mkdir(parents=True, exist_ok=True)
    path.write_text(noted)
    figures: dict[str, Any] = {**asdict(recipe), "epochs": extent.epochs}
    for task in tasks:
        predicted, judged = cross_validated(task, known.pictures, recipe, extent, out, log)
        figures[task.name] = task.part(judged).figures(predicted[judged])
    (out / FIGURES_FILE).write_text(json.dumps(figures, indent=1) + "\n")
    return figures


def note(recipe: Recipe, clips: Sequence[Clip]) -> str:
    """Return as JSON the recipe and a hash of the labels."""
    labels = [
        [clip.name, clip.label, clip.group, clip.camera, *map(asdict, clip.intervals)]
        for clip in clips
    ]
    digest = hashlib.sha256(json.dumps(labels).encode()).hexdigest()
    return json.dumps(asdict(recipe) | {"clips": len(clips), "labels_sha256": digest}, indent=1)


def pictures_of(clips: Sequence[Clip], fps: float, path: Path, log: Log) -> ClipFrames:
    """Return the pictures in ``path``, else decode and store them."""
    if path.is_file():
        return ClipFrames.load(path, clips, fps)
    frames = decode(clips, fps, log)
    frames.save(path)
    return frames


def cross_validated(
    task: BaselineTask, pictures: Pictures, recipe: Recipe, extent: Extent, out: Path, log: Log
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return held-out probabilities (N, classes), and bool (N,) for which windows they exist.

    Rows of folds that were not trained are 0.
    """
    predicted = np.zeros((len(task.truth), len(task.classes)), np.float32)
    splits = folds(task.groups, recipe.folds)
    asked = splits[: extent.parts]
    for number, held in enumerate(asked, start=1):
        name = f"{task.name}-{number}"
        fold = Fold(task, pictures, ~held, recipe, out / name)
        for row in fold.epochs(extent.epochs):
            seconds = f"{row['seconds']:.0f} s"
            log(f"{name} of {len(splits)}: epoch {row['epoch']} loss {row['loss']:.3f} {seconds}")
        predicted[held] = fold.probabilities(np.flatnonzero(held))
    return predicted, np.any(asked, axis=0)


class Fold:
    """One network that is trained on a part of the windows of a task."""

    def __init__(
        self,
        task: BaselineTask,
        pictures: Pictures,
        learned: NDArray[np.bool_],
        recipe: Recipe,
        folder: Path,
    ) -> None:
        """Build the network and load the state of the folder."""
        self.task, self.pictures, self.recipe = task, pictures, recipe
        self.learned = np.flatnonzero(learned)
        self.weights = balance(task.truth[self.learned])
        keras.utils.set_random_seed(recipe.seed)
        _, side, _, _ = pictures.shape
        shape = {"frames": task.pictures.shape[1], "side": side}
        self.model = BASELINES[recipe.network](**shape, classes=len(task.classes))
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.model.compile(keras.optimizers.Adam(recipe.rate), loss, jit_compile=False)
        self.state = TrainingState(folder, self.model)

    def epochs(self, until: int) -> Iterator[dict[str, Any]]:
        """Train up to epoch ``until`` and yield the figures of each, after it was saved.

        Raises AnalyzerError if more epochs are done already: the metrics would be of those.
        """
        if self.state.progress.epoch > until:
            raise AnalyzerError(
                f"{self.state.folder}: has learned for {self.state.progress.epoch} epochs already; "
                "ask for as many, or give another folder"
            )
        while self.state.progress.epoch < until:
            row = self._epoch()
            self.state.progress.history.append(row)
            self.state.save()
            yield row

    def _epoch(self) -> dict[str, Any]:
        progress, batch = self.state.progress, self.recipe.batch
        began, losses = time.monotonic(), []
        rng = np.random.default_rng([self.recipe.seed, progress.epoch])
        order = rng.integers(0, len(self.learned), self.recipe.windows)
        for start in range(0, len(order), batch):
            part = order[start : start + batch]
            x = self._seen(self.learned[part])
            turned = rng.random(len(part)) < 0.5
            x[turned] = x[turned, :, :, ::-1]
            y = self.task.truth[self.learned[part]]
            losses.append(self.state.learn(x, y, self.weights[part]))
            progress.steps += 1
        progress.epoch += 1
        progress.seconds += time.monotonic() - began
        loss = float(np.mean(losses))
        return {"epoch": progress.epoch, "seconds": progress.seconds, "loss": loss}

    def _seen(self, windows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return windows as float32 (B, FRAMES, SIDE, SIDE, 3) in 0..255."""
        return self.pictures[self.task.pictures[windows]].astype(np.float32)

    def probabilities(self, windows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the network's probabilities of windows, float32 (B, classes)."""
        parts = [windows[i : i + 64] for i in range(0, len(windows), 64)]
        logits = np.concatenate(
            [
                keras.ops.convert_to_numpy(self.model.predict_on_batch(self._seen(part)))
                for part in parts
            ]
        )
        return softmax(logits)
