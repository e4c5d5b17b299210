"""A clock says when, and at how many seconds it shows a moment."""

from __future__ import annotations

from datetime import datetime

import pytest

from analyzer.types import Clock, ClockPiece, daylight_saving, seconds_at

DOOR = Clock(
    "camera file", "Door", (ClockPiece(0.0, datetime(2024, 10, 27, 1, 30)),), "Europe/Berlin"
)
SPRING = Clock("name", "", (ClockPiece(0.0, datetime(2024, 3, 31, 1, 30)),), "Europe/Berlin")
JUMPING = Clock(
    "burnt-in",
    "",
    (
        ClockPiece(0.0, datetime(2024, 1, 15, 12)),
        ClockPiece(60.0, datetime(2024, 1, 15, 12, 11), 2.0),
    ),
)
LONG_S = 4 * 3600.0


def test_daylight_saving_is_found_to_the_second() -> None:
    assert daylight_saving(DOOR, LONG_S) == [pytest.approx(5400.0, abs=0.01)]
    assert daylight_saving(SPRING, LONG_S) == [pytest.approx(1800.0, abs=0.01)]
    assert daylight_saving(JUMPING, LONG_S) == []


@pytest.mark.parametrize(
    ("clock", "shown", "first", "last"),
    [
        (DOOR, datetime(2024, 10, 27, 1, 31), 60.0, 60.0),
        (DOOR, datetime(2024, 10, 27, 2, 30), 3600.0, 7200.0),
        (DOOR, datetime(2024, 10, 27, 3, 30), 10800.0, 10800.0),
        (DOOR, datetime(2024, 10, 27, 1, 0), -1800.0, -1800.0),
        (SPRING, datetime(2024, 3, 31, 2, 30), 1800.0, 1800.0),
        (SPRING, datetime(2024, 3, 31, 3, 30), 3600.0, 3600.0),
        (JUMPING, datetime(2024, 1, 15, 12, 0, 30), 30.0, 30.0),
        (JUMPING, datetime(2024, 1, 15, 12, 5), 60.0, 60.0),
        (JUMPING, datetime(2024, 1, 15, 12, 11, 20), 70.0, 70.0),
    ],
)
def test_the_way_back(clock: Clock, shown: datetime, first: float, last: float) -> None:
    found = [seconds_at(clock, shown, LONG_S, latest) for latest in (False, True)]
    assert found == [pytest.approx(first, abs=0.01), pytest.approx(last, abs=0.01)]
