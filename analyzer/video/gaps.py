"""Gap detection: stretches of a segment in which stored frames could not be decoded."""

from __future__ import annotations

from bisect import bisect_left

from analyzer.types import Gap, GapReason, SegmentSpan, VideoInfo

# Least length of a gap in seconds, in samples, and in frames (for slow recordings). Shorter losses
# count as bad frames.
MIN_GAP_S = 2.0
MIN_SAMPLES = 3
MIN_FRAMES = 4

_UNDECODABLE: GapReason = "undecodable"


class GapFinder:
    """Gap detector; takes the pts of every sampled frame of one segment, in order."""

    def __init__(self, info: VideoInfo, span: SegmentSpan, fps: float) -> None:
        """Start at the beginning of ``span``, for sampling at ``fps``."""
        self._info = info
        self._last = span.start_pts
        self._end = min(span.end_pts, info.end_pts)
        shortest = max(MIN_GAP_S, MIN_SAMPLES / fps, MIN_FRAMES / info.average_rate)
        self._limit = shortest / float(info.time_base)
        self._found: list[Gap] = []

    def update(self, pts: int) -> None:
        """Update with the next sampled frame."""
        if pts > self._last:
            self._close(min(pts, self._end))
            self._last = pts

    def finish(self) -> tuple[Gap, ...]:
        """Return all gaps, including one from the last sampled frame to the end of the segment."""
        self._close(self._end)
        return tuple(self._found)

    def _close(self, pts: int) -> None:
        if pts - self._last > self._limit and self._unstored(pts) + self._limit < pts - self._last:
            clock = self._info.clock
            start, end = clock.moment(self._last).t, clock.moment(pts).t
            self._found.append(Gap(start, end, _UNDECODABLE))

    def _unstored(self, pts: int) -> int:
        """Return the ticks up to ``pts`` in which the file stores no frame (pauses)."""
        pauses, total = self._info.pauses, 0
        for begin, end in pauses[bisect_left(pauses, (self._last, self._last)) :]:
            if begin >= pts:
                break
            total += min(end, pts) - begin
        return total
