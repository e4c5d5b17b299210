"""Use cases of `analyzer train action` and `evaluate action`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from analyzer.actions.model import ActionModel
from analyzer.config import Settings, load_settings
from analyzer.lab.action import page as action_page
from analyzer.lab.action.evaluate import evaluate as figures_of
from analyzer.lab.action.labels import read_clips
from analyzer.lab.action.samples import Samples, collect
from analyzer.models.locations import model_folder
from analyzer.pipeline.inference import inference_for, joints_for

Log = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """What `analyzer train action` was asked.

    ``samples`` is a file of measured windows: read where it exists, else written. ``others`` are
    videos without fights. ``check`` cross-validates, which takes most of the time.
    """

    data: Path
    out: Path
    others: tuple[Path, ...]
    samples: Path | None
    name: str
    config: Path | None
    check: bool


def train(request: TrainRequest, log: Log) -> dict[str, Any]:
    """Train the action model on labelled clips; return the model.json of its folder."""
    from analyzer.lab.action import cross_validation
    from analyzer.lab.action import train as training
    from analyzer.lab.simulation.windows import simulated_windows

    settings = load_settings(request.config)
    samples = _samples(request, settings, log)
    simulated = simulated_windows(training.SIMULATED, training.SEED, settings.actions)
    figures = cross_validation.cross_validate(samples, simulated, log) if request.check else {}
    arrays = training.fit(samples, simulated, log)
    return training.write(request.out, request.name, arrays, samples, figures)


def _samples(request: TrainRequest, settings: Settings, log: Log) -> Samples:
    if request.samples is not None and request.samples.is_file():
        return Samples.load(request.samples)
    measured = collect(read_clips(request.data), request.others, settings, log)
    if request.samples is not None:
        measured.save(request.samples)
    return measured


def evaluate(
    data: Path, model: str, config: Path | None, page: Path | None, log: Log
) -> dict[str, Any]:
    """Return the figures of an action model on labelled clips, and write them as ``page``."""
    settings = load_settings(config)
    settings = settings.with_values("emotions", enabled=False)
    settings = settings.with_values("embedding", enabled=False)
    clips = read_clips(data)
    inference = inference_for(settings.with_values("actions", enabled=False))
    judged = ActionModel.load(model_folder(model, "action"))
    inference = replace(inference, actions=judged, joints=joints_for(settings))
    result = figures_of(clips, inference, settings, log)
    if page:
        action_page.write(result, page)
    return result
