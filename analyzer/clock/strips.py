"""Strips of text in a picture: where date, time and the camera's name stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from analyzer.clock.formats import Shown, parse
from analyzer.clock.ocr import Line, Picture, TextReader
from analyzer.types import Box

_TALLEST: Final = 0.14
"""Largest height of a line as a share of the picture."""

_LEAST_PX: Final = 6
_SAME_LINE: Final = 0.5
"""Least overlap in height, as a share of the smaller, of two boxes that are one line."""

_GAP: Final = 3.0
"""Widest gap inside a line, in its heights: recorders leave two or three between date and time."""

_MARGIN: Final = 0.12
_SIDES: Final = 0.6
"""What is added to a box, in its heights: digits of other pictures may be wider."""

_TIME_OF_DAY: Final = re.compile(r"\d\d?\s?[:.;]\s?\d\d\s?[:.;]?\s?\d\d(\s?[APap]\.?[Mm])?")

_MOST_READ: Final = 8
"""Lines that are read of a picture, from its top and bottom edge inwards."""

_EDGE: Final = 0.1
_AS_HIGH: Final = 0.4
_LEAST_LETTERS: Final = 3
"""A camera's name stands at the top or bottom of the picture, about as high as the clock."""

_HALF_OF_DAY: Final = re.compile(r"T?[AP]MT?")
"""AM or PM with strokes beside it."""

_DAYS: Final = (
    "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY",
    "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN",
)  # fmt: skip

_SURE: Final = 0.8


@dataclass(frozen=True, slots=True)
class Strip:
    """A line of text in the picture and what it says."""

    box: Box
    line: Line
    shown: Shown


@dataclass(frozen=True, slots=True)
class ClockStrips:
    """Where a clock stands: one strip, or one with the time and one with the date.

    ``hours`` is the part of the strip in which the time of day stands.
    """

    time: Box
    hours: Box
    date: Box | None
    first: Shown
    name: str | None

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The strips to read in every picture."""
        return (self.time,) if self.date is None else (self.time, self.date)


def find_clock(bgr: Picture, ocr: TextReader) -> ClockStrips | None:
    """Return where in ``bgr``, uint8 (H, W, 3), a time of day is written; None where none is."""
    lines = [_read(bgr, box, ocr) for box in text_lines(bgr, ocr)]
    timed = [strip for strip in lines if strip.shown.time is not None]
    if not timed:
        return None
    best = max(timed, key=lambda strip: (strip.shown.complete, strip.shown.has_seconds))
    dated = [] if best.shown.dates else [s for s in lines if s.shown.dates and s is not best]
    date = min(dated, key=lambda strip: _apart(strip.box, best.box), default=None)
    own = [best, *([date] if date else [])]
    others = [strip for strip in lines if strip not in own]
    name = _name_beside(best.box, others, bgr.shape[0])
    box = None if date is None else date.box
    return ClockStrips(best.box, _hours(best), box, _joined(own), name)


def read_clock(bgr: Picture, strips: ClockStrips, ocr: TextReader) -> Shown:
    """Return what the strips of a clock show in another picture of the same video."""
    return _joined([_read(bgr, box, ocr) for box in strips.boxes])


def read_hours(bgr: Picture, strips: ClockStrips, ocr: TextReader) -> Shown:
    """Return the time of day alone that a clock shows: half the work where a date is beside it."""
    shown = _read(bgr, strips.hours, ocr).shown
    if shown.time is None or shown.has_seconds != strips.first.has_seconds:
        return read_clock(bgr, strips, ocr)
    return shown


def text_lines(bgr: Picture, ocr: TextReader) -> list[Box]:
    """Return the lines of text to read in ``bgr``, those at the edges first."""
    height = bgr.shape[0]
    boxes = [box for box in ocr.find(bgr) if _LEAST_PX <= box.h <= _TALLEST * height]
    lines: list[Box] = []
    for box in sorted(boxes, key=lambda box: box.x):
        index = next((i for i, line in enumerate(lines) if _continues(line, box)), None)
        if index is None:
            lines.append(box)
        else:
            lines[index] = lines[index].union(box)
    lines = [line for line in lines if line.w > line.h]
    return sorted(lines, key=lambda box: min(box.y, height - box.y - box.h))[:_MOST_READ]


def cut(bgr: Picture, box: Box) -> Picture:
    """Return the part of ``bgr`` around a strip."""
    across, up = box.h * _SIDES, box.h * _MARGIN
    top, left = max(int(box.y - up), 0), max(int(box.x - across), 0)
    bottom, right = int(box.y + box.h + up) + 1, int(box.x + box.w + across) + 1
    return bgr[top : max(bottom, top + 1), left : max(right, left + 1)]


def _hours(strip: Strip) -> Box:
    """Return the part of a strip with the time of day, by the place of its letters in the text.

    Letters of unequal width shift it: one letter more is taken on each side.
    """
    found = list(_TIME_OF_DAY.finditer(strip.line.text))
    if not found:
        return strip.box
    each = strip.box.w / max(len(strip.line.text), 1)
    left = max((found[-1].start() - 1) * each, 0.0)
    right = min((found[-1].end() + 1) * each, strip.box.w)
    return Box(strip.box.x + left, strip.box.y, right - left, strip.box.h)


def _read(bgr: Picture, box: Box, ocr: TextReader) -> Strip:
    line = ocr.read(cut(bgr, box))
    return Strip(box, line, parse(line.text))


def _joined(strips: Sequence[Strip]) -> Shown:
    """Return what two strips say together: the time of the first, the date of the second."""
    time, *others = (strip.shown for strip in strips)
    for date in others:
        weekday = time.weekday if time.weekday is not None else date.weekday
        rest = f"{date.rest} {time.rest}".strip()
        time = Shown(date.dates, time.time, time.has_seconds, weekday, rest)
    return time


def is_name(text: str) -> bool:
    """Whether ``text`` may name a camera: letters, and no weekday that was misread."""
    words = re.findall(r"[^\W\d_]+", text.upper())
    if sum(map(len, words)) < _LEAST_LETTERS or _HALF_OF_DAY.fullmatch("".join(words)):
        return False
    return not get_close_matches("".join(words), _DAYS, 1, 0.6)


def _name_beside(clock: Box, others: Sequence[Strip], height: int) -> str | None:
    """Return the line at an edge of the picture, as high as the clock, that names the camera."""
    for strip in others:
        box, line = strip.box, strip.line
        margin = min(box.y, height - box.y - box.h)
        alike = abs(box.h / clock.h - 1) <= _AS_HIGH and margin <= _EDGE * height
        if alike and line.confidence >= _SURE and is_name(line.text):
            return line.text
    return None


def _continues(line: Box, box: Box) -> bool:
    """Whether ``box`` goes on ``line``, to its right."""
    shared = min(line.y + line.h, box.y + box.h) - max(line.y, box.y)
    smaller = min(line.h, box.h)
    return shared >= _SAME_LINE * smaller and box.x - (line.x + line.w) <= _GAP * smaller


def _apart(a: Box, b: Box) -> float:
    return abs(a.y + a.h / 2 - b.y - b.h / 2) + abs(a.x - b.x) / 4
