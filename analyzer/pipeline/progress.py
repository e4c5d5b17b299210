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

    ``worker`` and ``segment`` count from 1; ``segments`` are those of the whole file. ``phase`` is
    *starting* (it loads models), *analysing* or *finishing* (faces, expressions and actions of the
    people found).
    """

    worker: int
    file_name: str
    segment: int
    segments: int
    done: float
    phase: str


@dataclass(frozen=True, slots=True)
class Step:
    """What the process that owns the case is at: ``name``, on ``item``, ``done`` of ``total``.

    *reading* and *reading again* (the SHA-256 of a file before and after), *deriving*, *deriving
    people*, *cutting copies* for the player, *rendering*. ``total`` is 0 where there is no count.
    """

    name: str
    item: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: seconds are seconds of video, to analyse and analysed in this run.

    ``files_closed`` of the ``files`` are done or failed; ``written`` is how many segments came back
    so far. ``workers`` are those known to be at something; a cluster's are not known. ``step`` is
    what else is going on, None while this process waits for workers.
    """

    files: int
    files_closed: int
    written: int
    planned_s: float
    analysed_s: float
    times_real_time: float
    left_s: float | None
    workers: tuple[WorkerProgress, ...] = ()
    step: Step | None = None


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
        self._spent = 0.0
        run_log.on_step = self.tell

    def advanced(self, progress: SegmentProgress) -> None:
        """Take note of how far a worker is, and tell."""
        self._under_way[progress.task.key] = progress
        self._at_work()

    def ended(self, outcome: SegmentOutcome) -> None:
        """Take note of a segment that came back, and tell."""
        task = outcome.task
        self._run_log.segment(task.path, task.span.index, task.seconds, outcome.reason)
        self._under_way.pop(task.key, None)
        self._written += 1
        self._at_work()

    def _at_work(self) -> None:
        """Tell; the speed is that of the analysis, so what comes after it does not count."""
        self._spent = time.monotonic() - self._begun
        self.tell()

    def tell(self) -> None:
        """Tell how far the run is now."""
        run, under_way = self._run_log.progress, self._under_way.values()
        analysed_s = run.analysed_s + sum(each.share * each.task.seconds for each in under_way)
        planned_s = run.planned_s + run.unopened_s
        speed = analysed_s / self._spent if self._spent > 0 else 0.0
        workers = [self._worker(each) for each in under_way]
        step = Step(run.step, run.step_item, run.step_done, run.step_total) if run.step else None
        self._listener.update(
            Progress(
                files=run.files,
                files_closed=run.files_done + run.files_failed,
                written=self._written,
                planned_s=planned_s,
                analysed_s=analysed_s,
                times_real_time=speed,
                left_s=max(planned_s - analysed_s, 0.0) / speed if speed > 0 else None,
                workers=tuple(sorted(workers, key=lambda worker: worker.worker)),
                step=step,
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
            phase=progress.phase,
        )
