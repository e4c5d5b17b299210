"""The unit of work that travels to a worker, and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from analyzer.config import Settings
from analyzer.types import SegmentResult, SegmentSpan, VideoInfo

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


@dataclass(frozen=True, slots=True)
class Advance:
    """How far a worker, counted from 1, is with ``task``: at ``t`` seconds of its video."""

    worker: int
    task: SegmentTask
    t: float


Tell = Callable[[Advance], None]
"""Told by an executor now and then of how far its workers are; may be called often."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one task: a result, or a failure and its reason in words."""

    task: SegmentTask
    result: SegmentResult | None = None
    failure: Failure | None = None
    reason: str | None = None
