"""Search of a case for incidents that were not told yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from analyzer.alerts.incidents import KnownIncidents, Occurrence
from analyzer.alerts.rules import Rules
from analyzer.alerts.videos import AlertVideos
from analyzer.store.alert_records import Delivery, Incident, IncidentPart
from analyzer.store.deliveries import incident_parts, incidents_in, tellable_events
from analyzer.store.reader import CaseReader


@dataclass(frozen=True, slots=True)
class Found:
    """New incidents with a delivery per channel, and new parts of them and of known ones.

    ``notes`` name what a camera asks for and cannot have.
    """

    incidents: tuple[Incident, ...]
    parts: tuple[IncidentPart, ...]
    deliveries: tuple[Delivery, ...]
    notes: tuple[str, ...]


def find_incidents(
    reader: CaseReader, rules: Rules, channels: Sequence[str], found_at: str
) -> Found:
    """Return what the events of a case add to its incidents; nothing is written.

    ``channels`` are the names of all; ``found_at`` is now, ISO 8601 UTC.
    """
    known = KnownIncidents.of(
        incidents_in(reader), incident_parts(reader), rules.settings.incident_s
    )
    incidents, parts, deliveries = list[Incident](), list[IncidentPart](), list[Delivery]()
    notes: dict[str, None] = {}
    for occurrence in _occurrences(reader, rules, known):
        key = known.match(occurrence)
        if key is None:
            incident = occurrence.incident(found_at)
            incidents.append(incident)
            key = incident.id
            named, missing = _channels(occurrence, channels)
            notes |= dict.fromkeys(missing)
            deliveries += [_delivery(incident, name) for name in named]
        parts.append(known.add(occurrence, key))
    times = {one.id: (one.wall_start or "", one.video_sha256, one.t_start) for one in incidents}
    deliveries.sort(key=lambda row: times[row.incident_id or ""])
    return Found(tuple(incidents), tuple(parts), tuple(deliveries), tuple(notes))


def _occurrences(reader: CaseReader, rules: Rules, known: KnownIncidents) -> Iterator[Occurrence]:
    """Yield what is told and not known yet, by time within each video."""
    videos = AlertVideos.of(reader)
    for event in tellable_events(reader, rules.settings.levels):
        if known.has(event) or not rules.wants(event):
            continue
        if event.kind == "person" and event.who and event.who[0].status == "confirmed":
            event = replace(event, label=f"{event.who[0].person} in view, confirmed")
        occurrence = Occurrence(event, videos[event.video_sha256])
        if rules.tells(occurrence):
            yield occurrence


def _channels(occurrence: Occurrence, channels: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the channels of a camera, all where it names none, and notes on unknown ones."""
    camera = occurrence.video.camera
    if camera is None or not camera.channels:
        return list(channels), []
    notes = [
        f"camera {camera.name}: notify names no channel {name!r}"
        for name in camera.channels
        if name not in channels
    ]
    return [name for name in camera.channels if name in channels], notes


def _delivery(incident: Incident, channel: str) -> Delivery:
    return Delivery(f"{incident.id}.{channel}", incident.id, channel, "pending", incident.found_at)
