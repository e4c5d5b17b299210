"""Incidents of a case and the deliveries of their messages, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from analyzer.store.alert_records import (
    STATES,
    ChannelState,
    Delivery,
    DeliveryState,
    Incident,
    IncidentPart,
    Participant,
    TellableEvent,
)
from analyzer.store.case import Case
from analyzer.store.codec.columns import Column, Columns
from analyzer.store.codec.values import Row, as_json, grouped, texts_of
from analyzer.store.reader import CaseReader
from analyzer.store.transaction import Transaction

_TEXTS = Column(lambda texts: as_json(list(texts)), texts_of)

_EVENT = Columns(TellableEvent, elsewhere=("who",))
_INCIDENT = Columns(Incident, people=_TEXTS, who=_TEXTS, tracks=_TEXTS)
_PART = Columns(IncidentPart, people=_TEXTS)
_DELIVERY = Columns(Delivery)
_CHANNEL = Columns(ChannelState)


def tellable_events(reader: CaseReader, levels: Sequence[str]) -> list[TellableEvent]:
    """Return the events of ``levels``, by video and time.

    A candidate that reviewers rejected is *below*, as everywhere.
    """
    told = f"({', '.join('?' for _ in levels)})"
    who = grouped(reader.select(_WHO.format(levels=told), levels), "event_id")
    return [
        _EVENT.value(row, who=tuple(map(_participant, who.get(row["event_id"], ()))))
        for row in reader.select(_EVENTS.format(levels=told), levels)
    ]


def _participant(row: Row) -> Participant:
    return Participant(f"T{row['number']}", row["person"], row["status"])


_LEVEL = """CASE WHEN e.kind = 'person' AND w.status = 'rejected' THEN 'below'
     ELSE COALESCE(e.level, 'to check') END"""
_EVENTS = f"""
SELECT e.id AS event_id, e.video_sha256, e.kind, e.label, e.score, e.t_start, e.t_end, e.t_peak,
       {_LEVEL} AS level
FROM events e LEFT JOIN track_people w ON w.track_id = e.track_id
WHERE {_LEVEL} IN {{levels}} ORDER BY e.video_sha256, e.t_start, e.number
"""
# Earlier versions kept no more than one track of an event.
_WHO = """
SELECT e.id AS event_id, t.number, w.person, w.status
FROM events e LEFT JOIN event_tracks o ON o.event_id = e.id
JOIN tracks t ON t.id = COALESCE(o.track_id, e.track_id)
JOIN track_people w ON w.track_id = t.id
WHERE COALESCE(e.level, 'to check') IN {levels} OR e.kind = 'person'
ORDER BY e.id, o.position
"""


def incidents_in(reader: CaseReader, newest: int | None = None) -> list[Incident]:
    """Return the incidents of the case, the last found first; the ``newest`` so many."""
    limit = "" if newest is None else f" LIMIT {int(newest)}"
    rows = reader.rows("incidents", order=f"found_at DESC, id{limit}")
    return list(map(_INCIDENT.value, rows))


def incident_of(reader: CaseReader, incident_id: str) -> Incident | None:
    """Return one incident."""
    rows = reader.rows("incidents", "id = ?", [incident_id])
    return next(map(_INCIDENT.value, rows), None)


def incident_parts(reader: CaseReader) -> list[IncidentPart]:
    """Return the stretches of all incidents."""
    return list(map(_PART.value, reader.rows("incident_parts")))


def deliveries_in(
    reader: CaseReader, states: Sequence[DeliveryState] = STATES, channel: str | None = None
) -> list[Delivery]:
    """Return the deliveries in any of ``states``, of one channel or of all, as they were made."""
    where = f"state IN ({', '.join('?' for _ in states)})"
    values: list[Any] = list(states)
    if channel is not None:
        where, values = f"{where} AND channel = ?", [*values, channel]
    return list(
        map(_DELIVERY.value, reader.rows("deliveries", where, values, order="created_at, rowid"))
    )


def delivery_counts(reader: CaseReader) -> dict[str, int]:
    """Return how many messages are in each state, those of ``STATES`` that there are."""
    return {row["state"]: int(row["count"]) for row in reader.select(_COUNTS)}


_COUNTS = "SELECT state, count(*) AS count FROM deliveries GROUP BY state ORDER BY state"


def sent_since(reader: CaseReader, channel: str, moment: str) -> int:
    """Return how many messages went through ``channel`` after ``moment``, ISO 8601 UTC."""
    (row,) = reader.select(_SENT, [channel, moment])
    return int(row["count"])


_SENT = """
SELECT count(*) AS count FROM deliveries WHERE channel = ? AND state = 'sent' AND sent_at > ?
"""


def told_in(reader: CaseReader, summary_id: str) -> list[Incident]:
    """Return the incidents that a summary tells, by time of their finding."""
    return list(map(_INCIDENT.value, reader.select(_TOLD, [summary_id])))


_TOLD = """
SELECT i.* FROM deliveries d JOIN incidents i ON i.id = d.incident_id
WHERE d.summary_id = ? ORDER BY i.found_at, i.id
"""


def channel_states(reader: CaseReader) -> dict[str, ChannelState]:
    """Return how each channel fares that was ever tried, by name."""
    return {row["channel"]: _CHANNEL.value(row) for row in reader.rows("alert_channels")}


def record_incidents(
    case: Case,
    incidents: Sequence[Incident],
    parts: Sequence[IncidentPart],
    deliveries: Sequence[Delivery],
) -> None:
    """Record new ``incidents`` with their ``deliveries``, and ``parts`` of new and known ones."""
    new = [incident.id for incident in incidents]
    with case.record("incidents found", {"new": new, "parts": len(parts)}) as tx:
        for incident in incidents:
            _put(tx, "incidents", "id", _INCIDENT.row(incident))
        for part in parts:
            _put(tx, "incident_parts", "incident_id, video_sha256, t_start", _PART.row(part))
        for key in dict.fromkeys([*new, *(part.incident_id for part in parts)]):
            tx.seal("incident", key)
        _put_deliveries(tx, deliveries)


def record_deliveries(
    case: Case,
    action: str,
    deliveries: Sequence[Delivery],
    channel: ChannelState | None = None,
) -> None:
    """Write ``deliveries`` as they are now, called ``action`` in the audit log.

    With ``channel``, how that one fares is written too.
    """
    told = [{"id": d.id, "channel": d.channel, "state": d.state} for d in deliveries]
    with case.record(action, {"deliveries": told}) as tx:
        _put_deliveries(tx, deliveries)
        if channel is not None:
            _put(tx, "alert_channels", "channel", _CHANNEL.row(channel))


def _put_deliveries(tx: Transaction, deliveries: Iterable[Delivery]) -> None:
    for delivery in deliveries:
        _put(tx, "deliveries", "id", _DELIVERY.row(delivery))
        tx.seal("delivery", delivery.id)


def _put(tx: Transaction, table: str, keys: str, row: Row) -> None:
    """Insert ``row``, or update the one that has the same values in ``keys``."""
    columns = ", ".join(row)
    marks = ", ".join(f":{column}" for column in row)
    news = ", ".join(f"{column} = excluded.{column}" for column in row)
    tx.db.execute(
        f"INSERT INTO {table} ({columns}) VALUES ({marks}) "
        f"ON CONFLICT ({keys}) DO UPDATE SET {news}",
        row,
    )
