"""Clocks in words: how far two are apart, and what may explain it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from analyzer.types import Clock, ClockSource

CALLED: Final[dict[ClockSource, str]] = {
    "camera file": "camera file",
    "burnt-in": "clock in the picture",
    "frame dates": "recorder's frame dates",
    "name": "name",
    "folder": "folder and name",
    "container": "container",
}

UNSET_TRUST: Final = 0.05
"""Trust of a clock that was probably never set."""

AGREE_S: Final = 2.0
"""Up to here two clocks say the same: most are read or written in whole seconds."""

_QUARTER_S: Final = 900.0
_FARTHEST_ZONE_S: Final = 14 * 3600.0
_LATER_S: Final = 60.0
_DAY_S: Final = 86_400.0
_UNITS: Final = (
    (365.25 * _DAY_S, "year"), (7 * _DAY_S, "week"), (_DAY_S, "day"), (3600.0, "hour"),
    (60.0, "minute"),
)  # fmt: skip
_NUMBERS: Final = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
)  # fmt: skip
_EPOCHS: Final = (datetime(1970, 1, 1), datetime(1980, 1, 1), datetime(2000, 1, 1))
"""Where clocks count from that were never set."""

_ROLLED_OVER: Final = datetime(2036, 2, 7, 6, 28, 16)
"""The second at which the time of NTP begins anew: a recorder that got none shows it."""


def amount(seconds: float) -> str:
    """Return a length of time in words, in its largest unit: "five weeks", "12.3 s"."""
    for length, name in _UNITS:
        count = round(abs(seconds) / length)
        if abs(seconds) >= 1.5 * length or (count == 1 and abs(seconds) >= 0.95 * length):
            told = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
            return f"{told} {name}{'s' if count != 1 else ''}"
    return f"{abs(seconds):.1f} s"


def shown(clock: Clock, t: float = 0.0) -> str:
    """Return date, time and zone of a clock at ``t`` seconds: "2024-01-15 12:00:00 UTC"."""
    moment = clock.at(t) + timedelta(milliseconds=1)  # 11:59:59.9995 is shown as 12:00:00
    zone = f" {clock.zone}" if clock.zone else ""
    return f"{moment:%Y-%m-%d %H:%M:%S}{zone}"


def unset(clock: Clock, now: datetime | None = None) -> str | None:
    """Return why a clock was probably never set; None for one that may be right."""
    for epoch in _EPOCHS:
        if timedelta(0) <= clock.start - epoch < timedelta(days=1):
            return f"{clock.start:%Y-%m-%d} is where a clock begins that was never set"
    if abs((clock.start - _ROLLED_OVER).total_seconds()) < _DAY_S:
        return "2036-02-07 06:28:16 is where the time of networks begins anew: no clock was set"
    if now is not None and clock.start > now + timedelta(days=2):
        return "it lies in the future"
    return None


def compared(clock: Clock, used: Clock, duration_s: float) -> str | None:
    """Return in words how ``clock`` contradicts the one that is used; None where they agree."""
    apart = apart_s(clock, used)
    if abs(apart) <= AGREE_S:
        return None
    day = "" if clock.start.date() == used.start.date() else f"{clock.start:%Y-%m-%d} "
    zone = f" {clock.zone}" if clock.zone else ""
    words = (
        f"the {CALLED[used.source]} says {used.start:%H:%M:%S}, the {CALLED[clock.source]} "
        f"{day}{clock.start:%H:%M:%S}{zone}, {amount(apart)} {'later' if apart > 0 else 'earlier'}"
    )
    why = _explained(clock, used, apart, duration_s)
    return f"{words}: {why}" if why else words


def apart_s(clock: Clock, used: Clock) -> float:
    """Return how much later ``clock`` begins: in one zone where both are known, else by digits."""
    own, other = clock.utc(0.0), used.utc(0.0)
    if own is not None and other is not None:
        return (own - other).total_seconds()
    return (clock.start - used.start).total_seconds()


def _explained(clock: Clock, used: Clock, apart: float, duration_s: float) -> str | None:
    never = unset(clock) or (clock.notes[-1] if clock.trust <= UNSET_TRUST else None)
    if never:
        return never
    if abs(apart - duration_s) <= max(AGREE_S, 0.02 * duration_s) and duration_s > AGREE_S:
        return "the moment at which the recording ended"
    known = clock.zone is not None and used.zone is not None
    off = abs(apart - round(apart / _QUARTER_S) * _QUARTER_S)
    if not known and off <= AGREE_S and abs(apart) <= _FARTHEST_ZONE_S:
        return "another time zone would explain it, or a clock not set to daylight saving"
    if clock.source == "container" and apart > max(duration_s, _LATER_S):
        return "probably the time of an export or a copy"
    return None
