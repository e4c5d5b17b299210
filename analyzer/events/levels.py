"""Levels of events: from which score on an event is an alarm, or one to check.

The scores were measured with the shipped model of actions and lie beside it, in ``levels.json``
(`analyzer evaluate events --levels` writes it).
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from analyzer.config import Settings
from analyzer.errors import ModelError
from analyzer.models.locations import model_folder
from analyzer.types import Level

FILE: Final = "levels.json"

KINDS: Final = ("falling", "fighting", "running")
"""Kinds of events that a model of actions tells, in the order of every table."""

LOW: Final = 0.5
"""Least score of what is kept below the levels: more likely than not, by the model alone."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Least scores of one kind; infinite where no score was right often enough."""

    alarm: float = math.inf
    to_check: float = math.inf

    def of(self, score: float) -> Level:
        """Return the level of an event of ``score``."""
        if score >= self.alarm:
            return "alarm"
        return "to check" if score >= self.to_check else "below"


OF_CANDIDATES: Final = Levels(alarm=0.9, to_check=0.5)
"""The score of a candidate is the calibrated probability that it is right, as the levels are."""

UNMEASURED: Final = Levels(to_check=0.8)
"""Of a model without ``levels.json``: no event of it is an alarm."""


def levels_of(settings: Settings) -> dict[str, Levels]:
    """Return the levels of ``KINDS``.

    A score in ``[events]`` takes the place of the measured one of *to check*; no alarm is told
    below it. Raises ModelError where the measurement cannot be read.
    """
    if not settings.actions.enabled:
        return dict.fromkeys(KINDS, UNMEASURED)
    measured = measured_levels(_path(settings))
    return {
        kind: _chosen(found, getattr(settings.events, kind)) for kind, found in measured.items()
    }


def state_of(settings: Settings) -> str:
    """Return what changes whenever the measured levels do."""
    if not settings.actions.enabled:
        return "no actions"
    path = _path(settings)
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8] if path.is_file() else "unmeasured"


def measured_levels(path: Path) -> dict[str, Levels]:
    """Return the measured levels by kind; raises ModelError for a file of another form."""
    about = _read(path) if path.is_file() else {}
    try:
        return {kind: _levels(about[kind]) if kind in about else UNMEASURED for kind in KINDS}
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: not measured levels ({error!r}); restore the folder") from error


def _path(settings: Settings) -> Path:
    return model_folder(settings.actions.model, "action") / FILE


@lru_cache(maxsize=4)
def _read(path: Path) -> Mapping[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text())["kinds"]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ModelError(f"{path}: cannot be read; restore the model folder") from error
    return found


def _levels(told: Mapping[str, Any]) -> Levels:
    """Return the levels of one kind; null stands for a level that no score reaches."""
    alarm, to_check = (
        math.inf if told[n] is None else float(told[n]) for n in ("alarm", "to_check")
    )
    return Levels(alarm, min(alarm, to_check))


def _chosen(measured: Levels, own: float) -> Levels:
    return Levels(max(measured.alarm, own), own) if own else measured
