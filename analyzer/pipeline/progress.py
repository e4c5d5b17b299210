"""What a run tells while it works; the pipeline knows nothing of terminals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AtWork:
    """What one worker is at: ``done`` is the share of its segment that is analysed, 0 to 1.

    ``worker`` and ``segment`` count from 1; ``segments`` are those of the whole file.
    """

    worker: int
    file_name: str
    segment: int
    segments: int
    done: float


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands: ``file_number`` counts from 1, seconds are seconds of video.

    ``written`` is how many segments came back so far, ``workers`` are those known to be at
    something; a cluster's are not known.
    """

    file_number: int
    files: int
    written: int
    planned_s: float
    analysed_s: float
    times_real_time: float
    workers: tuple[AtWork, ...] = ()


class ProgressListener(Protocol):
    """Told of every step of a run."""

    def update(self, progress: Progress) -> None:
        """Take note of ``progress``."""
        ...
