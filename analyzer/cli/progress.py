"""One live line on a terminal; quiet elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from analyzer.pipeline.watch import Progress, Watcher


class _Silent:
    """Says nothing: standard error is a file or a pipe."""

    def update(self, progress: Progress) -> None:
        """Ignore ``progress``."""


@contextmanager
def progress_on(stream: TextIO) -> Iterator[Watcher]:
    """Yield a watcher that draws on ``stream`` when it is a terminal.

    It draws through a descriptor of its own, so that the bar stays while standard error is turned
    away from what libraries print as they load.
    """
    if not stream.isatty():
        yield _Silent()
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
        task = bars.add_task("run", total=None, file="starting", speed="")

        class _Live:
            def update(self, progress: Progress) -> None:
                bars.update(
                    task,
                    total=progress.planned_s or None,
                    completed=progress.analysed_s,
                    file=f"file {progress.file_number}/{progress.files} {progress.file_name}"
                    f" segment {progress.segment}/{progress.segments}",
                    speed=f"{progress.times_real_time:.1f} × real time",
                )

        yield _Live()
