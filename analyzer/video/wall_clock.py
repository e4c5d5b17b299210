"""Start time of a recording from its container metadata or its file name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from analyzer.types import VideoInfo

# Earlier years are not times: a clock that was never set counts from its epoch.
_NOT_A_TIME_BEFORE = 1990

# 20240131_235959, 2024-01-31 23-59-59, 2024-01-31T23:59:59Z, 2024.01.31-23.59.59 and the like; no
# further digit on either side, so that serial numbers are not read as times.
_IN_NAME = re.compile(
    r"(?<!\d)(\d{4})([-_.]?)(\d{2})\2(\d{2})[-_T .]{0,3}"
    r"(\d{2})([-_.:h]?)(\d{2})\6(\d{2})(?!\d)(Z)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class WallClock:
    """The time of the first frame as stored, and the name of its source.

    ``start`` has a time zone only if one is stored; none is guessed. MP4 prescribes UTC for its
    creation time, but many recorders write local time there, so its Z is dropped.
    """

    start: datetime
    source: str


def wall_clock_start(info: VideoInfo, file_name: str) -> WallClock | None:
    """Return the start of the recording from the container, else ``file_name``, else None."""
    created = _from_container(info.creation_time)
    if created is not None:
        return WallClock(created, "container creation time")
    named = _from_name(file_name)
    return WallClock(named, "file name") if named is not None else None


def _from_container(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        stored = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return stored.replace(tzinfo=None) if stored.year >= _NOT_A_TIME_BEFORE else None


def _from_name(name: str) -> datetime | None:
    for found in _IN_NAME.finditer(name):
        year, month, day, hour, minute, second = (int(found[i]) for i in (1, 3, 4, 5, 7, 8))
        if year < _NOT_A_TIME_BEFORE:
            continue
        try:
            stored = datetime(year, month, day, hour, minute, second)
        except ValueError:
            continue
        return stored.replace(tzinfo=UTC) if found[9] else stored
    return None
