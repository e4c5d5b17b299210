"""Use cases of `analyzer train joints-labels`, `joints`, `joints-export`, `evaluate joints`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from analyzer.errors import AnalyzerError
from analyzer.joints.network import PART, JointNetwork
from analyzer.lab.joints import labels
from analyzer.lab.joints.evaluate import evaluate as figures_of
from analyzer.lab.optional import require_onnx
from analyzer.models.locations import model_folder


def label(
    boxes: Path, teacher: Path, out: Path, count: Callable[[int, int], None]
) -> tuple[int, int]:
    """Write LABELS.csv of what the file ``teacher`` finds; return how many people, and of how many.

    Raises AnalyzerError where ``out`` lies in another folder than ``boxes``: paths are relative.
    """
    from analyzer.lab.joints.teacher import MoveNet, write

    if out.resolve().parent != boxes.resolve().parent:
        raise AnalyzerError(f"{out}: must be in the folder of {boxes}, since paths are relative")
    return write(MoveNet(teacher), boxes, out, count)


def train(config: Path, out: Path, tell_row: Callable[[dict[str, Any]], None]) -> None:
    """Train by the recipe ``config`` in the run folder ``out``; a run in it is resumed.

    ``tell_row`` is called with the figures of every epoch.
    """
    from analyzer.lab.joints.config import read_config
    from analyzer.lab.joints.train import JointTraining

    JointTraining(read_config(config), out).run(tell_row)


def export(config: Path, run: Path, out: Path, name: str) -> dict[str, Any]:
    """Write a model folder from the run folder ``run`` and return its model.json.

    Raises AnalyzerError without the package onnx.
    """
    require_onnx()
    from analyzer.lab.joints.config import read_config
    from analyzer.lab.joints.export import export as write

    return write(read_config(config), run, out, name)


def evaluate(data: Path, model: str, count: Callable[[int, int], None]) -> dict[str, Any]:
    """Return how far a model agrees with the judged people of the table ``data``."""
    judged = labels.require(labels.read(data)["judged"], "judged", data)
    network = JointNetwork.load(model_folder(model, PART))
    return figures_of(judged, network, lambda done: count(done, len(judged)))
