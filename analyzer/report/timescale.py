"""Time scale of charts: moments of a recording as milliseconds of its best known clock."""

from __future__ import annotations

from datetime import UTC, datetime

from analyzer.report.model import VideoView
from analyzer.types import daylight_saving

_UNKNOWN_ORIGIN_MS = 86_400_000.0
"""Midnight, so that the axis counts from 00:00:00."""


def epoch_ms(wall_start: datetime | None) -> float:
    """Return milliseconds since 1970 of the first frame's stored clock; one day if unknown.

    Plotly writes dates in UTC, so the stored digits are taken as UTC to be shown unchanged. It
    reads a number of four digits as a year, so the origin must not lie in the first ten seconds.
    """
    if wall_start is None:
        return _UNKNOWN_ORIGIN_MS
    return wall_start.replace(tzinfo=UTC).timestamp() * 1000


def clock_steps(video: VideoView) -> list[list[float]]:
    """Return [t, ms, rate] from which on the clock of ``video`` shows ms and runs at rate.

    Empty for a clock that shows the first frame's time plus what has passed.
    """
    clock = video.clock
    if clock is None:
        return []
    ends = daylight_saving(clock, video.duration_s)
    at = sorted({0.0, *ends, *(piece.t for piece in clock.pieces if piece.t > 0)})
    rates = [next((p.rate for p in reversed(clock.pieces) if p.t <= t), 1.0) for t in at]
    if len(at) == 1 and rates[0] == 1.0:
        return []
    return [[t, epoch_ms(clock.at(t)), rate] for t, rate in zip(at, rates, strict=True)]


def at_ms(video: VideoView, t: float) -> float:
    """Return milliseconds since 1970 of ``t`` by the best known clock of ``video``."""
    return epoch_ms(video.clock_start) + t * 1000
