"""Recordings of a camera that hangs askew, turned upright before anything looks at them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analyzer.types import VideoInfo

FILTERS: dict[int, tuple[tuple[str, ...], ...]] = {
    0: (),
    90: (("transpose", "clock"),),
    180: (("hflip",), ("vflip",)),
    270: (("transpose", "cclock"),),
}
"""Filters of ffmpeg by degrees clockwise."""


def turned(info: VideoInfo, degrees: int) -> VideoInfo:
    """Return ``info`` of the recording turned clockwise by a multiple of 90 ``degrees``.

    What it says of the file stays: its rotation is applied first, then this one.
    """
    if degrees == info.turned:
        return info
    swapped = (degrees - info.turned) % 180 == 90
    width, height = (info.height, info.width) if swapped else (info.width, info.height)
    return replace(info, turned=degrees, width=width, height=height)


def turned_hash(raw_hash: str, degrees: int) -> str:
    """Return what rows of a turned recording depend on, besides what ``raw_hash`` covers."""
    return f"{raw_hash}/{degrees}" if degrees else raw_hash


def untouched_hash(stored: str) -> str:
    """Return the ``raw_hash`` that ``turned_hash`` was given."""
    return stored.partition("/")[0]


def turn_of(stored: str) -> int:
    """Return the degrees that ``turned_hash`` was given."""
    return int(stored.partition("/")[2] or 0)


def turn_filters(frames: Any, degrees: int) -> Any:
    """Return the stream ``frames`` of ffmpeg-python, turned."""
    for name, *arguments in FILTERS[degrees]:
        frames = frames.filter(name, *arguments)
    return frames
