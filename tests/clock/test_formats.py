"""What OCR reads is parsed as recorders mean it."""

from __future__ import annotations

from datetime import date, time

import pytest

from analyzer.clock.formats import parse

JANUARY = date(2024, 1, 15)


@pytest.mark.parametrize(
    ("text", "day", "clock", "weekday"),
    [
        ("16-03-2017 Thu 12:48:04", date(2017, 3, 16), time(12, 48, 4), 3),
        ("16-03-201712:47:57", date(2017, 3, 16), time(12, 47, 57), None),
        ("2024/01/15 12:34:56", JANUARY, time(12, 34, 56), None),
        ("2024-01-15 星期一 01:02:03", JANUARY, time(1, 2, 3), 0),
        ("2024年01月15日 星期一 12:34:56", JANUARY, time(12, 34, 56), 0),
        ("01/15/2024 01:02:03 PM", JANUARY, time(13, 2, 3), None),
        ("15 JAN 2024 12:34:56", JANUARY, time(12, 34, 56), None),
        ("Jan 15, 2024 12:34:56 AM", JANUARY, time(0, 34, 56), None),
        ("MON 15-JAN-24 12:34:56", JANUARY, time(12, 34, 56), 0),
        ("15.01.24 12:34:56", JANUARY, time(12, 34, 56), None),
        ("CAM 03 15-01-2024 Mon 12:34:56", JANUARY, time(12, 34, 56), 0),
        ("12:34 15/01/2024", JANUARY, time(12, 34), None),
        ("2024-01-15T12:34:56", JANUARY, time(12, 34, 56), None),
        ("15-01-2412:00:00", JANUARY, time(12), None),
        ("2O24-O1-15 12:34:56", JANUARY, time(12, 34, 56), None),
        ("2024-01-15 12:34:56.789", JANUARY, time(12, 34, 56, 789000), None),
        ("28/01/2015 10:24:05:25", date(2015, 1, 28), time(10, 24, 5), None),
        ("15 Oktober 2024 12:34:56", date(2024, 10, 15), time(12, 34, 56), None),
        ("16-03-2017 Thu 12.48.04", date(2017, 3, 16), time(12, 48, 4), 3),
        ("12:4757", None, time(12, 47, 57), None),
        ("Camera 01", None, None, None),
        ("EXIT 24", None, None, None),
    ],
)
def test_formats(text: str, day: date | None, clock: time | None, weekday: int | None) -> None:
    shown = parse(text)
    assert (shown.dates[0].day if shown.dates else None, shown.time) == (day, clock)
    assert shown.weekday == weekday


def test_every_order_that_gives_a_date_is_kept() -> None:
    assert {d.day for d in parse("05/03/2024 12:00:00").dates} == {
        date(2024, 3, 5), date(2024, 5, 3),
    }  # fmt: skip
    assert parse("05/03/2024 12:00:00").dates[0].order == "day first"
    assert parse("05/03/2024 02:00:00 PM").dates[0].order == "month first"


def test_what_stands_beside_a_clock_is_the_rest() -> None:
    assert parse("FRONT GATE 2024-01-15 12:34:56").rest == "FRONT GATE"
