"""Text of a message: camera, place, time as stored and corrected, what, how sure, and a link.

Words are those of the report: an event is something worth a look, a candidate a suggestion.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from analyzer.report import formatting
from analyzer.report.model import EventView, page_of
from analyzer.report.sentences import count, listed, plain, what_happens
from analyzer.store.alert_records import Incident

_LISTED: Final = 20
"""Largest number of incidents that a summary lists one by one."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``id`` is the same whenever it is sent; ``still`` a JPEG, or None.

    ``facts`` are what a command gets beside the text, by name.
    """

    id: str
    title: str
    text: str
    still: bytes | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of moments: below ``base`` (`analyzer serve`), else in the files of the report."""

    case: Path
    base: str = ""

    def to(self, incident: Incident) -> str:
        """Return the address of the moment at which ``incident`` begins."""
        at = f"t={incident.t_start:.3f}"
        place = f"track={incident.tracks[0]}&{at}" if incident.tracks else at
        page = page_of(incident.video_sha256)
        if self.base:
            return f"{self.base.rstrip('/')}/{page}#{place}"
        return f"{(self.case.resolve() / 'report' / page).as_uri()}#{place}"


def incident_message(
    key: str, incident: Incident, links: Links, notes: Sequence[str] = ()
) -> Message:
    """Return the message ``key`` of one incident, without a picture; ``notes`` end its text."""
    title = f"{incident.level.capitalize()}: {headline(incident)}, {incident.camera}"
    link = links.to(incident)
    lines = [
        f"What: {_what(incident)}",
        f"Camera: {incident.camera}",
        *([f"Place: {incident.place}"] if incident.place else []),
        *_times(incident),
        f"How sure: {_how_sure(incident)}",
        f"Recording: {incident.path or 'path not known'}, from "
        f"{formatting.video_time(incident.t_start)} to {formatting.video_time(incident.t_end)}",
        f"SHA-256: {incident.video_sha256}",
        f"Page: {link}",
        f"Message: {key}",
        *notes,
        "Found by a program; a person has to look at it.",
    ]
    facts = {
        "id": key, "title": title, "camera": incident.camera, "place": incident.place or "",
        "kind": incident.kind, "level": incident.level, "score": f"{incident.score:.4f}",
        "time": incident.wall_start or "", "link": link,
    }  # fmt: skip
    return Message(key, title, "\n".join([title, *lines, ""]), facts=facts)


def summary_message(key: str, incidents: Sequence[Incident], links: Links, why: str) -> Message:
    """Return the message ``key`` that tells together what was held back, and ``why`` it was."""
    cameras = Counter(incident.camera for incident in incidents)
    title = f"{count(len(incidents), 'incident')} held back at {count(len(cameras), 'camera')}"
    lines = [f"Held back: {why}"]
    lines += [
        f"{camera}: {count(number, 'incident')}" for camera, number in sorted(cameras.items())
    ]
    for incident in incidents[:_LISTED]:
        when = _moment(incident.wall_start) or formatting.video_time(incident.t_start)
        told = f"{incident.level.capitalize()}: {headline(incident)}"
        lines.append(f"- {when}, {incident.camera}: {told}. {links.to(incident)}")
    if len(incidents) > _LISTED:
        lines.append(f"- and {len(incidents) - _LISTED} more; see the case")
    lines += [f"Message: {key}", "Found by a program; a person has to look at each."]
    facts = {"id": key, "title": title, "kind": "summary", "incidents": str(len(incidents))}
    return Message(key, title, "\n".join([title, *lines, ""]), facts=facts)


def probe_message(key: str) -> Message:
    """Return a message that says only that messages arrive."""
    title = "Test message of analyzer"
    text = f"{title}\nMessages through this channel arrive.\nMessage: {key}\n"
    return Message(key, title, text, facts={"id": key, "title": title, "kind": "test"})


_HEADLINES: Final = {
    "falling": "apparent fall",
    "fighting": "apparent fight",
    "running": "apparent running",
    "loitering": "somebody in view for long",
}


def headline(incident: Incident) -> str:
    """Return in few words what an incident is: "apparent fall", "candidate Anna in view"."""
    return _HEADLINES.get(incident.kind, incident.label)


def _what(incident: Incident) -> str:
    """Return the sentence of the report: "T2 moves as in a fall.", how long, and the label."""
    event = EventView(
        incident.id, 0, incident.kind, incident.label, incident.t_start, incident.t_end,
        incident.t_peak, incident.score, incident.level, incident.tracks, None,
    )  # fmt: skip
    told = plain(what_happens(event, listed(incident.who)))
    return f"{told[:1].upper()}{told[1:]}, for {formatting.duration(_seconds(incident))} so far"


def _seconds(incident: Incident) -> float:
    return incident.t_end - incident.t_start


def _times(incident: Incident) -> list[str]:
    """Return when it was, by the clock that counts, and as stored where that was corrected."""
    start, end = _moment(incident.wall_start), _moment(incident.wall_end)
    if start is None or end is None:
        return ["Time: clock unknown"]
    end = end[11:] if end[:10] == start[:10] else end
    lines = [f"Time: {start} to {end} ({incident.clock})"]
    stored = _moment(incident.stored_start)
    if stored is not None:
        lines.append(f"Time as stored: {stored} ({incident.stored_clock})")
    return lines


def _moment(iso: str | None) -> str | None:
    return None if iso is None else iso.replace("T", " ")


_MEASURED: Final = {
    "alarm": "of events with such a score nine in ten were right where it was measured",
    "to check": "of events with such a score every second was right where it was measured",
    "below": "not measured, or right less often than every second time",
}


def _how_sure(incident: Incident) -> str:
    """Return the level, the score and what they mean; no more than was measured."""
    likely = formatting.likely(incident.score)
    match incident.kind:
        case "person" if incident.label.endswith("confirmed"):
            return f"{incident.level}; confirmed by reviewers"
        case "person":
            return (
                f"{incident.level}, calibrated probability {likely}: a candidate, to be confirmed"
            )
        case "loitering":
            return f"{incident.level}; a length of stay has no probability"
        case "expression":
            return (
                f"{incident.level}, mean probability {likely} by the model, not measured on footage"
            )
        case _:
            return f"{incident.level}, score {likely}: {_MEASURED[incident.level]}"
