"""Use cases of `analyzer train identity` and `evaluate identity`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analyzer.faces.calibration import calibration_of
from analyzer.lab.identity import page as identity_page
from analyzer.lab.identity.calibrate import calibrate
from analyzer.lab.identity.evaluate import evaluate as figures_of
from analyzer.lab.identity.faces import make_instruments, measure
from analyzer.lab.identity.pairs import read_pairs

Count = Callable[[int, int], None]
"""Called with the pictures that are done and with their number."""


def train(
    data: Path, pairs: Path, embedder: str, out: Path, count: Count
) -> tuple[Path, dict[str, Any]]:
    """Measure what the distances of ``embedder`` mean; return the file written, and its values."""
    labelled, tools = read_pairs(data, pairs), make_instruments(embedder)
    total = len(labelled.pictures)
    faces = measure(labelled.pictures, (), tools, lambda done: count(done, total))[0]
    values = calibrate(labelled, faces, tools.embedder.name)
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{tools.embedder.name}.json"
    path.write_text(json.dumps(values | {"detector": tools.detector.name}, indent=1) + "\n")
    return path, values


def evaluate(
    data: Path, pairs: Path, embedder: str, detector: str, page: Path | None, count: Count
) -> dict[str, Any]:
    """Return the figures of ``embedder`` on labelled pairs, and write them as ``page``."""
    labelled, tools = read_pairs(data, pairs), make_instruments(embedder, detector)
    calibration = calibration_of(tools.embedder.name)
    total = len(labelled.pictures)
    result = figures_of(labelled, tools, calibration, lambda done: count(done, total))
    if page:
        identity_page.write(result, page)
    return result
