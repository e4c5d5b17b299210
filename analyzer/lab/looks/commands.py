"""Use cases of `analyzer train looks`, `train looks-export` and `evaluate looks`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from analyzer.lab.looks import page as looks_page
from analyzer.lab.looks.evaluate import evaluate as figures_of
from analyzer.lab.looks.measure import read_folder
from analyzer.lab.optional import require_onnx
from analyzer.looks.calibration import calibration_in
from analyzer.looks.network import PART, LookNetwork
from analyzer.models.locations import model_folder


def train(config: Path, out: Path, tell_row: Callable[[dict[str, Any]], None]) -> None:
    """Train by the recipe ``config`` in the run folder ``out``; a run in it is resumed.

    ``tell_row`` is called with the figures of every epoch.
    """
    from analyzer.lab.looks.config import read_config
    from analyzer.lab.looks.train import LookTraining

    LookTraining(read_config(config), out).run(tell_row)


def export(config: Path, run: Path, out: Path, name: str) -> dict[str, Any]:
    """Write a model folder from the run folder ``run`` and return its model.json.

    Raises AnalyzerError without the package onnx.
    """
    require_onnx()
    from analyzer.lab.looks.config import read_config
    from analyzer.lab.looks.export import export as write

    return write(read_config(config), run, out, name)


def evaluate(
    data: Path, model: str, page: Path | None, count: Callable[[int, int], None]
) -> dict[str, Any]:
    """Return the figures of a model on the crops in ``data``, and write them as ``page``."""
    folder = model_folder(model, PART)
    labelled = read_folder(data)
    total = len(labelled.paths)
    result = figures_of(
        labelled, LookNetwork.load(folder), calibration_in(folder), lambda done: count(done, total)
    )
    if page:
        looks_page.write(result, page)
    return result
