"""Delivery of messages: each incident once through each channel, late rather than lost.

A message is claimed in the database, sent, and marked, each in a transaction of its own. Who is
killed before the claim sends it next time; who is killed after it leaves it *sending*. Nobody can
know then whether it went out, so it is sent again with the same id, by which the receiver can drop
the second copy: late or twice, never lost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from analyzer.alerts.channels import Channel, ChannelError
from analyzer.alerts.finding import find_incidents
from analyzer.alerts.message import Links, Message, incident_message, summary_message
from analyzer.alerts.rules import Rules
from analyzer.alerts.still import still_of
from analyzer.config_alerts import AlertSettings
from analyzer.report.media import OpenedSources
from analyzer.store.alert_records import ChannelState, Delivery
from analyzer.store.case import Case
from analyzer.store.deliveries import (
    channel_states,
    deliveries_in,
    incident_of,
    record_deliveries,
    record_incidents,
    sent_since,
    told_in,
)

_HOUR: Final = timedelta(hours=1)
_FIRST_PAUSE_S: Final = 15.0
_MOST_PAUSE_S: Final = 3600.0

QUIET: Final = "quiet hours"
INTERRUPTED: Final = "interrupted while it was sent; sent again with the same id"


@dataclass(slots=True)
class DeliveryReport:
    """What one call did: ``found`` new incidents, ``sent``, ``failed`` and ``held`` messages.

    ``waiting`` messages are still to be sent, now or later; ``notes`` are lines for a person, with
    nothing secret.
    """

    found: int = 0
    sent: int = 0
    failed: int = 0
    held: int = 0
    waiting: int = 0
    notes: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return asdict(self)

    @property
    def did_something(self) -> bool:
        """Whether anything was written into the case."""
        return bool(self.found or self.sent or self.failed or self.held)


def now_utc() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)


def deliver_due(
    case: Case,
    settings: AlertSettings,
    channels: Mapping[str, Channel],
    clock: Callable[[], datetime] = now_utc,
) -> DeliveryReport:
    """Send what is due in ``case``: new incidents, and what waits from before.

    Returns within about ``timeout_s`` per channel that does not answer, and is not tried again for
    a while then. Only the thread that opened ``case`` may call it. Raises CaseError where the case
    cannot be written.
    """
    report = DeliveryReport()
    if not channels:
        return report
    rules = Rules.of(settings)
    with case.reader() as reader:
        found = find_incidents(reader, rules, tuple(channels), iso(clock()))
    if found.parts:
        record_incidents(case, found.incidents, found.parts, found.deliveries)
    report.found = len(found.incidents)
    report.notes += found.notes
    sources = OpenedSources()
    for name, channel in channels.items():
        _Outbox(case, rules, name, channel, clock, report, sources).empty()
    with case.reader() as reader:
        open_states = deliveries_in(reader, ("pending", "sending", "held"))
    report.waiting = len(open_states)
    return report


@dataclass(slots=True)
class _Outbox:
    """The messages of one channel."""

    case: Case
    rules: Rules
    name: str
    channel: Channel
    clock: Callable[[], datetime]
    report: DeliveryReport
    sources: OpenedSources

    def empty(self) -> None:
        """Send what may be sent now, oldest first, and hold the rest back."""
        self._recover()
        waiting = self._rows("pending")
        if self.rules.silent(self.clock().astimezone()):
            self._hold(waiting, QUIET)
            return
        state = self._state()
        if state.next_at is not None and state.next_at > iso(self.clock()):
            return
        self._give_up(waiting)
        self._release()
        self._send_all()

    def _recover(self) -> None:
        """Take back what was claimed and never marked."""
        rows = [replace(row, state="pending", reason=INTERRUPTED) for row in self._rows("sending")]
        if rows:
            record_deliveries(self.case, "messages interrupted", rows)

    def _give_up(self, waiting: Iterable[Delivery]) -> None:
        oldest = iso(self.clock() - timedelta(hours=self.rules.settings.give_up_h))
        rows = [replace(r, state="failed") for r in waiting if r.attempts and r.created_at < oldest]
        if rows:
            record_deliveries(self.case, "messages given up", rows)
            self.report.notes += [f"{row.channel}: given up: {row.reason}" for row in rows]

    def _release(self) -> None:
        """Let what was held back go, as far as the limit allows: several in one summary."""
        held = self._rows("held")
        if not held or self._room() <= 0:
            return
        if len(held) == 1:
            record_deliveries(self.case, "messages released", [replace(held[0], state="pending")])
            return
        digest = hashlib.sha256("\n".join(row.id for row in held).encode()).hexdigest()[:16]
        why = ", ".join(dict.fromkeys(row.reason or "" for row in held))
        summary = Delivery(
            f"summary-{digest}.{self.name}", None, self.name, "pending", iso(self.clock()), why
        )
        told = [replace(row, state="told together", summary_id=summary.id) for row in held]
        record_deliveries(self.case, "messages told together", [summary, *told])

    def _send_all(self) -> None:
        now, room, through = iso(self.clock()), self._room(), False
        due = [row for row in self._rows("pending") if row.next_at is None or row.next_at <= now]
        # What was never tried comes first: one message that a service refuses delays no other.
        due.sort(key=lambda row: (row.attempts, row.created_at))
        for place, row in enumerate(due):
            if room <= 0:
                limit = self.rules.settings.per_hour
                self._hold(due[place:], f"more than {limit} messages per hour")
                return
            if self._send(row, through, last=room == 1 and row.incident_id is not None):
                room, through = room - 1, True
            elif not through:
                return

    def _send(self, row: Delivery, through: bool, last: bool) -> bool:
        """Claim, send and mark one message; return whether it went through.

        A failure counts against the channel unless another message went ``through`` just now.
        """
        message = self._message(row, last)
        row = replace(row, state="sending", attempts=row.attempts + 1)
        record_deliveries(self.case, "message claimed", [row])
        try:
            self.channel.send(message)
        except (ChannelError, OSError) as error:
            # An OSError is a full disk or the like: its words may hold a path, its reason does not.
            why = str(error) if isinstance(error, ChannelError) else error.strerror
            self._failed(row, why or type(error).__name__, through)
            return False
        row = replace(row, state="sent", reason=None, next_at=None, sent_at=iso(self.clock()))
        record_deliveries(self.case, "message sent", [row], ChannelState(self.name))
        self.report.sent += 1
        return True

    def _failed(self, row: Delivery, why: str, through: bool) -> None:
        row = replace(row, state="pending", reason=why, next_at=self._later(row.attempts))
        state = None
        if not through:
            failures = self._state().failures + 1
            state = ChannelState(self.name, failures, self._later(failures), why)
        record_deliveries(self.case, "message failed", [row], state)
        self.report.failed += 1
        self.report.notes.append(f"{self.name}: {why}")

    def _hold(self, rows: Sequence[Delivery], why: str) -> None:
        """Hold back what was never tried; what was tried may be known to the receiver already."""
        fresh = (row for row in rows if row.incident_id is not None and not row.attempts)
        held = [replace(row, state="held", reason=why) for row in fresh]
        if held:
            record_deliveries(self.case, "messages held back", held)
            self.report.held += len(held)

    def _message(self, row: Delivery, last: bool) -> Message:
        links = Links(self.case.folder, self.rules.settings.link)
        with self.case.reader() as reader:
            if row.incident_id is None:
                return summary_message(row.id, told_in(reader, row.id), links, row.reason or "")
            incident = incident_of(reader, row.incident_id)
            assert incident is not None
            jpeg, line = still_of(reader, incident, self.rules.settings.still, self.sources)
        notes = [line] if line else []
        if last:
            notes.append("The limit per hour is reached: what follows is told together later.")
        return replace(incident_message(row.id, incident, links, notes), still=jpeg)

    def _rows(self, state: Any) -> list[Delivery]:
        with self.case.reader() as reader:
            return deliveries_in(reader, (state,), self.name)

    def _state(self) -> ChannelState:
        with self.case.reader() as reader:
            return channel_states(reader).get(self.name, ChannelState(self.name))

    def _room(self) -> int:
        """Return how many messages may still be sent within the hour that ends now."""
        with self.case.reader() as reader:
            sent = sent_since(reader, self.name, iso(self.clock() - _HOUR))
        return self.rules.settings.per_hour - sent

    def _later(self, failures: int) -> str:
        """Return when to try again: exponential backoff, at most an hour."""
        pause_s = min(_MOST_PAUSE_S, _FIRST_PAUSE_S * 2.0 ** min(failures - 1, 16))
        return iso(self.clock() + timedelta(seconds=pause_s))


def iso(moment: datetime) -> str:
    """Return a moment as the tables hold it: ISO 8601 UTC to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
