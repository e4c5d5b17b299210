"""Formats in which recorders write date and time into the picture, parsed from text of OCR.

Which of two numbers is the day cannot be told from one picture: every order that gives a date is
returned, and ``choice.py`` settles it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Final, Literal

Order = Literal["year first", "day first", "month first"]

_FIRST_YEAR, _LAST_YEAR = 1970, 2099

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "JAN GEN ENE", "FEB FEV", "MAR MRZ MAER", "APR AVR ABR", "MAY MAI MAG", "JUN JUIN GIU",
            "JUL JUIL LUG", "AUG AOU AGO", "SEP SET", "OCT OKT OTT OUT", "NOV", "DEC DEZ DIC",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
"""English, German, French, Spanish, Italian and Portuguese, as their first letters."""

_WEEKDAYS: Final = tuple(
    re.compile(rf"(?<![A-Z])(?:{names})(?![A-Z])|(?:星期|周|週){sign}")
    for names, sign in (
        ("MON(?:DAY)?|MONTAG|LUN(?:DI|ES|EDI)?|MO", "一"),
        ("TUE(?:S(?:DAY)?)?|DIENSTAG|MARDI|MARTES|DI", "二"),
        ("WED(?:NESDAY)?|MITTWOCH|MER(?:CREDI)?|MIE(?:RCOLES)?|MI", "三"),
        ("THU(?:R(?:S(?:DAY)?)?)?|DONNERSTAG|JEU(?:DI)?|JUE(?:VES)?|DO", "四"),
        ("FRI(?:DAY)?|FREITAG|VEN(?:DREDI)?|VIE(?:RNES)?|FR", "五"),
        ("SAT(?:URDAY)?|SAMSTAG|SAM(?:EDI)?|SAB(?:ADO)?|SA", "六"),
        ("SUN(?:DAY)?|SONNTAG|DIM(?:ANCHE)?|DOM(?:INGO)?|SO", "[日天]"),
    )
)
"""Patterns of the days from Monday on."""

_SEP: Final = r"\s?[-/.,~_]\s?"
_YEAR: Final = r"((?:19[7-9]|20\d)\d)"
_MONTH: Final = f"({'|'.join(sorted(_MONTHS, key=len, reverse=True))})[A-Z]*"
_BETWEEN: Final = r"[-/.,\s]*"

_NUMBERS: Final = (
    re.compile(rf"(?<!\d){_YEAR}(?:{_SEP}|\s?年\s?|\s)(\d{{1,2}})(?:{_SEP}|\s?月\s?|\s)(\d\d?)日?"),
    re.compile(rf"(?<!\d)(\d\d?){_SEP}(\d\d?){_SEP}{_YEAR}"),
    re.compile(rf"(?<!\d)(\d\d){_SEP}(\d\d){_SEP}(\d\d)(?=\D|$|\d\d:)"),
    re.compile(rf"(?<!\d){_YEAR}(0[1-9]|1[0-2])([0-3]\d)"),
)
"""Year first; year last; two digits each; without separators."""

_NAMED: Final = (
    re.compile(rf"(?<!\d)(?P<d>\d\d?){_BETWEEN}(?P<m>{_MONTH}){_BETWEEN}(?P<y>{_YEAR}|\d\d)"),
    re.compile(
        rf"(?<![A-Z])(?P<m>{_MONTH}){_BETWEEN}(?P<d>\d\d?)(?:ST|ND|RD|TH)?{_BETWEEN}(?P<y>{_YEAR})"
    ),
    re.compile(rf"(?<!\d)(?P<y>{_YEAR}){_BETWEEN}(?P<m>{_MONTH}){_BETWEEN}(?P<d>\d\d?)"),
)

_TIMES: Final = (
    re.compile(
        r"(?<!\d)(\d\d?)\s?[:;时時H]\s?(\d\d)\s?(?:[:;.,分M]\s?|\s)?(\d\d)秒?(?:[.,](\d{1,3})|:\d\d)?"
        r"(?!\d)\s*([AP])?(?:\.?M\b\.?)?"
    ),
    re.compile(r"(?<!\d)(\d\d)\s?[.,]\s?(\d\d)\s?[:.;,\s]\s?(\d\d)(?!\d)()\s*([AP])?(?:\.?M\b)?"),
    re.compile(r"(?<!\d)(\d\d?)\s?[:;时時H]\s?(\d\d)()(?!\d|\s?[:.]\d)()\s*([AP])?(?:\.?M\b\.?)?"),
)
"""With seconds, and a fraction or the number of the picture in the second; with other separators
than colons; hours and minutes alone."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A date, and the order of day, month and year in which it was read."""

    day: date
    order: Order


