"""Executor in this process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from analyzer.pipeline.executors.base import analyse
from analyzer.pipeline.tasks import ProgressCallback, SegmentOutcome, SegmentProgress, SegmentTask


class InProcess:
    """One segment after the other in this process."""

    def run(
        self, tasks: Iterable[SegmentTask], on_progress: ProgressCallback
    ) -> Iterator[SegmentOutcome]:
        """Yield outcomes in the order of ``tasks``; see Executor."""
        for task in tasks:
            _at(on_progress, task, task.info.clock.moment(task.span.start_pts).t)
            yield analyse(task, partial(_at, on_progress, task))


def _at(on_progress: ProgressCallback, task: SegmentTask, t: float) -> None:
    on_progress(SegmentProgress(1, task, t))
