"""Times in names of files and folders, as recorders, phones and programs write them."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath

import pytest

from analyzer.clock.names import folder_clock, name_clock

NOON = datetime(2024, 1, 15, 12)
HALF_PAST = datetime(2024, 1, 15, 12, 34, 56)
MS = datetime(2024, 1, 15, 12, 0, 0, 123000)

NAMES = [
    ("Cam1_20240115_120000_20240115_121000.mp4", NOON, None),
    ("PXL_20240115_120000123.mp4", MS, None),
    ("20240115120000123.mp4", MS, None),
    ("20240115_12h30m15s_ch01.avi", datetime(2024, 1, 15, 12, 30, 15), None),
    ("ch01_15-01-2024_12-00-00.mp4", NOON, None),
    ("01-15-2024 12-00-00 PM.mp4", NOON, None),
    ("01-15-2024 12-00-00 AM.mp4", datetime(2024, 1, 15), None),
    ("1705320000.123456-abcdef.mp4", MS, "UTC"),
    ("1705320000123.mp4", MS, "UTC"),
    ("WhatsApp Video 2024-01-15 at 12.00.00.mp4", NOON, None),
    ("Front Door 1-15-2024, 12.00.00 UTC.mp4", NOON, "UTC"),
    ("20240115-120000-20240115-121000_cam.mp4", NOON, None),
    ("VID_20240115_120000Z.mp4", NOON, "UTC"),
    ("export_20240220_090000 (recording 2024-01-15 12-00-00).mp4", NOON, None),
    ("2024-01-15 12-00-00 exported 2024-02-20 09-00-00.mp4", NOON, None),
    ("2024-01-15T12_00_00+02_00.mp4", NOON, "+02:00"),
    ("2024-01-15 12_00_00 UTC+1.mp4", NOON, "+01:00"),
    ("20240115T120000Z.mp4", NOON, "UTC"),
    ("NVR_S12_20240115120000_20240115121000_987654321.mp4", NOON, None),
    ("2024-01-15 12.00.00.mkv", NOON, None),
    ("cam1_20240131_235959.mp4", datetime(2024, 1, 31, 23, 59, 59), None),
    ("2024-01-31T23:59:59Z.ts", datetime(2024, 1, 31, 23, 59, 59), "UTC"),
    ("ch01_2024.01.31-23.59.59_x.mp4", datetime(2024, 1, 31, 23, 59, 59), None),
    ("RLC-410-01-20240115120000-20240115120500-1234.mp4", NOON, None),
    ("RecM01_20240115_120000_120010_6D28808_9D4.mp4", NOON, None),
    ("2024_0115_120000_001F.MP4", NOON, None),
    ("20240115_120000_NF.mp4", NOON, None),
    ("REC_240115_120000.mp4", NOON, None),
    ("signal-2024-01-15-12-00-00-123.mp4", NOON, None),
    ("2024-01-15--12-00-00.mp4", NOON, None),
    ("Screen Recording 2024-01-15 at 12.00.00 PM.mov", NOON, None),
    ("Camera 1 - 15 Jan 2024 12.00.00.mp4", NOON, None),
    ("Jan-15-2024_12-00-00.mp4", NOON, None),
    ("Synology-20240115-120000-1705320000-7.mp4", NOON, None),
    ("A01_20240115120000.dav", NOON, None),
    ("2024-01-15_12-00-00-front.mp4", NOON, None),
    ("20240115_1200_yard.avi", NOON, None),
    ("cam_2024-01-15_12-00-00.500.mp4", datetime(2024, 1, 15, 12, 0, 0, 500000), None),
    ("2024-01-15_12.00.00_PM.mp4", NOON, None),
    ("9923_20000101_000012.mp4", datetime(2000, 1, 1, 0, 0, 12), None),
]

FOLDERS = [
    ("2024-01-15/12/front/34.56.mp4", HALF_PAST),
    ("2024/01/15/12.34.56-12.35.00[M][0@0][0].mp4", HALF_PAST),
    ("2024-01-15/001/dav/12/12.34.56-12.35.00[R][0@0][0].dav", HALF_PAST),
    ("2024011512/34M56S_1705322096.mp4", HALF_PAST),
    ("record/20240115/12/34.mp4", datetime(2024, 1, 15, 12, 34)),
    ("20240115/123456.avi", HALF_PAST),
    ("2024-01-15 12-34-56/clip.mp4", HALF_PAST),
]


def test_the_tables_hold_forty_names_and_more() -> None:
    assert len(NAMES) + len(FOLDERS) >= 40


@pytest.mark.parametrize(("name", "moment", "zone"), NAMES)
def test_a_name_tells_when(name: str, moment: datetime, zone: str | None) -> None:
    clock = name_clock(PurePath("/footage") / name)
    assert clock is not None
    assert (clock.source, clock.start, clock.zone) == ("name", moment, zone)


@pytest.mark.parametrize(("path", "moment"), FOLDERS)
def test_folders_tell_the_day(path: str, moment: datetime) -> None:
    clock = folder_clock(PurePath("/media/disk") / path)
    assert clock is not None
    assert (clock.source, clock.start) == ("folder", moment)


@pytest.mark.parametrize(
    "name",
    [
        "serial123456789012345678.mp4", "20241331_000000.mp4", "front door.mp4", "hiv00012.mp4",
        "IMG_1234.MOV", "VID-20240115-WA0001.mp4", "GX010123.MP4", "1080p_25fps_4000k.mp4",
        "19700101_000000.mp4", "cam1_20240115.mp4",
    ],
)  # fmt: skip
def test_a_name_without_a_time_tells_nothing(name: str) -> None:
    assert name_clock(PurePath(name)) is None
    assert folder_clock(PurePath("footage") / name) is None


def test_a_day_and_month_that_may_be_exchanged_are_told() -> None:
    doubtful, sure = (
        name_clock(PurePath("05-03-2024_12-00-00.mp4")),
        name_clock(PurePath("15-03-2024_12-00-00.mp4")),
    )
    assert doubtful is not None
    assert sure is not None
    assert doubtful.start == datetime(2024, 3, 5, 12)
    assert doubtful.notes
    assert doubtful.trust < sure.trust
    assert not sure.notes
