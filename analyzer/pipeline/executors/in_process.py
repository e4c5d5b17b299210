"""Segments analysed in this process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analyzer.pipeline.executors.base import analyse
from analyzer.pipeline.tasks import Outcome, SegmentTask


class InProcess:
    """One segment after the other in this process."""

    def run(self, tasks: Iterable[SegmentTask]) -> Iterator[Outcome]:
        """Yield outcomes in the order of ``tasks``."""
        for task in tasks:
            yield analyse(task)
