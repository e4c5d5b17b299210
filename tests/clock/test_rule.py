"""The most direct clock counts, the others are kept, contradictions are told in words."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from analyzer.clock.rule import judged, stored_clocks
from analyzer.types import Clock, ClockPiece, used_clock
from analyzer.video.cameras import Camera
from tests.video.test_segments import video

NAME = "/footage/Cam1_20240115_120000.mp4"
BERLIN = Camera("Door", "*", timezone="Europe/Berlin")


def clocks_of(path: str, created: str | None = None, seconds: float = 600.0) -> tuple[Clock, ...]:
    return stored_clocks(video(seconds, 1, creation_time=created), [path])


def burnt_in(*pieces: ClockPiece) -> Clock:
    return Clock("burnt-in", "clock in the picture", pieces, trust=0.9)


def test_the_name_beats_the_moment_of_an_export() -> None:
    found = judged(clocks_of(NAME, "2024-02-20T09:00:00Z"), None, 600.0)
    assert [(f.clock.source, f.used) for f in found] == [("name", True), ("container", False)]
    assert found[1].contradiction == (
        "the name says 12:00:00, the container 2024-02-20 09:00:00 UTC, five weeks later: "
        "probably the time of an export or a copy"
    )


def test_the_order_of_trust() -> None:
    seen = burnt_in(ClockPiece(0.0, datetime(2024, 1, 15, 12, 0, 5)))
    found = judged([*clocks_of(NAME, "2024-01-15T12:00:00Z"), seen], None, 600.0)
    assert [f.clock.source for f in found] == ["burnt-in", "name", "container"]
    assert found[1].contradiction is not None
    assert "5.0 s earlier" in found[1].contradiction
    with_camera = judged([f.clock for f in found], Camera("Door", "*", offset_s=2.0), 600.0)
    used = used_clock(with_camera)
    assert used is not None
    assert (used.source, used.start) == ("camera file", datetime(2024, 1, 15, 12, 0, 7))


@pytest.mark.parametrize(
    ("created", "told"),
    [
        ("2024-01-15T12:10:00Z", "the moment at which the recording ended"),
        ("2024-01-15T11:00:00Z", "another time zone would explain it"),
        ("2036-02-07T06:28:16Z", "no clock was set"),
    ],
)
def test_what_explains_a_contradiction_is_told(created: str, told: str) -> None:
    (_, container) = judged(clocks_of(NAME, created), None, 600.0)
    assert container.contradiction is not None
    assert told in container.contradiction


def test_clocks_that_agree_contradict_nothing() -> None:
    (_, container) = judged(clocks_of(NAME, "2024-01-15T12:00:01Z"), None, 600.0)
    assert container.contradiction is None


@pytest.mark.parametrize("name", ["9923_20000101_000012.mp4", "19800101_000102.mp4"])
def test_a_clock_that_was_never_set_does_not_count(name: str) -> None:
    alone = judged(clocks_of(name), None, 600.0)
    assert used_clock(alone) is None
    assert not any(f.used for f in alone)
    with_container = judged(clocks_of(name, "2024-01-15T12:00:00Z"), None, 600.0)
    used = used_clock(with_container)
    assert used is not None
    assert used.source == "container"


def test_what_lies_in_the_future_does_not_count() -> None:
    now = datetime(2024, 6, 1)
    found = judged(clocks_of("cam_20300101_120000.mp4"), None, 600.0, now)
    assert used_clock(found) is None
    assert "future" in found[0].clock.notes[0]


def test_a_container_in_utc_is_shown_in_the_zone_of_the_camera() -> None:
    plain = used_clock(judged(clocks_of("x.mp4", "2024-07-15T12:00:00Z"), None, 600.0))
    assert plain is not None
    assert (plain.start, plain.zone) == (datetime(2024, 7, 15, 12), "UTC")
    local = used_clock(judged(clocks_of("x.mp4", "2024-07-15T12:00:00Z"), BERLIN, 600.0))
    assert local is not None
    assert (local.start, local.zone) == (datetime(2024, 7, 15, 14), "Europe/Berlin")


@pytest.mark.parametrize(
    ("name", "hours", "shown"),
    [
        ("door_20241027_013000.mp4", 1.0, datetime(2024, 10, 27, 2, 30, 1)),
        ("door_20241027_013000.mp4", 2.0, datetime(2024, 10, 27, 2, 30, 1)),
        ("door_20241027_013000.mp4", 3.0, datetime(2024, 10, 27, 3, 30, 1)),
        ("door_20240331_013000.mp4", 1.0, datetime(2024, 3, 31, 3, 30, 1)),
        ("door_20240115_013000.mp4", 2.0, datetime(2024, 1, 15, 3, 30, 1)),
    ],
)
def test_daylight_saving_is_a_matter_of_the_moment(
    name: str, hours: float, shown: datetime
) -> None:
    camera = Camera("Door", "door*", timezone="Europe/Berlin", offset_s=1.0)
    used = used_clock(judged(clocks_of(name), camera, hours * 3600))
    assert used is not None
    assert used.at(hours * 3600) == shown


def test_a_clock_in_the_picture_shows_what_was_seen_after_a_jump() -> None:
    start = datetime(2024, 10, 27, 2, 59, 50)
    seen = burnt_in(ClockPiece(0.0, start), ClockPiece(10.0, datetime(2024, 10, 27, 2, 0, 0)))
    used = used_clock(judged([seen], BERLIN, 60.0))
    assert used is not None
    assert used.at(9.0) == start + timedelta(seconds=9)
    assert used.at(20.0) == datetime(2024, 10, 27, 2, 0, 10)
