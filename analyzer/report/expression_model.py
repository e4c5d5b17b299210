"""Model of expressions that a case was analysed with, as far as analyzer ships it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from analyzer.emotions.spread import Spread, spread_of
from analyzer.models.locations import shipped_dir
from analyzer.report.model import CaseView


def measured_spread(case: CaseView) -> Spread | None:
    """Return the measured spread of the model of the last run; None where it is not known."""
    run = case.runs[-1] if case.runs else None
    models = run.models if run is not None and isinstance(run.models, list) else []
    for record in models:
        if isinstance(record, Mapping) and str(record.get("part", "")).startswith("emotion"):
            about = _about(str(record.get("sha256") or ""))
            return None if about is None else spread_of(about)
    return None


def _about(sha256: str) -> dict[str, Any] | None:
    """Return the model.json of the shipped model whose network has this SHA-256."""
    for path in sorted((shipped_dir() / "emotion").glob("*/model.json")):
        about: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if sha256 and about["files"]["network"]["sha256"] == sha256:
            return about
    return None
