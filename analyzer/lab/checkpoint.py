"""Checkpoints: weights as .npz and progress as JSON, replaced atomically."""

import json
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from analyzer.errors import AnalyzerError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Arrays = list[NDArray[Any]]
Record = TypeVar("Record", bound="DataclassInstance")


@dataclass
class Progress:
    """Progress of a training: epochs and seconds done, and one row of figures per epoch."""

    epoch: int = 0
    steps: int = 0
    seconds: float = 0.0
    rate_factor: float = 1.0
    best_loss: float = float("inf")
    since_best: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)


def save_arrays(path: Path, arrays: Arrays) -> None:
    """Write arrays in order, atomically."""
    part = path.with_suffix(".part.npz")
    named: dict[str, Any] = {f"a{index:04d}": array for index, array in enumerate(arrays)}
    np.savez(part, **named)
    part.replace(path)


def load_arrays(path: Path) -> Arrays:
    """Read the file of `save_arrays`; raises AnalyzerError if it cannot be read."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return [file[name] for name in sorted(file.files)]
    except (OSError, ValueError, BadZipFile) as error:
        raise AnalyzerError(f"{path}: not a readable weights file ({error})") from error


def save_progress(path: Path, progress: Progress) -> None:
    """Write progress as JSON, atomically."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(vars(progress)))
    part.replace(path)


def load_progress(path: Path) -> Progress:
    """Return the progress so far, or a new one if the file does not exist."""
    return Progress(**json.loads(path.read_text())) if path.exists() else Progress()


def save_fields(path: Path, record: "DataclassInstance") -> None:
    """Write a dataclass of arrays as a plain .npz, atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.npz")
    np.savez_compressed(part, **{one.name: getattr(record, one.name) for one in fields(record)})
    part.replace(path)


def load_fields(path: Path, kind: type[Record], what: str) -> Record:
    """Read a ``kind`` from the file of ``save_fields``.

    Raises AnalyzerError, which names it ``what``, if it cannot be read.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            return kind(**{one.name: file[one.name] for one in fields(kind)})
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise AnalyzerError(f"{path}: not readable {what} ({error}); delete it") from error
