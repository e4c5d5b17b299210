"""Clocks of a recording: what each says of the time of its pictures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ClockSource = Literal["camera file", "burnt-in", "frame dates", "name", "folder", "container"]


@dataclass(frozen=True, slots=True)
class ClockPiece:
    """A clock from ``t`` seconds on: it shows ``wall`` there and runs ``rate`` seconds a second."""

    t: float
    wall: datetime
    rate: float = 1.0


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a recording, by the digits that it shows.

    ``pieces``, at least one and in order of time, are what it shows; a new one begins where it
    jumps. ``zone`` is "UTC", an offset such as "+02:00", a name of the IANA, or None where nothing
    tells it. ``drift`` is what it gains a minute on the times of the file, in seconds, None where
    it was not measured; ``trust`` is in [0, 1]. ``told`` says in words where it was found,
    ``basis`` by how much was read how exactly, ``notes`` what is doubtful or remarkable, ``camera``
    the name of the camera beside it.
    """

    source: ClockSource
    told: str
    pieces: tuple[ClockPiece, ...]
    zone: str | None = None
    drift: float | None = None
    trust: float = 0.5
    notes: tuple[str, ...] = ()
    camera: str | None = None
    basis: str | None = None

    @property
    def start(self) -> datetime:
        """What it shows at the first picture."""
        return self.at(0.0)

    def at(self, t: float) -> datetime:
        """Return what the clock on the wall shows at ``t`` seconds, without a zone.

        A clock of one piece in a zone of the IANA follows its rules: it is set at daylight saving.
        One with several pieces shows what was seen.
        """
        piece = next((p for p in reversed(self.pieces) if p.t <= t), self.pieces[0])
        passed = timedelta(milliseconds=round((t - piece.t) * piece.rate * 1000))
        if len(self.pieces) > 1 or self.zone is None or "/" not in self.zone:
            return piece.wall + passed
        place = zone_of(self.zone)
        moment = piece.wall.replace(tzinfo=place).astimezone(UTC) + passed
        return moment.astimezone(place).replace(tzinfo=None)

    def utc(self, t: float) -> datetime | None:
        """Return ``at(t)`` in UTC, with that zone; None where the clock's zone is unknown."""
        if self.zone is None:
            return None
        return self.at(t).replace(tzinfo=zone_of(self.zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class JudgedClock:
    """A clock of a recording, whether it is the one used, and what contradicts that.

    ``offset_s`` is by how much it is ahead of the one used, None without one.
    """

    clock: Clock
    used: bool
    offset_s: float | None
    contradiction: str | None


def used_clock(clocks: Iterable[JudgedClock]) -> Clock | None:
    """Return the clock that tells the time of the pictures; None where none does."""
    return next((judged.clock for judged in clocks if judged.used), None)


def wall_text(clock: Clock | None, t: float) -> str | None:
    """Return the wall time at ``t`` seconds as tables hold it, to the millisecond; None unknown."""
    return None if clock is None else clock.at(t).isoformat(timespec="milliseconds")


def daylight_saving(clock: Clock, duration_s: float) -> list[float]:
    """Return the seconds at which the wall clock is set for daylight saving, within a second."""
    if len(clock.pieces) > 1 or clock.zone is None or "/" not in clock.zone:
        return []
    rate = clock.pieces[0].rate

    def lead(t: float) -> datetime:
        return clock.at(t) - timedelta(milliseconds=round(t * rate * 1000))

    found = []
    edges = [min(k * _HOUR_S, duration_s) for k in range(int(duration_s / _HOUR_S) + 2)]
    for low, high in pairwise(edges):
        if lead(low) == lead(high):
            continue
        before = lead(low)
        while high - low > _EXACT_S:
            middle = (low + high) / 2
            low, high = (middle, high) if lead(middle) == before else (low, middle)
        found.append(round(high, 3))
    return found


def seconds_at(clock: Clock, moment: datetime, duration_s: float, latest: bool) -> float:
    """Return at how many seconds ``clock`` shows ``moment``, without a zone.

    Where it shows it twice (it was set back) that is the first time, or the ``latest``; where it
    never does (it was set forward) the jump. Before the first frame it is negative.
    """
    edges = {piece.t for piece in clock.pieces if 0 < piece.t < duration_s}
    starts = [0.0, *sorted(edges | set(daylight_saving(clock, duration_s)))]
    found, passed = [], []
    for start, end in zip(starts, [*starts[1:], duration_s], strict=True):
        rate = next((p.rate for p in reversed(clock.pieces) if p.t <= start), 1.0)
        t = start + (moment - clock.at(start)).total_seconds() / rate
        if (t >= start or start == 0.0) and (t < end or end == duration_s):
            found.append(t)
        elif t < start:
            passed.append(start)
    if not found:
        return min(passed, default=duration_s)
    return max(found) if latest else min(found)


_HOUR_S = 3600.0
_EXACT_S = 0.001


def zone_of(text: str) -> timezone | ZoneInfo:
    """Return the zone "UTC", "+02:00" or of the IANA's name; ValueError for none."""
    if text == "UTC":
        return UTC
    if text[:1] in "+-":
        hours, _, minutes = text[1:].partition(":")
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return timezone(-offset if text[0] == "-" else offset)
    try:
        return ZoneInfo(text)
    except ZoneInfoNotFoundError as error:
        raise ValueError(f"no time zone {text!r}") from error
