"""Dates that Dahua's recorders write into the header of every picture (DHAV, ``.dav``).

A header begins with "DHAV", the kind of frame, its length, the date packed into 32 bits and a
counter of milliseconds of 16 bits (as FFmpeg's ``libavformat/dhav.c`` reads it). The counter may
run on through a pause that the dates show: where they part, the recorder paused or its clock was
set.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, Final

from analyzer.types import Clock, ClockPiece, VideoInfo

_MARK: Final = b"DHAV"
_HEADER: Final = struct.Struct("<4sBBBBIIIHBB")
_KEY: Final = 0xFD
_PICTURES: Final = (0xFC, _KEY)
_SEARCH: Final = 1 << 16
"""How far the next header is looked for where none stands: some files begin with another."""

_COUNTER_MS: Final = 1 << 16
_PARTS_S: Final = 2.0
"""From here on date and counter have parted: a date has whole seconds."""

_TRUST: Final = 0.8


@dataclass(frozen=True, slots=True)
class _Dated:
    t: float
    date: datetime


def frame_date_clock(info: VideoInfo) -> Clock | None:
    """Return the clock that the headers of the pictures tell; None for other containers."""
    if "dhav" not in info.container.split(","):
        return None
    try:
        with Path(info.path).open("rb") as file:
            dated = list(_dated(file))
    except OSError:
        return None
    if not dated:
        return None
    pieces = tuple(_pieces(dated))
    if _pauses_are_in(info, dated):
        pieces = pieces[:1]
    notes = tuple(_jumps(pieces))
    return Clock("frame dates", "recorder's frame dates", pieces, trust=_TRUST, notes=notes)


def _pauses_are_in(info: VideoInfo, dated: list[_Dated]) -> bool:
    """Whether the file's times run as the dates do: newer versions of FFmpeg read the dates."""
    by_date = (dated[-1].date - dated[0].date).total_seconds()
    by_counter = dated[-1].t - dated[0].t
    return abs(info.duration_s - by_date) <= abs(info.duration_s - by_counter)


def _dated(file: BinaryIO) -> Iterator[_Dated]:
    """Yield the date of each picture from the first keyframe on, and its seconds by the counter."""
    passed_ms, before = 0, None
    for kind, date, counter in _headers(file):
        if before is None and kind != _KEY:
            continue
        passed_ms += 0 if before is None else (counter - before) % _COUNTER_MS
        before = counter
        moment = _unpacked(date)
        if moment is not None:
            yield _Dated(passed_ms / 1000, moment)


def _headers(file: BinaryIO) -> Iterator[tuple[int, int, int]]:
    """Yield kind, packed date and counter of each picture."""
    while True:
        at = file.tell()
        data = file.read(_HEADER.size)
        if len(data) < _HEADER.size:
            return
        mark, kind, _, _, _, _, length, date, counter, _, _ = _HEADER.unpack(data)
        if mark != _MARK or length < _HEADER.size:
            file.seek(at)
            found = file.read(_SEARCH).find(_MARK, 1)
            if found < 0:
                return
            file.seek(at + found)
            continue
        if kind in _PICTURES:
            yield kind, date, counter
        file.seek(at + length)


def _unpacked(date: int) -> datetime | None:
    try:
        return datetime(
            2000 + (date >> 26), date >> 22 & 15, date >> 17 & 31,
            date >> 12 & 31, date >> 6 & 63, date & 63,
        )  # fmt: skip
    except ValueError:
        return None


def _pieces(dated: list[_Dated]) -> Iterator[ClockPiece]:
    """Yield the clock between its jumps; dates are cut to seconds, so the latest offset holds."""
    run: list[_Dated] = []
    for one in dated:
        if run and abs((one.date - run[-1].date).total_seconds() - (one.t - run[-1].t)) > _PARTS_S:
            yield _piece(run)
            run = []
        run.append(one)
    if run:
        yield _piece(run)


def _piece(run: list[_Dated]) -> ClockPiece:
    start = run[0]
    latest = max(one.date - timedelta(seconds=one.t - start.t) for one in run)
    return ClockPiece(start.t, min(latest, start.date + timedelta(seconds=1)))


def _jumps(pieces: tuple[ClockPiece, ...]) -> Iterator[str]:
    for before, after in pairwise(pieces):
        passed = before.wall + timedelta(seconds=after.t - before.t)
        jump = (after.wall - passed).total_seconds()
        yield (
            f"at {after.t:.1f} s the recorder's date goes from {passed:%Y-%m-%d %H:%M:%S} to "
            f"{after.wall:%Y-%m-%d %H:%M:%S} ({jump:+.0f} s): a pause, or the clock was set"
        )
