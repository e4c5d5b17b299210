"""Progress of a run on a terminal: one live line per worker and one in all; quiet elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from analyzer.pipeline.progress import Progress, ProgressListener, SilentListener, WorkerProgress

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


class _Live:
    """Draws a line for the whole run and one for each worker that is at something."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._total = bars.add_task("run", total=None, file="starting", speed="")
        self._lines: dict[int, TaskID] = {}

    def update(self, progress: Progress) -> None:
        """Draw ``progress``."""
        for worker in progress.workers:
            self._draw(worker)
        at_work = {worker.worker for worker in progress.workers}
        for number, line in self._lines.items():
            self._bars.update(line, visible=number in at_work)
        self._bars.update(
            self._total,
            total=progress.planned_s or None,
            completed=progress.analysed_s,
            file=f"all: file {progress.file_number}/{progress.files}"
            f", {progress.written} parts done",
            speed=f"{progress.times_real_time:.1f} × real time",
        )

    def _draw(self, worker: WorkerProgress) -> None:
        if worker.worker not in self._lines:
            line = self._bars.add_task("worker", total=1.0, file="", speed="")
            self._lines[worker.worker] = line
        self._bars.update(
            self._lines[worker.worker],
            completed=worker.done,
            file=f"worker {worker.worker}: {worker.file_name}"
            f" part {worker.segment}/{worker.segments}",
        )


@contextmanager
def progress_on(stream: TextIO) -> Iterator[ProgressListener]:
    """Yield a listener that draws on ``stream`` when it is a terminal.

    It draws through a descriptor of its own, so that the bar stays while standard error is turned
    away from what libraries print as they load.
    """
    if not stream.isatty():
        yield SilentListener()
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.fields[file]}"),
        BarColumn(),
        TextColumn("{task.percentage:>5.1f} %"),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )
    with (
        os.fdopen(os.dup(stream.fileno()), "w", encoding=stream.encoding) as own,
        Bars(*columns, console=Console(file=own), transient=True) as bars,
    ):
        yield _Live(bars)
