"""Progress of a run, as told to whoever listens; nothing here knows of terminals."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from analyzer.pipeline.run_log import RunLog
from analyzer.pipeline.tasks import SegmentOutcome, SegmentProgress
from analyzer.pipeline.video_job import VideoJob


@dataclass(frozen=True, slots=True)
class WorkerProgress:
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
    """How far a run is: ``file_number`` counts from 1, seconds are seconds of video.

    ``written`` is how many segments came back so far, ``workers`` are those known to be at
    something; a cluster's are not known.
    """

    file_number: int
    files: int
    written: int
    planned_s: float
    analysed_s: float
    times_real_time: float
    workers: tuple[WorkerProgress, ...] = ()


class ProgressListener(Protocol):
    """Told of every step of a run."""

    def update(self, progress: Progress) -> None:
        """Take note of ``progress``."""


class SilentListener:
    """A listener that tells nobody."""

    def update(self, progress: Progress) -> None:
        """Ignore ``progress``."""


class ProgressReporter:
    """Tells a listener how far a run of ``jobs`` (by SHA-256) is, from what its workers tell."""

    def __init__(
        self, listener: ProgressListener, run_log: RunLog, jobs: Mapping[str, VideoJob]
    ) -> None:
        self._listener = listener
        self._run_log = run_log
        self._jobs = jobs
        self._under_way: dict[tuple[str, int], SegmentProgress] = {}
        self._written = 0
        self._begun = time.monotonic()

    def advanced(self, progress: SegmentProgress) -> None:
        """Take note of how far a worker is, and tell."""
        self._under_way[progress.task.key] = progress
        self._tell(self._jobs[progress.task.info.sha256])

    def ended(self, outcome: SegmentOutcome) -> None:
        """Take note of a segment that came back, and tell."""
        task = outcome.task
        self._run_log.segment(task.path, task.span.index, task.seconds, outcome.reason)
        self._under_way.pop(task.key, None)
        self._written += 1
        self._tell(self._jobs[task.info.sha256])

    def _tell(self, job: VideoJob) -> None:
        spent = time.monotonic() - self._begun
        run, under_way = self._run_log.progress, self._under_way.values()
        analysed_s = run.analysed_s + sum(each.share * each.task.seconds for each in under_way)
        workers = [self._worker(each) for each in under_way]
        self._listener.update(
            Progress(
                file_number=job.number,
                files=run.files,
                written=self._written,
                planned_s=run.planned_s + run.unopened_s,
                analysed_s=analysed_s,
                times_real_time=analysed_s / spent if spent > 0 else 0.0,
                workers=tuple(sorted(workers, key=lambda worker: worker.worker)),
            )
        )

    def _worker(self, progress: SegmentProgress) -> WorkerProgress:
        task = progress.task
        return WorkerProgress(
            worker=progress.worker,
            file_name=Path(task.path).name,
            segment=task.span.index + 1,
            segments=self._jobs[task.info.sha256].segments,
            done=progress.share,
        )
