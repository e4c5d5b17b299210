"""Recorded stretches of a segment as its pictures come: where one ends, and what it held."""

from __future__ import annotations

from bisect import bisect_right

from analyzer.types import SegmentSpan, VideoInfo


class StretchWatch:
    """Tells when a pause of the recorder lies between two pictures; one per pass over a segment."""

    def __init__(self, info: VideoInfo, span: SegmentSpan) -> None:
        """Start before the first picture of ``span``."""
        # The middle of a pause: some pictures at its border have times that are interpolated.
        self._middles = [(begin + end) // 2 for begin, end in info.pauses]
        begins = {info.start_pts, *(end for _, end in info.pauses)}
        self._from_start = span.lead_pts in begins
        self._to_end = span.end_pts > info.end_pts or span.end_pts in begins
        self._passed: int | None = None
        self._sampled = 0
        self._was_lone = False

    def passes_pause(self, pts: int) -> bool:
        """Return whether the picture at ``pts`` is the first one after a pause; call in order."""
        passed = bisect_right(self._middles, pts)
        before, self._passed = self._passed, passed
        if before is None or passed == before:
            return False
        self._was_lone = self._is_lone
        self._from_start, self._sampled = True, 0
        return True

    def sample(self) -> None:
        """Take note of a sampled picture."""
        self._sampled += 1

    def cut(self) -> None:
        """Take note that the next picture does not follow the last one, for another reason."""
        self._from_start, self._sampled = False, 0

    @property
    def was_lone(self) -> bool:
        """Whether the stretch before the pause that was passed last is a single sample."""
        return self._was_lone

    @property
    def ends_lone(self) -> bool:
        """Whether the stretch at the end of the segment ends there and is a single sample."""
        return self._to_end and self._is_lone

    @property
    def _is_lone(self) -> bool:
        return self._from_start and self._sampled == 1
