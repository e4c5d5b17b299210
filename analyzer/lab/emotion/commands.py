"""Use cases of `analyzer train emotion`, `train export` and `evaluate emotion`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from analyzer.emotions.classifier import EmotionClassifier
from analyzer.lab import checkpoint
from analyzer.lab.emotion import datasets
from analyzer.lab.emotion import page as emotion_page
from analyzer.lab.emotion.config import read_config
from analyzer.lab.emotion.evaluate import evaluate as figures_of
from analyzer.lab.emotion.landmarks import find_landmarks
from analyzer.models.locations import model_folder


def train(config: Path, out: Path, tell_row: Callable[[dict[str, Any]], None]) -> None:
    """Train by the recipe ``config`` in the run folder ``out``; a run in it is resumed.

    ``tell_row`` is called with the figures of every epoch.
    """
    from analyzer.lab.emotion.train import EmotionTraining

    EmotionTraining(read_config(config), out).run(tell_row)


def export(config: Path, run: Path, out: Path, name: str, *, keep_keras: bool) -> dict[str, Any]:
    """Write a model folder from the run folder ``run`` and return its model.json."""
    from analyzer.lab.emotion.export import export as write

    return write(read_config(config), run, out, name, keep_keras=keep_keras)


def evaluate(
    data: Path, model: str, detector: Path | None, page: Path | None, run: Path | None
) -> dict[str, Any]:
    """Return the figures of a model on the data set ``data``, and write them as ``page``.

    With the ``detector`` faces are aligned first, as in a run; the training curves of the run
    folder ``run`` go on the page.
    """
    faces = datasets.test_part(datasets.load(data))
    if detector:
        landmarks = find_landmarks(faces.faces, detector)
        faces = datasets.aligned(datasets.with_landmarks(faces, landmarks))
    result = figures_of(EmotionClassifier.load(model_folder(model, "emotion")), faces)
    if page:
        history = checkpoint.load_progress(run / "progress.json").history if run else []
        emotion_page.write(result, history, page)
    return result
