"""Segment tasks, their progress and their outcomes: what travels between a run and its workers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from analyzer.config import Settings
from analyzer.types import Gap, SegmentResult, SegmentSpan, VideoInfo

TASKS_PER_WORKER = 2
"""Tasks a worker holds: the one it is at, and the next, so that it does not wait for us."""

Failure = Literal["undecodable", "given up", "interrupted"]
"""Why a segment has no result: its pictures do not decode; its workers die of it; or something
stood in the way that may be gone the next time (a disk that was unplugged, a missing model)."""


@dataclass(frozen=True, slots=True)
class SegmentTask:
    """What a worker needs to know to analyse one segment; picklable."""

    path: str
    info: VideoInfo
    span: SegmentSpan
    settings: Settings

    @property
    def key(self) -> tuple[str, int]:
        """The video and the number of the segment, which name a task."""
        return self.info.sha256, self.span.index

    @property
    def seconds(self) -> float:
        """The recorded seconds that the segment adds, without its lead and without pauses."""
        return self.info.recorded_between(self.span.start_pts, self.span.end_pts)


@dataclass(frozen=True, slots=True)
class SegmentProgress:
    """How far a worker, counted from 1, is with ``task``: at ``t`` seconds of its video."""

    worker: int
    task: SegmentTask
    t: float

    @property
    def share(self) -> float:
        """The share of the segment that is analysed, 0 to 1."""
        seconds = self.task.seconds
        info, begin = self.task.info, self.task.span.start_pts
        past = info.recorded_between(begin, info.start_pts + round(self.t / info.time_base))
        return min(max(past / seconds, 0.0), 1.0) if seconds > 0 else 0.0

    @property
    def phase(self) -> str:
        """What the worker is doing: before the first picture, at pictures, or after the last."""
        if self.t >= self.task.info.clock.moment(self.task.span.end_pts).t:
            return "finishing"
        return "analysing" if self.share > 0 else "starting"


ProgressCallback = Callable[[SegmentProgress], None]
"""Called by an executor now and then with how far a worker is; may be called often."""


@dataclass(frozen=True, slots=True)
class SegmentOutcome:
    """The end of one task: a result, or a failure and its reason in words."""

    task: SegmentTask
    result: SegmentResult | None = None
    failure: Failure | None = None
    reason: str | None = None

    @property
    def lasting(self) -> SegmentResult | None:
        """What the case keeps of it: the result, or an empty one whose whole span is a gap.

        None after an interruption: the next run may succeed, so nothing is to be remembered.
        """
        if self.failure is None or self.failure == "interrupted":
            return self.result
        info, span = self.task.info, self.task.span
        t_start, t_end = (info.clock.moment(pts).t for pts in (span.start_pts, span.end_pts))
        reason = self.reason or "could not be analysed"
        gap = Gap(t_start, min(t_end, info.duration_s), reason)
        return SegmentResult(info.sha256, span, (), 0, 0, 0, (gap,), self.failure)
