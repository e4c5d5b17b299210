"""Single values as SQLite keeps them: JSON, vectors, landmarks, paths, probabilities.

float32 values are widened to SQLite's 64 bits, so they come back equal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Row = dict[str, Any]


def as_json(value: Any) -> str:
    """Return ``value`` as one line of JSON, keys sorted; ValueError for NaN and infinities."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)


def storable_path(path: str) -> str:
    """Return ``path`` as SQLite can keep it: bytes that are not UTF-8 become escapes."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def as_blob(vector: NDArray[np.float32] | None) -> bytes | None:
    """Return a float32 (D,) vector as little-endian bytes, None as None."""
    return None if vector is None else np.asarray(vector, dtype="<f4").tobytes()


def vector_of(blob: bytes | None) -> NDArray[np.float32] | None:
    """Return float32 (D,) from little-endian bytes, None from None."""
    return None if blob is None else np.frombuffer(blob, dtype="<f4").astype(np.float32)


def points_json(points: NDArray[np.float32] | None) -> str | None:
    """Return float32 (N, 2) points as JSON; shortest digits that give the same float32 back."""
    if points is None:
        return None
    single = np.asarray(points, dtype=np.float32)
    return as_json([[float(str(value)) for value in point] for point in single])


def points_of(text: str | None) -> NDArray[np.float32] | None:
    """Return float32 (N, 2) points from JSON, None from None."""
    return None if text is None else np.array(json.loads(text), dtype=np.float32)


def features_json(features: Mapping[str, float]) -> str:
    """Return measured quantities by name as JSON."""
    return as_json({name: float(value) for name, value in features.items()})


def probability_columns(
    names: Sequence[str], probabilities: NDArray[np.float32], known: bool = True
) -> Row:
    """Return a column for each of ``names``; NULL each where nothing is known."""
    if not known:
        return dict.fromkeys(names)
    if probabilities.shape != (len(names),):
        raise ValueError(f"expected ({len(names)},) probabilities, got {probabilities.shape}")
    return {name: float(value) for name, value in zip(names, probabilities, strict=True)}


def probabilities_of(names: Sequence[str], row: Row, known: bool = True) -> NDArray[np.float32]:
    """Return float32 (N,) probabilities; 1/N each where nothing is known."""
    values = [row[name] for name in names] if known else [1.0 / len(names)] * len(names)
    return np.array(values, dtype=np.float32)


def real(value: float | None) -> float | None:
    """Return a number of any kind as SQLite's 64 bits, None as None."""
    return None if value is None else float(value)
