"""Progress of a run on a terminal: one total, a line per worker, and what else is going on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from analyzer.cli.options import duration
from analyzer.pipeline.progress import (
    Progress,
    ProgressListener,
    SilentListener,
    Step,
    WorkerProgress,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live
    from rich.table import Table

_BAR = 16
"""Width of a bar in characters: the rest of 80 columns is for names."""


class _Live:
    """Draws one line for the whole run, one per worker at work, and one for any other step."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def update(self, progress: Progress) -> None:
        """Draw ``progress``."""
        self._live.update(lines_of(progress))


def lines_of(progress: Progress) -> Table:
    """Return the lines that tell of ``progress``: who, a bar, and in words what is going on."""
    from rich.table import Table

    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True, min_width=14)
    table.add_column(width=_BAR)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    table.expand = True
    _add(table, "total", progress.analysed_s, progress.planned_s, total_words(progress))
    for worker in progress.workers:
        _add(table, f"worker {worker.worker}", worker.done, 1.0, worker_words(worker))
    if progress.step is not None:
        step = progress.step
        _add(table, step.name, float(step.done), float(step.total), step_words(step))
    return table


def _add(table: Table, who: str, done: float, total: float, words: str) -> None:
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    bar = ProgressBar(total=total, completed=min(done, total), width=_BAR) if total > 0 else ""
    table.add_row(Text(who), bar, Text(words))


def total_words(progress: Progress) -> str:
    """Return how much video is analysed of how much, how fast, and how long it will still take."""
    files = f"{progress.files_closed} of {progress.files} files"
    if progress.planned_s <= 0:
        return files
    done, planned = duration(progress.analysed_s), duration(progress.planned_s)
    share = min(progress.analysed_s / progress.planned_s, 1.0)
    words = [f"{share:.0%}", f"{done} of {planned}", files]
    if progress.left_s is not None and share < 1:
        words.insert(1, f"{duration(progress.left_s)} left")
    return ", ".join([*words, f"{progress.times_real_time:.1f} × real time"])


def worker_words(worker: WorkerProgress) -> str:
    """Return what a worker does, on which part of which file."""
    part = f", part {worker.segment} of {worker.segments}" if worker.segments > 1 else ""
    return f"{worker.phase} {worker.file_name}{part}"


def step_words(step: Step) -> str:
    """Return which file or video of how many a step is at."""
    count = f"{step.done + 1} of {step.total}" if step.total else ""
    return " ".join(word for word in (count, step.item) if word)


@contextmanager
def progress_on(stream: TextIO) -> Iterator[ProgressListener]:
    """Yield a listener that draws on ``stream`` when it is a terminal.

    It draws through a descriptor of its own, so that the lines stay while standard error is turned
    away from what libraries print as they load.
    """
    if not stream.isatty():
        yield SilentListener()
        return
    from rich.console import Console
    from rich.live import Live

    with os.fdopen(os.dup(stream.fileno()), "w", encoding=stream.encoding) as own:
        console: Console = Console(file=own)
        with Live(console=console, transient=True, redirect_stdout=False) as live:
            yield _Live(live)
