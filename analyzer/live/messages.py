"""Messages of recorders: what the process that records a source tells the one that owns the case.

Times are seconds since the epoch by the clock of this machine. No message has a password in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

STOP = "stop"
"""What a recorder is told to end."""


@dataclass(frozen=True, slots=True)
class Connected:
    """A source answered; ``rate`` in pictures a second, None where the stream does not tell."""

    codec: str
    width: int
    height: int
    rate: float | None


@dataclass(frozen=True, slots=True)
class Arriving:
    """Packets arrive, the last one at ``at``; sent about once a second."""

    at: float


@dataclass(frozen=True, slots=True)
class Closed:
    """A recording is complete; ``reason`` is given where it was recovered."""

    path: Path
    begin: float
    end: float
    size: int
    sha256: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """Nothing is recorded since ``since``, because of ``reason``; it is tried again."""

    since: float
    reason: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """Recording goes on at ``at``, after nothing was since ``since``."""

    since: float
    at: float
    reason: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The source is over, or the recorder was told to end; nothing follows."""

    finite: bool


Message = Connected | Arriving | Closed | Lost | Resumed | Ended


def utc(seconds: float) -> str:
    """Return a moment as ISO 8601 UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
