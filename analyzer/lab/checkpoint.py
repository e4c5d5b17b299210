"""Weights and progress on disk: plain .npz and JSON, replaced whole or not at all."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from analyzer.errors import AnalyzerError

Arrays = list[NDArray]


@dataclass
class Progress:
    """How far a training has come: epochs and seconds done, and one row of figures an epoch."""

    epoch: int = 0
    steps: int = 0
    seconds: float = 0.0
    rate_factor: float = 1.0
    best_loss: float = float("inf")
    since_best: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)


def save_arrays(path: Path, arrays: Arrays) -> None:
    """Write arrays in order; a crash leaves the old file."""
    part = path.with_suffix(".part.npz")
    named: dict[str, Any] = {f"a{index:04d}": array for index, array in enumerate(arrays)}
    np.savez(part, **named)
    part.replace(path)


def load_arrays(path: Path) -> Arrays:
    """Read what `save_arrays` wrote; raises AnalyzerError when it cannot be read."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return [file[name] for name in sorted(file.files)]
    except (OSError, ValueError, BadZipFile) as error:
        raise AnalyzerError(f"{path}: not a readable weights file ({error})") from error


def save_progress(path: Path, progress: Progress) -> None:
    """Write progress as JSON; a crash leaves the old file."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(vars(progress)))
    part.replace(path)


def load_progress(path: Path) -> Progress:
    """Progress so far; a fresh one when the file does not exist."""
    return Progress(**json.loads(path.read_text())) if path.exists() else Progress()
