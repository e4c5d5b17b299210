"""One live line a worker and one in all on a terminal; quiet elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from analyzer.pipeline.progress import Progress, ProgressListener


class _Silent:
    """Says nothing: standard error is a file or a pipe."""

    def update(self, progress: Progress) -> None:
        """Ignore ``progress``."""


@contextmanager
def progress_on(stream: TextIO) -> Iterator[ProgressListener]:
    """Yield a listener that draws on ``stream`` when it is a terminal.

    It draws through a descriptor of its own, so that the bar stays while standard error is turned
    away from what libraries print as they load.
    """
    if not stream.isatty():
        yield _Silent()
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
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
        total = bars.add_task("run", total=None, file="starting", speed="")
        lines: dict[int, TaskID] = {}

        class _Live:
            def update(self, progress: Progress) -> None:
                for worker in progress.workers:
                    if worker.worker not in lines:
                        lines[worker.worker] = bars.add_task("worker", total=1.0, file="", speed="")
                    bars.update(
                        lines[worker.worker],
                        completed=worker.done,
                        file=f"worker {worker.worker}: {worker.file_name}"
                        f" part {worker.segment}/{worker.segments}",
                    )
                at_work = {worker.worker for worker in progress.workers}
                for number, line in lines.items():
                    bars.update(line, visible=number in at_work)
                bars.update(
                    total,
                    total=progress.planned_s or None,
                    completed=progress.analysed_s,
                    file=f"all: file {progress.file_number}/{progress.files}"
                    f", {progress.written} parts done",
                    speed=f"{progress.times_real_time:.1f} × real time",
                )

        yield _Live()
