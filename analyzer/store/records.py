"""What the store keeps about the work itself: runs and the gallery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

RunStatus = Literal["running", "finished", "interrupted", "failed"]
FileStatus = Literal["pending", "done", "failed"]
PictureStatus = Literal["used", "set aside"]


def utc_now() -> str:
    """Return the time now as ISO 8601 UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One execution as it starts.

    ``settings``, ``models`` and ``versions`` are plain values ready for JSON; ``started_at`` is ISO
    8601 UTC; ``raw_hash`` covers the settings and models that raw rows depend on.
    """

    id: str
    command: str
    started_at: str
    settings: Mapping[str, Any]
    raw_hash: str
    models: Sequence[Mapping[str, Any]]
    versions: Mapping[str, Any]
    gallery_fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """Someone in the gallery; ``source`` is the folder or picture they came from."""

    name: str
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class GalleryFaceRecord:
    """One picture of the gallery; ``sha256`` of the file, ``jpeg`` the face crop that was used.

    A picture that was set aside has a ``reason`` and neither crop nor embedding. ``embedding`` is
    float32 (D,).
    """

    person: str
    sha256: str
    path: str
    status: PictureStatus
    reason: str | None = None
    jpeg: bytes | None = None
    embedder: str | None = None
    embedding: NDArray[np.float32] | None = None
