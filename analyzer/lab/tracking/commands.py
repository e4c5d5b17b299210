"""Use case of `analyzer evaluate tracking`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from analyzer.config import Settings, load_settings
from analyzer.lab.tracking import baselines, page
from analyzer.lab.tracking.evaluate import evaluate as follow_all
from analyzer.lab.tracking.evaluate import figures_of
from analyzer.lab.tracking.sampled import detect_with
from analyzer.lab.tracking.sequences import find_sequences
from analyzer.pipeline.inference import inference_for


def evaluate(
    data: Path, config: Path | None, scale: float, html: Path | None, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Return the figures of tracking on the sequences of ``data``, and write them as a page.

    ``config`` chooses the detectors and the tracking, as in a run. ``tell`` gets lines of progress.
    """
    sequences = find_sequences(data, scale)
    settings = _detection_only(load_settings(config))
    inference = inference_for(settings)
    if not baselines.available():
        tell(baselines.MISSING)
    detect, second = detect_with(inference), inference.second_look
    tracked = follow_all(sequences, settings, detect, inference.sure_face, tell, second)
    result = {
        "detector": inference.detector_of("person").name,
        "fps": settings.sampling.fps,
        **figures_of(tracked),
    }
    if html:
        page.write(result, tracked, html)
    return result


def _detection_only(settings: Settings) -> Settings:
    return replace(
        settings,
        embedding=replace(settings.embedding, enabled=False),
        emotions=replace(settings.emotions, enabled=False),
        actions=replace(settings.actions, enabled=False),
    )
