"""Segments analysed in this process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from analyzer.pipeline.executors.base import analyse
from analyzer.pipeline.tasks import Advance, Outcome, SegmentTask, Tell


class InProcess:
    """One segment after the other in this process."""

    def run(self, tasks: Iterable[SegmentTask], tell: Tell) -> Iterator[Outcome]:
        """Yield outcomes in the order of ``tasks``; see Executor."""
        for task in tasks:
            yield analyse(task, partial(_told, tell, task))


def _told(tell: Tell, task: SegmentTask, t: float) -> None:
    tell(Advance(1, task, t))
