"""Dates in the headers of Dahua's recordings, made byte by byte."""

from __future__ import annotations

import struct
from datetime import datetime, timedelta
from pathlib import Path

from analyzer.clock.frame_dates import frame_date_clock
from tests.video.test_segments import video

START = datetime(2024, 1, 15, 12)


def dav(path: Path, seconds: list[float], keys: set[int], junk: bytes = b"") -> Path:
    """Write headers of pictures at ``seconds`` after START; the counter stands still in pauses."""
    data, counter = junk, 0
    for number, t in enumerate(seconds):
        at = START + timedelta(seconds=t)
        date = (at.year - 2000) << 26 | at.month << 22 | at.day << 17
        date |= at.hour << 12 | at.minute << 6 | at.second
        kind = 0xFD if number in keys else 0xFC
        body = b"\0" * 40
        data += b"DHAV" + bytes([kind, 0, 0, 0])
        data += struct.pack("<IIIHBB", number, 24 + len(body), date, counter & 0xFFFF, 0, 0) + body
        counter += 80
    path.write_bytes(data)
    return path


def test_the_first_picture_that_can_be_decoded_tells_the_start(tmp_path: Path) -> None:
    times = [0.08 * i for i in range(50)]
    info = video(3.0, 1, path=str(dav(tmp_path / "a.dav", times, {10, 35})), container="dhav")
    clock = frame_date_clock(info)
    assert clock is not None
    assert (clock.source, clock.told) == ("frame dates", "recorder's frame dates")
    assert abs((clock.start - START).total_seconds() - 0.8) < 0.1


def test_a_pause_that_only_the_dates_show_is_a_jump(tmp_path: Path) -> None:
    times = [0.08 * i + (600 if i >= 40 else 0) for i in range(80)]
    path = dav(tmp_path / "b.dav", times, {0, 40}, junk=b"DAHUA" + b"\0" * 100)
    info = video(6.4, 1, path=str(path), container="dhav")
    clock = frame_date_clock(info)
    assert clock is not None
    assert clock.start == START
    assert abs((clock.at(3.2) - START).total_seconds() - 603.2) < 0.1
    assert "+600 s" in clock.notes[0]


def test_times_of_the_file_that_hold_the_pause_are_left_as_they_are(tmp_path: Path) -> None:
    times = [0.08 * i + (600 if i >= 40 else 0) for i in range(80)]
    path = dav(tmp_path / "c.dav", times, {0, 40})
    clock = frame_date_clock(video(606.4, 1, path=str(path), container="dhav"))
    assert clock is not None
    assert (clock.start, len(clock.pieces), clock.notes) == (START, 1, ())


def test_other_files_have_none(tmp_path: Path) -> None:
    path = tmp_path / "d.mp4"
    path.write_bytes(b"DHAV" + b"\0" * 100)
    assert frame_date_clock(video(3.0, 1, path=str(path))) is None
    assert frame_date_clock(video(3.0, 1, path=str(path), container="dhav")) is None
