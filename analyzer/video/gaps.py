"""Gap detection: stretches of a segment in which stored frames could not be decoded."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

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
        shortest = max(MIN_GAP_S, MIN_SAMPLES / fps, MIN_FRAMES * info.usual_step_s)
        self._limit = shortest / float(info.time_base)
        self._step = round(info.usual_step_s / float(info.time_base))
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
        moment = self._info.clock.moment
        for begin, end in self._recorded(pts):
            if end - begin > self._limit:
                self._found.append(Gap(moment(begin).t, moment(end).t, _UNDECODABLE))

    def _recorded(self, pts: int) -> Iterator[tuple[int, int]]:
        """Yield the parts of the stretch up to ``pts`` that lie in no pause.

        ::

            pictures  |         (damaged)  (none)  (damaged)  |
            parts     -------------------          -----------
        """
        at = self._last
        pauses = self._info.pauses
        for i in range(bisect_left(pauses, (at, at)), len(pauses)):
            begin, end = pauses[i]
            if begin >= pts:
                break
            # The picture before a pause lasts a step.
            yield at, min(begin + self._step, end, pts)
            at = min(end, pts)
        yield at, pts
