"""Incidents: events of one kind at one camera, about the same people, at overlapping times.

An incident is known by what is in the pictures, not by the ids of rows: a derivation gives events
other ids, and an event that goes on in the next segment is an event of another recording.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from analyzer.alerts.videos import AlertVideo
from analyzer.store.alert_records import Incident, IncidentPart, TellableEvent

_ID_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event with the video it is in."""

    event: TellableEvent
    video: AlertVideo

    @property
    def label(self) -> str:
        """What tells incidents of one kind apart: which expression it is; else nothing."""
        return self.event.label if self.event.kind == "expression" else ""

    def part(self, incident_id: str) -> IncidentPart:
        """Return the stretch of it, as one of an incident."""
        event, at = self.event, self.video.wall
        people = tuple(sorted(event.people))
        return IncidentPart(
            incident_id, event.video_sha256, event.t_start, event.t_end, people,
            at(event.t_start), at(event.t_end),
        )  # fmt: skip

    def incident(self, found_at: str) -> Incident:
        """Return the incident that begins with it."""
        event, video = self.event, self.video
        people = tuple(sorted(event.people))
        named = (video.name, event.kind, self.label, *people, event.video_sha256)
        text = "\n".join((*named, f"{event.t_start:.3f}"))
        return Incident(
            id=hashlib.sha256(text.encode()).hexdigest()[:_ID_DIGITS],
            camera=video.name, place=video.place, kind=event.kind, label=event.label,
            level=event.level, score=event.score, people=people,
            who=tuple(part.words for part in event.who), video_sha256=event.video_sha256,
            path=video.path, t_start=event.t_start, t_end=event.t_end, t_peak=event.t_peak,
            tracks=tuple(part.name for part in event.who), wall_start=video.wall(event.t_start),
            wall_end=video.wall(event.t_end), clock=video.clock_words,
            stored_start=video.stored(event.t_start), stored_clock=video.stored_words,
            found_at=found_at,
        )  # fmt: skip


@dataclass(slots=True)
class KnownIncidents:
    """The incidents of a case; those no further apart than ``gap_s`` seconds are one."""

    gap_s: float
    _of_kind: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=dict)
    _parts: dict[str, list[IncidentPart]] = field(default_factory=dict)
    _seen: set[tuple[object, ...]] = field(default_factory=set)

    @classmethod
    def of(
        cls, incidents: Iterable[Incident], parts: Iterable[IncidentPart], gap_s: float
    ) -> KnownIncidents:
        """Return the index of ``incidents`` with their ``parts``."""
        known = cls(gap_s)
        by_id: Mapping[str, Incident] = {incident.id: incident for incident in incidents}
        for incident in by_id.values():
            known._begin(incident.id, incident.camera, incident.kind, _label(incident))
        for part in parts:
            incident = by_id[part.incident_id]
            known._extend(part, incident.kind, _label(incident))
        return known

    def has(self, event: TellableEvent) -> bool:
        """Whether exactly this event is part of an incident already."""
        label = event.label if event.kind == "expression" else ""
        people = tuple(sorted(event.people))
        key = (event.video_sha256, event.kind, label, people, event.t_start, event.t_end)
        return key in self._seen

    def match(self, occurrence: Occurrence) -> str | None:
        """Return the incident that ``occurrence`` belongs to; None where it begins one."""
        new = occurrence.part("")
        camera = occurrence.video.name
        for key, where in self._of_kind.get((occurrence.event.kind, occurrence.label), ()):
            for part in self._parts[key]:
                if not _contradict(part.people, new.people) and self._near(
                    part, new, where, camera
                ):
                    return key
        return None

    def add(self, occurrence: Occurrence, incident_id: str) -> IncidentPart:
        """Take ``occurrence`` as a part of an incident, known or new, and return that part."""
        kind, label = occurrence.event.kind, occurrence.label
        if incident_id not in self._parts:
            self._begin(incident_id, occurrence.video.name, kind, label)
        part = occurrence.part(incident_id)
        self._extend(part, kind, label)
        return part

    def _begin(self, incident_id: str, camera: str, kind: str, label: str) -> None:
        self._of_kind.setdefault((kind, label), []).append((incident_id, camera))
        self._parts[incident_id] = []

    def _extend(self, part: IncidentPart, kind: str, label: str) -> None:
        self._parts[part.incident_id].append(part)
        key = (part.video_sha256, kind, label, part.people, part.t_start, part.t_end)
        self._seen.add(key)

    def _near(self, part: IncidentPart, new: IncidentPart, where: str, camera: str) -> bool:
        if part.video_sha256 == new.video_sha256:
            return part.t_start <= new.t_end + self.gap_s and new.t_start <= part.t_end + self.gap_s
        times = [_time(t) for t in (part.wall_start, part.wall_end, new.wall_start, new.wall_end)]
        if where != camera or None in times:
            return False
        start, end, new_start, new_end = (time for time in times if time is not None)
        gap = timedelta(seconds=self.gap_s)
        return start <= new_end + gap and new_start <= end + gap


def _label(incident: Incident) -> str:
    return incident.label if incident.kind == "expression" else ""


def _contradict(some: Iterable[str], others: Iterable[str]) -> bool:
    """Whether two lists of people are of two incidents; nobody known contradicts nobody."""
    one, other = set(some), set(others)
    return bool(one and other and not one & other)


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
