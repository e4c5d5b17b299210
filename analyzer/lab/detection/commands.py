"""Use cases of `analyzer train detector`, `train detector-export` and `evaluate detector`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.detection.registry import FACE_CHOICE, PERSON_CHOICE
from analyzer.detection.yolox import PART, about_of
from analyzer.lab.detection import page as detector_page
from analyzer.lab.detection.config import read_config
from analyzer.lab.detection.evaluate import figures_of, look, milliseconds
from analyzer.lab.detection.eye_labels import read_labels, read_yolo_folder
from analyzer.lab.optional import require_onnx
from analyzer.models.locations import model_folder, shipped_dir
from analyzer.models.registry import installed
from analyzer.models.shipped import name_of


def train(config: Path, out: Path, tell_row: Callable[[dict[str, Any]], None]) -> None:
    """Train by the recipe ``config`` in the run folder ``out``; a run in it is resumed."""
    require_onnx()
    from analyzer.lab.detection.train import DetectorTraining

    DetectorTraining(read_config(config), out).run(tell_row)


def export(config: Path, run: Path, out: Path, name: str) -> dict[str, Any]:
    """Write a model folder from the run folder ``run`` and return its model.json."""
    require_onnx()
    from analyzer.lab.detection.export import export as write

    return write(read_config(config), run, out, name)


@dataclass(frozen=True, slots=True)
class EvaluateRequest:
    """What `analyzer evaluate detector` was asked; None is what ships, or lies in ``data``.

    A ``width`` of None shows pictures as wide as a run does.
    """

    data: Path
    yolo: Path | None
    labels: Path | None
    model: str
    baselines: Path | None
    width: int | None
    threads: int
    page: Path | None


def evaluate(request: EvaluateRequest, count: Callable[[int, int], None]) -> dict[str, Any]:
    """Return the figures of the detector and the baselines, and write them as a page.

    ``count`` is called with the frames that are done and with their number.
    """
    folder = model_folder(request.model, PART)
    known = request.baselines or request.data / "models"
    models = known if known.is_dir() else None
    table = request.labels or shipped_dir() / PART / "eye_labels.csv"
    frames = read_yolo_folder(request.yolo) if request.yolo else read_labels(table, request.data)
    name = name_of(about_of(folder), "network")
    seen = look(frames, folder, models, request.width, lambda done: count(done, len(frames)))
    result = {"model": name, "width": request.width, "default": defaults(), **figures_of(seen)}
    result["ms"] = milliseconds(seen, folder, models, request.threads)
    if request.page:
        detector_page.write(result, seen, request.page)
    return result


def defaults() -> dict[str, str]:
    """Return by kind the detector that a run would choose on this machine."""
    return {
        "person": PERSON_CHOICE.backend("auto", installed).name,
        "face": FACE_CHOICE.backend("auto", installed).name,
    }