@dataclass(frozen=True, slots=True)
class Shown:
    """Date and time as one strip shows them.

    ``dates`` are all that the digits may mean, the most usual order first: the month first where
    slashes stand beside AM or PM. ``weekday`` is 0 for Monday; ``rest`` is what is neither date nor
    time nor weekday.
    """

    dates: tuple[Dated, ...]
    time: time | None
    has_seconds: bool
    weekday: int | None
    rest: str

    @property
    def complete(self) -> bool:
        """Whether a date and a time of day are shown."""
        return bool(self.dates) and self.time is not None


def parse(text: str) -> Shown:
    """Return what ``text`` says of date and time; misread or absent parts are empty."""
    best = Shown((), *_time_in(_upright(text)))
    american = re.search(r"/.*\d\s*[AP]\.?M", _upright(text)) is not None
    for dates, rest in _dates_in(_upright(text)):
        if american:
            dates = tuple(sorted(dates, key=lambda dated: dated.order != "month first"))
        shown = Shown(dates, *_time_in(rest))
        if _worth(shown) > _worth(best):
            best = shown
    return best


def _worth(shown: Shown) -> tuple[bool, bool, bool]:
    return (shown.time is not None, bool(shown.dates), shown.has_seconds)


def _upright(text: str) -> str:
    """Return ``text`` in plain capitals, with letters between digits that are digits."""
    plain = unicodedata.normalize("NFKC", text).upper().replace("Ä", "AE").replace("É", "E")
    plain = plain.replace("Û", "U").replace("·", ".").replace("一一", "-").replace("—", "-")
    for wrong, right in (("[OQD]", "0"), ("[IL|]", "1"), ("Z", "2")):
        plain = re.sub(rf"(?<=[\d:/.-]){wrong}(?=[\d:/.-]|$)", right, plain)
    return plain


def _dates_in(text: str) -> Iterator[tuple[tuple[Dated, ...], str]]:
    """Yield what each pattern of a date finds in ``text``, and what is left without it."""
    for pattern in _NAMED:
        for found in pattern.finditer(text):
            month = _MONTHS[_month_of(found["m"])]
            order: Order = "year first" if found.start("y") < found.start("d") else (
                "day first" if found.start("d") < found.start("m") else "month first"
            )  # fmt: skip
            dated = _dated(found["y"], str(month), found["d"], order)
            if dated:
                yield (dated,), _without(text, found)
    for pattern in _NUMBERS:
        for found in pattern.finditer(text):
            dates = tuple(_orders(*found.group(1, 2, 3)))
            if dates:
                yield dates, _without(text, found)


def _month_of(word: str) -> str:
    return next(name for name in sorted(_MONTHS, key=len, reverse=True) if word.startswith(name))


def _orders(a: str, b: str, c: str) -> Iterator[Dated]:
    """Yield the dates that three numbers may be, the most usual order first."""
    tried: list[tuple[str, str, str, Order]] = []
    if len(a) == 4:
        tried = [(a, b, c, "year first")]
    else:
        tried = [(c, b, a, "day first"), (c, a, b, "month first")]
        if len(c) == 2:
            tried.append((a, b, c, "year first"))
    for year, month, day, order in tried:
        dated = _dated(year, month, day, order)
        if dated:
            yield dated


def _dated(year: str, month: str, day: str, order: Order) -> Dated | None:
    number = int(year) + (2000 if len(year) == 2 else 0)
    if not _FIRST_YEAR <= number <= _LAST_YEAR:
        return None
    try:
        return Dated(date(number, int(month), int(day)), order)
    except ValueError:
        return None


def _time_in(text: str) -> tuple[time | None, bool, int | None, str]:
    """Return time of day, whether it has seconds, weekday, and the rest of ``text``."""
    for pattern in _TIMES:
        for found in pattern.finditer(text):
            clock = _clock(*found.groups())
            if clock is not None:
                weekday, rest = _weekday_in(_without(text, found))
                return clock, bool(found[3]), weekday, rest
    weekday, rest = _weekday_in(text)
    return None, False, weekday, rest


def _clock(
    hour: str, minute: str, second: str | None, fraction: str | None, half: str | None
) -> time | None:
    hours = int(hour)
    if half and not 1 <= hours <= 12:
        half = None
    if half:
        hours = hours % 12 + (12 if half == "P" else 0)
    micro = round(float(f"0.{fraction}") * 1_000_000) if fraction else 0
    try:
        return time(hours, int(minute), int(second or 0), micro)
    except ValueError:
        return None


def _weekday_in(text: str) -> tuple[int | None, str]:
    for number, pattern in enumerate(_WEEKDAYS):
        found = pattern.search(text)
        if found:
            return number, " ".join(_without(text, found).split())
    return None, " ".join(text.split())


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"
