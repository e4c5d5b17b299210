"""Times in the names of files and folders, as recorders, phones and programs write them.

A name may hold several times: the begin and the end of a recording, an export. The time that
follows a word such as "recording" counts before any other, one that follows "export" or "copy"
after all; else the earliest counts, for nothing is recorded after it was exported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import PurePath
from typing import Final

from analyzer.clock.container import NOT_A_TIME_BEFORE
from analyzer.types import Clock, ClockPiece

_NAME_TRUST: Final = 0.6
_DOUBTFUL_TRUST: Final = 0.4
_FOLDER_TRUST: Final = 0.5

_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905
_MONTH: Final = f"(?P<month>{'|'.join(_MONTHS)})[a-z]*"
_Y: Final = r"(?P<y>(?:19[89]|20\d)\d)"
_GAP: Final = r"(?:[-_T ., ]|at|um|@){0,5}"
_CLOCK: Final = (
    r"(?P<h>\d{1,2})(?P<c>[-_.:h]?)(?P<min>\d{2})(?:[-_.:m]?(?P<s>\d{2})(?:s(?![a-z])|(?!\d))"
    r"|[-_.:m]?(?P<s3>\d{2})[-_.,]?(?P<ms>\d{3}))"
    r"(?:[.,](?P<frac>\d{1,6})(?!\d|[-_.]\d))?"
)
_HALF: Final = r"(?:[ _-]?(?P<half>[ap])\.?m\b\.?)?"
_ZONE: Final = (
    r"(?:[ _]?(?P<zone>Z(?![a-z])|(?:UTC|GMT)?[+-]\d\d[:_.]?\d\d(?!\d)"
    r"|(?:UTC|GMT)(?:[+-]\d{1,2})?))?"
)
_TIME: Final = _CLOCK + _HALF + _ZONE

_PATTERNS: Final = tuple(
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        rf"(?<!\d){_Y}(?P<sep>[-_. ]?)(?P<m>\d\d)(?P=sep)(?P<d>\d\d){_GAP}{_TIME}",
        rf"(?<!\d){_Y}_(?P<m>\d\d)(?P<d>\d\d){_GAP}{_TIME}",
        rf"(?<!\d){_Y}[-_. ]?{_MONTH}[-_. ]?(?P<d>\d\d?){_GAP}{_TIME}",
        rf"(?<!\d)(?P<d>\d\d?)[-_. ]?{_MONTH}[-_., ]{{0,2}}{_Y}{_GAP}{_TIME}",
        rf"(?<![a-z]){_MONTH}[-_. ]?(?P<d>\d\d?)[-_., ]{{0,2}}{_Y}{_GAP}{_TIME}",
        rf"(?<!\d)(?P<a>\d\d?)[-_.](?P<b>\d\d?)[-_.]{_Y}(?P<comma>,?){_GAP}{_TIME}",
        r"(?<!\d)(?P<yy>[1-3]\d)(?P<m>\d\d)(?P<d>\d\d)[-_](?P<h>\d\d)(?P<min>\d\d)(?P<s>\d\d)(?!\d)",
        rf"(?<!\d){_Y}(?P<m>\d\d)(?P<d>\d\d)[-_]?(?P<h>\d\d)(?P<min>\d\d)(?!\d)",
    )
)
"""Date and time of day in one name: year first; month names; year last; two digits of the year;
without seconds."""

_EPOCH: Final = re.compile(r"(?<!\d)(?P<sec>1\d{9})(?P<more>\d{3}(?!\d)|\.\d{1,6}(?!\d)|(?!\d))")
"""Seconds, or milliseconds, since 1970."""

_EPOCH_YEARS: Final = (2001, 2037)

_ALONE: Final = (
    re.compile(r"(?<!\d)(?P<h>\d\d)[-_.:h](?P<min>\d\d)[-_.:m](?P<s>\d\d)(?!\d)", re.ASCII | re.I),
    re.compile(r"^(?P<h>\d\d)(?P<min>\d\d)(?P<s>\d\d)(?!\d)", re.ASCII),
    re.compile(r"^(?P<min>\d\d)[.](?P<s>\d\d)(?!\d)", re.ASCII),
    re.compile(r"^(?P<min>\d\d)M(?P<s>\d\d)S", re.ASCII | re.I),
    re.compile(r"^(?P<min>\d\d)(?=\.\w+$)", re.ASCII),
)
"""A time of day whose date stands in the folders; without an hour, this stands there too."""

_DATE_FOLDER: Final = re.compile(
    r"(?<!\d)((?:19[89]|20\d)\d)[-_./ ]?(\d\d)[-_./ ]?(\d\d)(?:[-_/ ]?(\d\d))?(?!\d)", re.ASCII
)
_BEFORE: Final = re.compile(r"(rec(?:ord(?:ed|ing)?)?|start|begin|from)[^a-z0-9]{0,3}$", re.I)
_AFTER: Final = re.compile(
    r"(export(?:ed)?|cop(?:y|ied)|download(?:ed)?|saved)[^a-z0-9]{0,3}$", re.I
)
_OF_AN_EXPORT: Final = 4
"""Rank of a time that is that of an export or a copy."""

_FORWARDED: Final = re.compile(r"whatsapp", re.I)
_NOON: Final = 12


@dataclass(frozen=True, slots=True)
class _Named:
    """A time in a name: where it begins, and how far it is from being the recording's (0 best)."""

    at: int
    moment: datetime
    zone: str | None
    rank: int
    doubt: str | None = None


