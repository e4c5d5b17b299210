"""Everything one training of a detector depends on, read from a TOML file."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analyzer.errors import AnalyzerError


@dataclass(frozen=True)
class DetectorConfig:
    """Settings of one training; paths are relative to where the command runs.

    ``data`` is the folder above `action/` and `identity/`, ``teachers`` the folder of their ONNX
    files. ``height`` and ``width`` are of the crops that are learnt from, in px. ``steps`` batches
    are learnt, the last ``calm`` of them (a share) from crops hardly changed, as those that are
    served; every ``watch_every`` steps the watched scenes are scored. ``start``: weights
    (.npz) to start from. ``options`` are the network's.
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
        """SHA-256 over all settings but paths and workers, to tell one recipe from another."""
        values = dataclasses.asdict(self)
        for name in ("data", "teachers", "workers", "start"):
            del values[name]
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def read_config(path: Path) -> DetectorConfig:
    """Read a TOML file; raises AnalyzerError naming the key that is unknown or missing."""
    try:
        values = tomllib.loads(path.read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise AnalyzerError(f"{path}: not a readable TOML file ({error})") from error
    known = {part.name for part in dataclasses.fields(DetectorConfig)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise AnalyzerError(
            f"{path}: unknown setting {unknown[0]!r}; settings are {', '.join(sorted(known))}"
        )
    missing = sorted({"data", "teachers"} - set(values))
    if missing:
        raise AnalyzerError(f"{path}: the setting {missing[0]!r} is missing")
    return DetectorConfig(**values)
