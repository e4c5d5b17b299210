"""The unit of work that travels to a worker, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.config import Settings
from analyzer.types import SegmentResult, SegmentSpan, VideoInfo


@dataclass(frozen=True, slots=True)
class SegmentTask:
    """What a worker needs to know to analyse one segment; picklable."""

    path: str
    info: VideoInfo
    span: SegmentSpan
    settings: Settings


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one task: a result, or the reason why there is none.

    ``final`` says that trying again would give the same: the pictures cannot be decoded.
    """

    task: SegmentTask
    result: SegmentResult | None = None
    reason: str | None = None
    final: bool = False
