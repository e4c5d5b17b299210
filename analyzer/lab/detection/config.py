"""Configuration of one detector training, read from a TOML file."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analyzer.lab.recipe import digest, read_values


@dataclass(frozen=True)
class DetectorConfig:
    """Settings of one training; paths are relative to where the command runs.

    ``data`` is the folder above `action/` and `identity/`, ``teachers`` the folder with the ONNX
    files of the detectors that make the pseudo-labels. ``height`` and ``width`` are those of the
    training crops, in px. Training takes ``steps`` batches; the last share ``calm`` of them has
    little augmentation, as in a run. Every ``watch_every`` steps the validation scenes are scored.
    ``start``: weights (.npz) to start from. ``options`` are those of the network.
    """

    data: str
    teachers: str
    options: dict[str, Any] = field(default_factory=dict)
    height: int = 224
    width: int = 320
    batch: int = 16
    steps: int = 8000
    watch_every: int = 500
    rate: float = 2e-3
    warmup: float = 0.03
    weight_decay: float = 1e-4
    ema: float = 0.999
    calm: float = 0.3
    bfloat16: bool = True
    workers: int = 2
    seed: int = 1
    start: str = ""

    @property
    def fingerprint(self) -> str:
        """SHA-256 over all settings except paths and workers, to identify the recipe."""
        return digest(dataclasses.asdict(self), ("data", "teachers", "workers", "start"))


def read_config(path: Path) -> DetectorConfig:
    """Read a TOML file; raises AnalyzerError naming the key that is unknown or missing."""
    known = {part.name for part in dataclasses.fields(DetectorConfig)}
    return DetectorConfig(**read_values(path, known, {"data", "teachers"}))
