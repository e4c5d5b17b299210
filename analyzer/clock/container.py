"""Creation time of a container: when it was written, which may be long after the recording."""

from __future__ import annotations

from datetime import datetime

from analyzer.types import Clock, ClockPiece, VideoInfo

NOT_A_TIME_BEFORE = 1990
"""Earlier years are not times: a clock that was never set counts from its epoch."""

_TRUST = 0.3
_PICTURE_TRUST = 0.8
"""A camera writes into each picture when it took it, as recorders do into their frames."""


def container_clock(info: VideoInfo) -> Clock | None:
    """Return the creation time that the container stores, in its own zone; None without one.

    Of a still picture it is that of EXIF.

    MP4 and Matroska prescribe UTC; many recorders write their local time there.
    """
    text = (info.creation_time or "").strip()
    try:
        stored = datetime.fromisoformat(text)
    except ValueError:
        return None
    if stored.year < NOT_A_TIME_BEFORE:
        return None
    zone = None
    offset = stored.utcoffset()
    if offset is not None:
        zone = "UTC" if not offset else stored.isoformat()[-6:]
    piece = ClockPiece(0.0, stored.replace(tzinfo=None))
    if info.is_picture:
        return Clock("frame dates", "EXIF: when it was taken", (piece,), zone, trust=_PICTURE_TRUST)
    return Clock("container", "container creation time", (piece,), zone, trust=_TRUST)
