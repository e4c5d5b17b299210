"""Weekly schedules: stretches of the week such as ``mon-fri 22:00-06:00``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from analyzer.errors import ConfigError

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MIN: Final = 24 * 60

_FORM: Final = re.compile(
    r"(?P<days>[a-z][a-z,\- ]*)?\s*(?:(?P<start>\d{1,2}:\d\d)\s*-\s*(?P<end>\d{1,2}:\d\d))?"
)


@dataclass(frozen=True, slots=True)
class WeeklySpan:
    """From ``start`` to ``end``, in minutes of the day, of each of ``days`` (0 is Monday).

    Where ``end`` is not after ``start``, it is on the next day.
    """

    days: frozenset[int]
    start: int = 0
    end: int = _DAY_MIN

    def holds(self, moment: datetime) -> bool:
        """Whether ``moment``, by the digits of its own clock, lies in this stretch."""
        day, minute = moment.weekday(), moment.hour * 60 + moment.minute
        if self.start < self.end:
            return day in self.days and self.start <= minute < self.end
        # Over midnight: the evening of a day of ours, or the morning after one.
        evening = day in self.days and minute >= self.start
        return evening or ((day - 1) % 7 in self.days and minute < self.end)


Schedule = tuple[WeeklySpan, ...]


def holds(schedule: Schedule, moment: datetime) -> bool:
    """Whether ``moment`` lies in one of the stretches; nothing lies in an empty schedule."""
    return any(span.holds(moment) for span in schedule)


def parse_schedule(texts: Iterable[str], origin: str) -> Schedule:
    """Return the stretches that ``texts`` name; raises ConfigError, naming ``origin``.

    A text has days (``mon-fri``, ``sat,sun``), times (``22:00-06:00``), or both; without days every
    day is meant, without times the whole day. Times over midnight belong to the day they begin on.
    """
    return tuple(_span(text, origin) for text in texts)


def _span(text: str, origin: str) -> WeeklySpan:
    found = _FORM.fullmatch(text.strip().lower())
    if found is None or not found[0]:
        raise ConfigError(f"{origin}: no stretch of the week: {text!r}; write mon-fri 22:00-06:00")
    days = _days(found["days"] or "mon-sun", text, origin)
    if found["start"] is None:
        return WeeklySpan(days)
    return WeeklySpan(
        days, _minute(found["start"], text, origin), _minute(found["end"], text, origin)
    )


def _days(named: str, text: str, origin: str) -> frozenset[int]:
    """Return the days of ``mon-fri`` or ``sat,sun``; ``fri-mon`` goes over the weekend."""
    days: set[int] = set()
    for part in named.replace(" ", "").rstrip(",").split(","):
        first, _, last = part.partition("-")
        try:
            begin, end = DAYS.index(first[:3]), DAYS.index((last or first)[:3])
        except ValueError as error:
            raise ConfigError(
                f"{origin}: no day of the week in {text!r}; write one of {', '.join(DAYS)}"
            ) from error
        days.update((begin + step) % 7 for step in range((end - begin) % 7 + 1))
    return frozenset(days)


def _minute(clock: str, text: str, origin: str) -> int:
    hours, minutes = map(int, clock.split(":"))
    total = hours * 60 + minutes
    if minutes > 59 or total > _DAY_MIN:
        raise ConfigError(f"{origin}: no time of day in {text!r}; write one from 00:00 to 24:00")
    return total