def name_clock(path: PurePath) -> Clock | None:
    """Return the time in the file's own name; None without one."""
    found = sorted(_named(path.name), key=lambda n: (n.rank, n.doubt is not None, n.moment, n.at))
    if not found:
        return None
    best = found[0]
    notes = (best.doubt,) if best.doubt else ()
    if _FORWARDED.search(path.name):
        notes = (*notes, "WhatsApp names a file after the moment at which it was sent or kept")
    trust = _DOUBTFUL_TRUST if notes else _NAME_TRUST
    piece = ClockPiece(0.0, best.moment)
    return Clock("name", "file name", (piece,), best.zone, trust=trust, notes=notes)


def folder_clock(path: PurePath) -> Clock | None:
    """Return the time of day in the file's name with the date in its folders.

    Else the time in the name of its folder; None without either.
    """
    above = "/".join(path.parts[:-1]).replace("\\", "/")
    moment = _with_date_above(path.name, above)
    if moment is not None:
        piece = ClockPiece(0.0, moment)
        return Clock("folder", "folder and file name", (piece,), trust=_FOLDER_TRUST)
    found = [named for named in _named(path.parent.name) if named.rank < _OF_AN_EXPORT]
    if not found:
        return None
    best = min(found, key=lambda named: (named.rank, named.moment))
    piece = ClockPiece(0.0, best.moment)
    notes = ("the folder's time may be that of another file in it",)
    return Clock("folder", "folder name", (piece,), best.zone, trust=_DOUBTFUL_TRUST, notes=notes)


def _with_date_above(name: str, above: str) -> datetime | None:
    """Return the time of day in ``name`` on the date in the folders ``above``."""
    dates = list(_DATE_FOLDER.finditer(above))
    if not dates:
        return None
    found = dates[-1]
    day = _date(int(found[1]), int(found[2]), int(found[3]))
    hours = re.findall(r"(?<![^/])(\d\d)(?![^/])", above[found.end() :])
    hour = found[4] or (hours[0] if hours else None)
    for pattern in _ALONE:
        time = pattern.search(name)
        if time is None:
            continue
        groups = time.groupdict()
        named = groups.get("h") or hour
        moment = None if named is None else _moment(day, named, groups["min"], groups.get("s"))
        if moment is not None:
            return moment
    return None


def _named(name: str) -> Iterator[_Named]:
    taken: list[tuple[int, int]] = []
    for pattern in _PATTERNS:
        for found in pattern.finditer(name):
            if any(found.start() < end and start < found.end() for start, end in taken):
                continue
            read = _read(found)
            if read is not None:
                taken.append(found.span())
                yield _Named(found.start(), read[0], read[1], _rank(name, found), read[2])
    for found in _EPOCH.finditer(name):
        if not any(found.start() < end and start < found.end() for start, end in taken):
            yield from _since_1970(name, found)


