"""What a run tells while it works; the pipeline knows nothing of terminals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands. Seconds are seconds of video; ``file_number`` and ``segment`` from 1."""

    file_name: str
    file_number: int
    files: int
    segment: int
    segments: int
    planned_s: float
    analysed_s: float
    times_real_time: float


class Watcher(Protocol):
    """Told of every step of a run."""

    def update(self, progress: Progress) -> None:
        """Take note of ``progress``."""
        ...
