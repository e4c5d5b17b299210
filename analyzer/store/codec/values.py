"""Single values as SQLite keeps them: JSON, vectors, landmarks, paths.

float32 values are widened to SQLite's 64 bits, so they come back equal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Row = dict[str, Any]


def as_json(value: Any) -> str:
    """Return ``value`` as one line of JSON, keys sorted; ValueError for NaN and infinities."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)


def texts_of(text: str) -> tuple[str, ...]:
    """Return the texts of a JSON list."""
    return tuple(json.loads(text))


def as_blob(values: NDArray[np.float32]) -> bytes:
    """Return float32 (D,) or (N, 4), row after row, as little-endian bytes."""
    return np.asarray(values, dtype="<f4").tobytes()


def vector_of(blob: bytes) -> NDArray[np.float32]:
    """Return float32 (D,) from little-endian bytes."""
    return np.frombuffer(blob, dtype="<f4").astype(np.float32)


def table_of(blob: bytes) -> NDArray[np.float32]:
    """Return float32 (N, 4) from little-endian bytes."""
    return vector_of(blob).reshape(-1, 4)


def points_json(points: NDArray[np.float32]) -> str:
    """Return float32 (N, 2) points as JSON; shortest digits that give the same float32 back."""
    single = np.asarray(points, dtype=np.float32)
    return as_json([[float(str(value)) for value in point] for point in single])


def points_of(text: str) -> NDArray[np.float32]:
    """Return float32 (N, 2) points from JSON."""
    return np.array(json.loads(text), dtype=np.float32)


def features_json(features: Mapping[str, float]) -> str:
    """Return measured quantities by name as JSON."""
    return as_json({name: float(value) for name, value in features.items()})


def grouped(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    """Return ``rows`` by the text in one column, which they lose, in the order they came."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.pop(column), []).append(row)
    return groups
