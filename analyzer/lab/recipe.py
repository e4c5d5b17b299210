"""Training recipes: their common settings, reading them from TOML, telling one from another."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tomllib
from dataclasses import MISSING, dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from analyzer.errors import AnalyzerError


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Settings that the trainings of all networks have.

    ``options`` are those of the network, ``start`` is a file of weights (.npz) to start from.
    The learning rate rises to ``rate`` during the share ``warmup`` of the training. ``ema`` is the
    decay per step of the averaged weights.
    """

    options: dict[str, Any] = field(default_factory=dict)
    start: str = ""
    batch: int
    rate: float
    warmup: float
    weight_decay: float
    ema: float = 0.999
    bfloat16: bool = True
    seed: int = 1

    besides: ClassVar[tuple[str, ...]] = ("start",)
    """Settings that do not change the result, such as paths."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 over all settings except those ``besides``, to identify the recipe."""
        values = dataclasses.asdict(self)
        kept = {key: value for key, value in values.items() if key not in self.besides}
        return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class SteppedRecipe(Recipe):
    """Settings of trainings that count steps rather than epochs.

    ``minutes``: if not 0, the schedule follows the clock; else it ends after ``steps``. Figures are
    taken every ``watch_every`` steps.
    """

    steps: int = 2000
    minutes: float = 0
    watch_every: int = 100


def read_values(path: Path, kind: type[Recipe]) -> dict[str, Any]:
    """Return the settings of a TOML file for a recipe of ``kind``.

    Raises AnalyzerError with the key that is unknown, or that has no default and is missing.
    """
    try:
        values = tomllib.loads(path.read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise AnalyzerError(f"{path}: not a readable TOML file ({error})") from error
    parts = dataclasses.fields(kind)
    known = {part.name for part in parts}
    needed = {p.name for p in parts if p.default is MISSING and p.default_factory is MISSING}
    unknown, missing = sorted(set(values) - known), sorted(needed - set(values))
    if unknown or missing:
        what = f"unknown setting {unknown[0]!r}" if unknown else ""
        what = what or f"the setting {missing[0]!r} is missing"
        raise AnalyzerError(f"{path}: {what}; settings are {', '.join(sorted(known))}")
    return values