def _since_1970(name: str, found: re.Match[str]) -> Iterator[_Named]:
    more = found["more"]
    part = float(more) if more.startswith(".") else int(more or 0) / 1000
    moment = datetime.fromtimestamp(int(found["sec"]), UTC).replace(tzinfo=None)
    moment += timedelta(milliseconds=round(part * 1000))
    if _EPOCH_YEARS[0] <= moment.year <= _EPOCH_YEARS[1]:
        # After times in words: it may be the end, and it is never local.
        yield _Named(found.start(), moment, "UTC", _rank(name, found) + 1)


def _rank(name: str, found: re.Match[str]) -> int:
    before = name[: found.start()]
    return 0 if _BEFORE.search(before) else _OF_AN_EXPORT if _AFTER.search(before) else 2


def _read(found: re.Match[str]) -> tuple[datetime, str | None, str | None] | None:
    """Return moment, zone and doubt of a match; None where it is no time."""
    part = found.groupdict()
    day, doubt = _day(part)
    second, fraction = part.get("s") or part.get("s3"), part.get("ms") or part.get("frac")
    moment = _moment(day, part["h"], part["min"], second, part.get("half"))
    if moment is None or moment.year < NOT_A_TIME_BEFORE:
        return None
    if fraction:
        moment += timedelta(milliseconds=round(float(f"0.{fraction}") * 1000))
    return moment, _zone(part.get("zone")), doubt


def _day(part: dict[str, str | None]) -> tuple[date | None, str | None]:
    year = int(part.get("y") or f"20{part['yy']}")
    if part.get("month"):
        month = _MONTHS.index(str(part["month"]).lower()) + 1
        return _date(year, month, int(part["d"] or 0)), None
    if part.get("a") is None:
        doubt = "the year has two digits" if part.get("yy") else None
        return _date(year, int(part["m"] or 0), int(part["d"] or 0)), doubt
    a, b = int(part["a"] or 0), int(part["b"] or 0)
    american = bool(part.get("half") or part.get("comma"))
    orders = [(a, b), (b, a)] if american else [(b, a), (a, b)]
    days = [day for m, d in orders if (day := _date(year, m, d)) is not None]
    both = len(days) > 1 and a != b
    return (days[0] if days else None), ("day and month may be exchanged" if both else None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _moment(
    day: date | None,
    hour: str | None,
    minute: str | None,
    second: str | None,
    half: str | None = None,
) -> datetime | None:
    hours = int(hour or 0)
    if half and 1 <= hours <= _NOON:
        hours = hours % _NOON + (_NOON if half.lower() == "p" else 0)
    if day is None:
        return None
    try:
        return datetime(day.year, day.month, day.day, hours, int(minute or 0), int(second or 0))
    except ValueError:
        return None


def _zone(text: str | None) -> str | None:
    """Return a zone as it is stored: "UTC" or an offset."""
    if not text:
        return None
    digits = re.search(r"([+-])(\d{1,2})[:_.]?(\d\d)?", text)
    if digits is None:
        return "UTC"
    offset = f"{digits[1]}{int(digits[2]):02d}:{digits[3] or '00'}"
    return "UTC" if offset.endswith("00:00") else offset


def without_times(stem: str) -> str:
    """Return a file name, without its suffix, without the times and long numbers in it."""
    spans = [found.span() for pattern in (*_PATTERNS, _EPOCH) for found in pattern.finditer(stem)]
    for start, end in sorted(spans, reverse=True):
        stem = stem[:start] + " " * (end - start) + stem[end:]
    stem = re.sub(r"(?<!\d)\d{5,}(?!\d)|\d\d[.:]\d\d[.:]\d\d", " ", stem)
    return re.sub(r"[-_.,()\[\] ]{2,}| ", " ", stem).strip("-_., ()[]")
