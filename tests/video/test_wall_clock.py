"""Wall time comes from the container or the file name, as stored."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from analyzer.video.wall_clock import wall_clock_start
from tests.video.test_segments import video


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cam1_20240131_235959.mp4", datetime(2024, 1, 31, 23, 59, 59)),
        ("2024-01-31 23-59-59.mkv", datetime(2024, 1, 31, 23, 59, 59)),
        ("2024-01-31T23:59:59Z.ts", datetime(2024, 1, 31, 23, 59, 59, tzinfo=UTC)),
        ("NVR_ch1_main_20170316124821_20170316125000.asf", datetime(2017, 3, 16, 12, 48, 21)),
        ("ch01_2024.01.31-23.59.59_x.mp4", datetime(2024, 1, 31, 23, 59, 59)),
        ("serial123456789012345678.mp4", None),
        ("20241331_000000.mp4", None),
        ("front door.mp4", None),
    ],
)
def test_file_names(name: str, expected: datetime | None) -> None:
    clock = wall_clock_start(video(10, 1), name)
    assert (clock.start if clock else None) == expected
    assert clock is None or clock.source == "file name"


def test_container_comes_first_and_is_kept_as_stored() -> None:
    info = video(10, 1, creation_time="2020-02-29T12:00:00.500000Z")
    clock = wall_clock_start(info, "20240131_235959.mp4")
    assert clock is not None
    assert clock.start == datetime(2020, 2, 29, 12, 0, 0, 500000)
    assert clock.source == "container creation time"


@pytest.mark.parametrize("stored", ["1970-01-01T00:00:00Z", "never", ""])
def test_a_clock_that_was_never_set_is_none(stored: str) -> None:
    assert wall_clock_start(video(10, 1, creation_time=stored), "x.mp4") is None
