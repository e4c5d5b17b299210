"""Rules of alerts: which events are told, and through which channels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from analyzer.alerts.incidents import Occurrence
from analyzer.config_alerts import AlertSettings
from analyzer.store.alert_records import TellableEvent
from analyzer.weekly import Schedule, holds, parse_schedule

_ANY = "*"


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of the settings; those of the camera file come on top."""

    settings: AlertSettings
    schedule: Schedule
    quiet: Schedule

    @classmethod
    def of(cls, settings: AlertSettings) -> Rules:
        """Return the rules of ``settings``; ConfigError for a schedule that is none."""
        return cls(
            settings,
            parse_schedule(settings.schedule, "alerts.schedule"),
            parse_schedule(settings.quiet, "alerts.quiet"),
        )

    def wants(self, event: TellableEvent) -> bool:
        """Whether level and kind of ``event`` are told, whoever takes part."""
        wanted = self.settings
        return event.level in wanted.levels and _named(event.kind, wanted.kinds)

    def tells(self, occurrence: Occurrence) -> bool:
        """Whether ``occurrence`` is told: its camera, its people, and its time.

        Where no clock tells the time of a recording, it is told whatever the schedules say: told
        for nothing rather than lost.
        """
        event, video = occurrence.event, occurrence.video
        if not _named(video.name, self.settings.cameras):
            return False
        if event.kind == "person" and not _any_named(event.people, self.settings.people):
            return False
        wall = video.wall(event.t_start)
        if wall is None:
            return True
        own = () if video.camera is None else video.camera.times
        moment = datetime.fromisoformat(wall)
        return all(holds(times, moment) for times in (self.schedule, own) if times)

    def silent(self, local: datetime) -> bool:
        """Whether nothing is sent at ``local``, by the clock of this machine."""
        return holds(self.quiet, local)


def _named(name: str, names: Iterable[str]) -> bool:
    return _any_named((name,), names)


def _any_named(some: Iterable[str], names: Iterable[str]) -> bool:
    wanted = set(names)
    return _ANY in wanted or bool(wanted & set(some))
