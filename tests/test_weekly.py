"""Stretches of the week: over midnight, over the weekend, and what is none."""

from __future__ import annotations

from datetime import datetime

import pytest

from analyzer.errors import ConfigError
from analyzer.weekly import holds, parse_schedule

FRIDAY = datetime(2026, 2, 27)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("mon-fri 22:00-06:00", ["27 22:00", "28 05:59"], ["27 21:59", "28 06:00", "28 22:00"]),
        ("sun 22:00-06:00", ["22 23:00", "23 00:00"], ["22 05:00", "24 00:00"]),
        ("22:00-06:00", ["01 00:00", "27 23:59"], ["01 12:00"]),
        ("sat,sun", ["28 00:00", "28 23:59"], ["27 23:59"]),
        ("Fri-Mon 08:00-24:00", ["27 08:00", "28 23:59", "23 08:00"], ["26 08:00", "27 07:59"]),
        ("fri 12:00-12:00", ["27 12:00", "28 11:59"], ["27 11:59", "28 12:00"]),
    ],
)
def test_a_stretch_holds_by_the_day_it_begins_on(
    text: str, inside: list[str], outside: list[str]
) -> None:
    schedule = parse_schedule([text], "here")
    for moments, expected in ((inside, True), (outside, False)):
        for told in moments:
            moment = datetime.strptime(f"2026-02-{told}", "%Y-%m-%d %H:%M")
            assert holds(schedule, moment) is expected, (text, told)


@pytest.mark.parametrize(
    "text", ["", "noday 10:00-11:00", "mon 25:00-26:00", "mon 10:00", "10:75-11:00"]
)
def test_what_is_no_stretch_is_refused_by_name(text: str) -> None:
    with pytest.raises(ConfigError, match=r"alerts\.quiet: no "):
        parse_schedule([text], "alerts.quiet")


def test_nothing_lies_in_an_empty_schedule() -> None:
    assert not holds((), FRIDAY)
