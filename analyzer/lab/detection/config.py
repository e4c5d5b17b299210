"""Configuration of one detector training, read from a TOML file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analyzer.lab.recipe import Recipe, read_values


@dataclass(frozen=True, kw_only=True)
class DetectorConfig(Recipe):
    """Settings of one training; paths are relative to where the command runs.

    ``data`` is the folder above `action/` and `identity/`, ``teachers`` the folder with the ONNX
    files of the detectors that make the pseudo-labels. ``height`` and ``width`` are those of the
    training crops, in px. Training takes ``steps`` batches; the last share ``calm`` of them has
    little augmentation, as in a run. Every ``watch_every`` steps the validation scenes are scored.
    """

    data: str
    teachers: str
    height: int = 224
    width: int = 320
    batch: int = 16
    steps: int = 8000
    watch_every: int = 500
    rate: float = 2e-3
    warmup: float = 0.03
    weight_decay: float = 1e-4
    calm: float = 0.3
    workers: int = 2

    besides = ("data", "teachers", "workers", "start")


def read_config(path: Path) -> DetectorConfig:
    """Read a TOML file; raises AnalyzerError naming the key that is unknown or missing."""
    return DetectorConfig(**read_values(path, DetectorConfig))
