"""What the store keeps about the work itself: runs, inputs and people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

RunStatus = Literal["running", "finished", "interrupted", "failed"]
FileStatus = Literal["pending", "done", "failed"]


ABOUT = ("examiner", "authority", "purpose")
"""What a case tells of itself: keys of ``case_info``, columns of ``runs``."""


def utc_now() -> str:
    """Return the time now as ISO 8601 UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One execution as it starts.

    ``settings``, ``models`` and ``versions`` are plain values ready for JSON; ``started_at`` is ISO
    8601 UTC; ``raw_hash`` covers the settings and models that raw rows depend on; ``about`` has
    those of ABOUT that are known.
    """

    id: str
    command: str
    started_at: str
    settings: Mapping[str, Any]
    raw_hash: str
    models: Sequence[Mapping[str, Any]]
    versions: Mapping[str, Any]
    gallery_fingerprint: str | None = None
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """Someone in the gallery; ``source`` is the folder or picture they came from."""

    name: str
    source: str
