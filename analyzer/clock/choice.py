"""Choice of the date that the digits of a clock mean, and its readings on one scale of seconds.

Several orders of day, month and year may fit. What decides, in this order: the order that every
picture allows, the weekday written beside it, the other clocks of the recording, and usage.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from analyzer.clock.formats import Order, Shown

EPOCH: Final = datetime(1970, 1, 1)

_NEAR_DAYS: Final = 2.0
_DAY_S: Final = 86_400.0
_WEEKDAYS: Final = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """What a clock showed at ``t`` seconds."""

    t: float
    shown: Shown


@dataclass(frozen=True, slots=True)
class Dating:
    """How the digits of a clock are read as dates: ``notes`` say what is doubtful about it."""

    order: Order | None
    notes: tuple[str, ...]


def dating(seen: Sequence[Seen], others: Sequence[datetime]) -> Dating:
    """Return the order in which dates are read; ``others`` are what other clocks say."""
    votes = Counter(d.order for one in seen for d in one.shown.dates)
    if not votes:
        return Dating(None, ())
    most = max(votes.values())
    possible = [order for order in _first_listed(seen) if votes[order] >= 0.8 * most]
    ranked = sorted(possible, key=lambda order: _against(seen, order, others))
    chosen = ranked[0]
    notes = _weekday_notes(seen, chosen)
    undecided = len(ranked) > 1 and _against(seen, chosen, others) == _against(
        seen, ranked[1], others
    )
    if undecided:
        notes = (*notes, f"day and month may be exchanged; read with the {chosen}")
    return Dating(chosen, notes)


def seconds(seen: Sequence[Seen], how: Dating, others: Sequence[datetime]) -> list[float] | None:
    """Return what was seen as seconds since 1970 by the clock's own digits.

    A picture whose date could not be read gets the day that fits the others. None where no picture
    shows a date and no other clock tells the day.
    """
    offsets = [
        _since(day, one) - one.t for one in seen if (day := _day(one.shown, how.order)) is not None
    ]
    if not offsets and not others:
        return None
    if offsets:
        usual = sorted(offsets)[len(offsets) // 2]
    else:
        usual = _nearest(seen[0], others[0] + timedelta(seconds=seen[0].t)) - seen[0].t
    values = []
    for one in seen:
        own = _day(one.shown, how.order)
        expected = EPOCH + timedelta(seconds=usual + one.t)
        values.append(_nearest(one, expected) if own is None else _since(own, one))
    return values


def moment_of(value: float) -> datetime:
    """Return seconds since 1970 as date and time, to the millisecond."""
    return EPOCH + timedelta(milliseconds=round(value * 1000))


def _first_listed(seen: Sequence[Seen]) -> list[Order]:
    return list(dict.fromkeys(d.order for one in seen for d in one.shown.dates))


def _against(seen: Sequence[Seen], order: Order, others: Sequence[datetime]) -> tuple[int, int]:
    """Return what speaks against ``order``: weekdays that differ, no other clock near."""
    days = [(one.shown.weekday, _day(one.shown, order)) for one in seen]
    wrong = [w != day.weekday() for w, day in days if w is not None and day is not None]
    first = next((day for _, day in days if day is not None), None)
    far = first is None or all(
        abs((other.date() - first).total_seconds()) > _NEAR_DAYS * _DAY_S for other in others
    )
    return int(2 * sum(wrong) > len(wrong)), int(far)


def _weekday_notes(seen: Sequence[Seen], order: Order) -> tuple[str, ...]:
    wrong = Counter(
        (one.shown.weekday, day.weekday(), day.isoformat())
        for one in seen
        if one.shown.weekday is not None and (day := _day(one.shown, order)) is not None
    )
    if not wrong:
        return ()
    shown, real, written = wrong.most_common(1)[0][0]
    if shown == real:
        return ()
    return (f"the picture says {_WEEKDAYS[shown]}, {written} was a {_WEEKDAYS[real]}",)


def _day(shown: Shown, order: Order | None) -> date | None:
    return next((dated.day for dated in shown.dates if dated.order == order), None)


def _since(day: date, one: Seen) -> float:
    assert one.shown.time is not None
    return (datetime.combine(day, one.shown.time) - EPOCH).total_seconds()


def _nearest(one: Seen, expected: datetime) -> float:
    """Return a time of day without a date on the day on which it lies nearest to ``expected``."""
    days = (expected.date() + timedelta(days=shift) for shift in (-1, 0, 1))
    start = (expected - EPOCH).total_seconds()
    return min((_since(day, one) for day in days), key=lambda value: abs(value - start))
