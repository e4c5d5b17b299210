"""Gap detection: stretches of a segment in which stored frames could not be decoded."""

from __future__ import annotations

from bisect import bisect_left

from analyzer.types import Gap, GapReason, SegmentSpan, VideoInfo

# Shorter than two seconds, a loss is counted as bad frames; a gap also spans some samples, and some
# frames of a slow recording.
MIN_GAP_S = 2.0
MIN_SAMPLES = 3
MIN_FRAMES = 4

_UNDECODABLE: GapReason = "undecodable"


class GapFinder:
    """Fed the pts of every sampled frame of one segment, in order."""

    def __init__(self, info: VideoInfo, span: SegmentSpan, fps: float) -> None:
        """Look for gaps in ``span`` from its start to its end, for sampling at ``fps``."""
        self._info = info
        self._last = span.start_pts
        self._end = min(span.end_pts, info.end_pts)
        shortest = max(MIN_GAP_S, MIN_SAMPLES / fps, MIN_FRAMES / info.average_rate)
        self._limit = shortest / float(info.time_base)
        self._found: list[Gap] = []

    def update(self, pts: int) -> None:
        """Take the next sampled frame."""
        if pts > self._last:
            self._close(min(pts, self._end))
            self._last = pts

    def finish(self) -> tuple[Gap, ...]:
        """Return all gaps, with the one from the last sampled frame to the end of the segment."""
        self._close(self._end)
        return tuple(self._found)

    def _close(self, pts: int) -> None:
        if pts - self._last > self._limit and self._unstored(pts) + self._limit < pts - self._last:
            clock = self._info.clock
            start, end = clock.moment(self._last).t, clock.moment(pts).t
            self._found.append(Gap(start, end, _UNDECODABLE))

    def _unstored(self, pts: int) -> int:
        """Ticks between the last frame and ``pts`` in which the file stores no frame anyway."""
        pauses, total = self._info.pauses, 0
        for begin, end in pauses[bisect_left(pauses, (self._last, self._last)) :]:
            if begin >= pts:
                break
            total += min(end, pts) - begin
        return total
