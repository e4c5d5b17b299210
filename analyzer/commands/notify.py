"""Use cases of `analyzer notify`: messages about the events of a case, now or as they come."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer.alerts.channels import Channel, ChannelError, channels_of
from analyzer.alerts.delivery import DeliveryReport, deliver_due, iso, now_utc
from analyzer.alerts.finding import find_incidents
from analyzer.alerts.message import Links, Message, incident_message, probe_message
from analyzer.alerts.rules import Rules
from analyzer.config import load_settings, overlay_settings
from analyzer.config_alerts import AlertSettings
from analyzer.custody.manifest import renew_manifest
from analyzer.errors import CaseBusyError, CaseError, ConfigError
from analyzer.pipeline.run_record import last_run
from analyzer.store import audit
from analyzer.store.alert_records import Incident
from analyzer.store.case import Case
from analyzer.store.deliveries import deliveries_in, incidents_in
from analyzer.store.reader import CaseReader


@dataclass(frozen=True, slots=True)
class Preview:
    """A message that would be sent, and through which channel."""

    channel: str
    message: Message


def alert_settings(folder: Path, config: Path | None) -> AlertSettings:
    """Return the rules of the last run of the case, overlaid by ``config``, with its channels.

    Raises ConfigError where there are no channels: a case keeps none.
    """
    with CaseReader(folder) as reader:
        settings = overlay_settings(last_run(reader).settings, config).alerts
    return _require_channels(settings, config)


def notify_case(folder: Path, settings: AlertSettings) -> DeliveryReport:
    """Send what is due in the case at ``folder``; CaseError where it cannot be written."""
    return _deliver(folder, settings, channels_of(settings, os.environ))


def preview(folder: Path, settings: AlertSettings) -> tuple[Preview, ...]:
    """Return what would be sent, oldest first; nothing is sent or written, limits are left aside.

    Needs no secrets. Raises CaseError for what is no case.
    """
    links, names = Links(folder, settings.link), tuple(settings.channels)
    with CaseReader(folder) as reader:
        found = find_incidents(reader, Rules.of(settings), names, iso(now_utc()))
        known = {one.id: one for one in (*incidents_in(reader), *found.incidents)}
        waiting = (*deliveries_in(reader, ("pending", "sending", "held")), *found.deliveries)
    told = [(row, known[row.incident_id]) for row in waiting if row.incident_id in known]
    return tuple(
        Preview(row.channel, incident_message(row.id, incident, links))
        for row, incident in sorted(told, key=lambda pair: _when(pair[1]))
    )


def follow(
    folder: Path, settings: AlertSettings, wait: Callable[[float], bool], pause_s: float = 5.0
) -> Iterator[DeliveryReport | str]:
    """Send what is due, again and again, until ``wait``, given seconds, returns True.

    Yields a report for each time something was done, and a line when another analyzer begins to
    write the case: what is due then is sent when it has ended.
    """
    channels = channels_of(settings, os.environ)
    seen, busy = -1, False
    while True:
        entries, is_open = _state(folder)
        if entries != seen or is_open:
            try:
                report = _deliver(folder, settings, channels)
                seen, _ = _state(folder)
                if report.did_something or report.notes:
                    yield report
                busy = False
            except CaseBusyError as error:
                if not busy:
                    yield f"messages wait: {error}"
                busy = True
        if wait(pause_s):
            return


def send_test(config: Path | None, names: Sequence[str]) -> dict[str, str | None]:
    """Send a test message through each channel, or those of ``names``; why it failed, by name.

    Raises ConfigError for unknown names and wrong addresses, before anything is sent.
    """
    settings = _require_channels(load_settings(config).alerts, config)
    channels = channels_of(settings, os.environ, names or None)
    return {name: _tried(channel) for name, channel in channels.items()}


def _tried(channel: Channel) -> str | None:
    try:
        channel.send(probe_message(f"test-{uuid.uuid4().hex[:16]}"))
    except ChannelError as error:
        return str(error)
    return None


def _require_channels(settings: AlertSettings, config: Path | None) -> AlertSettings:
    if settings.channels:
        return settings
    where = f"{config} has none" if config else "a case keeps none"
    raise ConfigError(
        f"no channels: {where}; give --config with a section [alerts.channels], see docs/alerts.md"
    )


def _deliver(folder: Path, settings: AlertSettings, channels: dict[str, Channel]) -> DeliveryReport:
    with Case.open(folder, create=False, check=False) as case:
        before = _entries(case)
        report = deliver_due(case, settings, channels)
        if _entries(case) != before:
            try:
                renew_manifest(case)
            except CaseError as error:
                # What was sent is in the audit log; only the list of products is older than it.
                report.notes.append(f"the manifest was not renewed: {error}")
    return report


def _entries(case: Case) -> int:
    with case.reader() as reader:
        return audit.count(reader.db)


def _state(folder: Path) -> tuple[int, bool]:
    """Return how many entries the audit log has, and whether messages wait."""
    with CaseReader(folder) as reader:
        waiting = deliveries_in(reader, ("pending", "sending", "held"))
        return audit.count(reader.db), bool(waiting)


def _when(incident: Incident) -> tuple[str, str, float]:
    return incident.wall_start or "", incident.video_sha256, incident.t_start
