"""Wall clock times of statements, as far as a clock of the recording tells them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from analyzer.store.places import Places
from analyzer.store.reader import CaseReader

MILLISECONDS = "milliseconds"


@dataclass(frozen=True, slots=True)
class WallMoment:
    """A moment by the clock that counts: ISO 8601 ``text``, and what it rests on in words.

    Without a known zone ``text`` has none: the digits are those that the clock shows.
    """

    text: str
    clock: str


class WallTimes:
    """Wall clock times of the videos of a case; nothing is made up where no clock tells any."""

    def __init__(
        self, reader: CaseReader, assumed: datetime | None = None, zone: ZoneInfo | None = None
    ) -> None:
        """``assumed`` is when recordings without a clock begin; ``zone`` of clocks without one."""
        self._reader = reader
        self._places = Places(reader)
        self._assumed = assumed
        self._zone = zone

    def at(self, video: str, t: float) -> WallMoment | None:
        """Return the moment ``t`` seconds after the first picture; None where no clock tells it."""
        clock = self._places.of(video).clock
        if clock is None:
            return self._without_clock(video, t)
        utc = clock.utc(t)
        if utc is not None:
            return WallMoment(utc.isoformat(timespec=MILLISECONDS), clock.source)
        return self._told(clock.at(t), clock.source)

    def _without_clock(self, video: str, t: float) -> WallMoment | None:
        """Count from the start that a case of an earlier version stored, else the assumed one."""
        stored = self._reader.wall_start(video)
        start = stored or self._assumed
        if start is None:
            return None
        source = "stored start" if stored else "assumed start"
        passed = timedelta(milliseconds=round(t * 1000))
        if self._zone is None or start.tzinfo is not None:
            return self._told(start + passed, source)
        # Seconds pass in UTC: the digits jump where daylight saving begins or ends.
        begun = start.replace(tzinfo=self._zone).astimezone(UTC)
        moment = (begun + passed).astimezone(self._zone)
        return WallMoment(moment.isoformat(timespec=MILLISECONDS), f"{source}, zone assumed")

    def _told(self, moment: datetime, source: str) -> WallMoment:
        if self._zone is None or moment.tzinfo is not None:
            known = source if moment.tzinfo is not None else f"{source}, zone unknown"
            return WallMoment(moment.isoformat(timespec=MILLISECONDS), known)
        text = moment.replace(tzinfo=self._zone).isoformat(timespec=MILLISECONDS)
        return WallMoment(text, f"{source}, zone assumed")
