"""Records of alerts: events that may be told, incidents, and the deliveries of their messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from analyzer.types import Level

DeliveryState = Literal["pending", "sending", "sent", "held", "told together", "failed"]
"""States of a message: waiting, claimed, gone; held back, told in a summary; given up."""

STATES: Final[tuple[DeliveryState, ...]] = get_args(DeliveryState)


@dataclass(frozen=True, slots=True)
class Participant:
    """One track that takes part in an event; ``person`` under whom it is filed, and how."""

    name: str
    person: str | None
    status: str

    @property
    def known(self) -> str | None:
        """The person of the gallery whom it shows, as a candidate or confirmed."""
        return self.person if self.status in ("candidate", "confirmed") else None

    @property
    def words(self) -> str:
        """The track in words: "Anna (candidate, T1)", "unknown-3 (T2)" or "T2"."""
        if self.person is None or self.status == "rejected":
            return self.name
        if self.known:
            return f"{self.person} ({self.status}, {self.name})"
        return f"{self.person} ({self.name})"


@dataclass(frozen=True, slots=True)
class TellableEvent:
    """One event as alerts see it; times in seconds of its video."""

    event_id: str
    video_sha256: str
    kind: str
    label: str
    level: Level
    score: float
    t_start: float
    t_end: float
    t_peak: float
    who: tuple[Participant, ...] = ()

    @property
    def people(self) -> frozenset[str]:
        """The people of the gallery who take part."""
        return frozenset(part.known for part in self.who if part.known)


@dataclass(frozen=True, slots=True)
class Incident:
    """What one message tells; columns of ``incidents``. Wall clocks are ISO 8601, without a zone.

    It outlives the rows it was made from: a derivation changes neither it nor its message.
    """

    id: str
    camera: str
    place: str | None
    kind: str
    label: str
    level: Level
    score: float
    people: tuple[str, ...]
    who: tuple[str, ...]
    video_sha256: str
    path: str | None
    t_start: float
    t_end: float
    t_peak: float
    tracks: tuple[str, ...]
    wall_start: str | None
    wall_end: str | None
    clock: str
    stored_start: str | None
    stored_clock: str | None
    found_at: str


@dataclass(frozen=True, slots=True)
class IncidentPart:
    """A stretch of one video in which an incident was seen."""

    incident_id: str
    video_sha256: str
    t_start: float
    t_end: float
    people: tuple[str, ...]
    wall_start: str | None
    wall_end: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one channel; ``incident_id`` None is a summary of what was held back.

    ``reason`` says why it is held, or why the last attempt failed; times are ISO 8601 UTC, and
    before ``next_at`` it is not tried again. ``summary_id`` is the summary that told it.
    """

    id: str
    incident_id: str | None
    channel: str
    state: DeliveryState
    created_at: str
    reason: str | None = None
    attempts: int = 0
    next_at: str | None = None
    sent_at: str | None = None
    summary_id: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How a channel fares: attempts that failed since one succeeded, and when it is tried again."""

    channel: str
    failures: int = 0
    next_at: str | None = None
    reason: str | None = None
