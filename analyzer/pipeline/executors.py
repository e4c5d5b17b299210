"""Where segments are analysed: in this process, or in local processes with one thread each."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from typing import Protocol

from analyzer.errors import AnalyzerError, VideoError
from analyzer.pipeline.engines import engines_for, limit_threads
from analyzer.pipeline.tasks import Outcome, SegmentTask

_log = logging.getLogger(__name__)


class Executor(Protocol):
    """Runs tasks and yields outcomes as they come; never touches the case."""

    def run(self, tasks: Iterable[SegmentTask]) -> Iterator[Outcome]:
        """Yield one outcome a task, in any order; ``tasks`` is consumed as there is room."""
        ...


def analyse(task: SegmentTask) -> Outcome:
    """Analyse one segment with this process's engines; whatever goes wrong becomes a reason.

    This is the one guard that protects a batch from a single bad file.
    """
    from analyzer.pipeline.analyse import analyse_segment

    engines = engines_for(task.settings)
    try:
        return Outcome(task, analyse_segment(task, engines))
    except VideoError as error:
        return Outcome(task, reason=str(error), final=True)
    except AnalyzerError as error:
        return Outcome(task, reason=str(error))
    except Exception as error:  # noqa: BLE001
        _log.debug("%s: segment %d", task.path, task.span.index, exc_info=True)
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        return Outcome(
            task, reason=f"{task.path}: unexpected error ({what}); please report it with --debug"
        )


class InProcess:
    """One segment after the other in this process."""

    def run(self, tasks: Iterable[SegmentTask]) -> Iterator[Outcome]:
        """Yield outcomes in the order of ``tasks``."""
        for task in tasks:
            yield analyse(task)


class LocalProcesses:
    """``workers`` processes with one thread each; at most two tasks a worker are under way."""

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def run(self, tasks: Iterable[SegmentTask]) -> Iterator[Outcome]:
        """Yield outcomes as they end.

        A worker that dies takes the pool with it: what was under way is tried once more, one task
        at a time, so that the task that kills its worker is found and given up alone.
        """
        source = iter(tasks)
        first = list(islice(source, 2))
        if len(first) < 2:
            # Starting processes takes longer than they could save on a single segment.
            yield from InProcess().run(first)
            return
        source = chain(first, source)
        suspects: list[SegmentTask] = []
        while True:
            try:
                yield from self._through_pool(source, suspects)
            except BrokenProcessPool:
                yield from self._one_by_one(suspects)
                suspects.clear()
                continue
            return

    def _through_pool(
        self, source: Iterator[SegmentTask], under_way: list[SegmentTask]
    ) -> Iterator[Outcome]:
        pool = self._pool(self._workers)
        pending: dict[Future[Outcome], SegmentTask] = {}
        try:
            while True:
                for task in islice(source, 2 * self._workers - len(pending)):
                    under_way.append(task)
                    pending[pool.submit(analyse, task)] = task
                if not pending:
                    return
                done, _ = wait(pending, return_when=FIRST_COMPLETED)
                for future in done:
                    outcome = future.result()
                    task = pending.pop(future)
                    under_way.remove(task)
                    yield outcome
        finally:
            _stop(pool)

    def _one_by_one(self, tasks: list[SegmentTask]) -> Iterator[Outcome]:
        for task in tasks:
            pool = self._pool(1)
            try:
                yield pool.submit(analyse, task).result()
            except BrokenProcessPool:
                reason = f"{task.path}: the worker died twice on this part; it was given up"
                yield Outcome(task, reason=reason)
            finally:
                _stop(pool)

    @staticmethod
    def _pool(workers: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(workers, _context(), initializer=_prepare_worker)


def _context() -> multiprocessing.context.BaseContext:
    """Return how workers start: from a server that has imported what they need, where there is one.

    A plain fork of this process would copy its threads and open files; a fresh start imports
    everything once a worker (2 s of a core each).
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["analyzer.pipeline.analyse"])
    return context


def _prepare_worker() -> None:
    """Leave Ctrl-C to the coordinator, and hold the numeric libraries to one thread."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_threads(1)


def _stop(pool: ProcessPoolExecutor) -> None:
    """End the workers now: nothing is lost, since only written segments count."""
    processes = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join()


def make_executor(workers: int) -> Executor:
    """Return the executor for ``workers`` processes; one worker needs no process of its own."""
    limit_threads(1)
    return LocalProcesses(workers) if workers > 1 else InProcess()


def default_workers() -> int:
    """One a core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
