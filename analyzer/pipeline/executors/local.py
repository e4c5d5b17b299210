"""Executor of local processes, one thread each."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import signal
import threading
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from itertools import chain, islice
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any

from analyzer.errors import AnalyzerError
from analyzer.pipeline.executors.base import MOST_TRIES, analyse, given_up
from analyzer.pipeline.executors.in_process import InProcess
from analyzer.pipeline.inference import limit_threads
from analyzer.pipeline.tasks import (
    TASKS_PER_WORKER,
    ProgressCallback,
    SegmentOutcome,
    SegmentProgress,
    SegmentTask,
)

_PATIENCE_S = 5.0
"""How long a worker that was told to end may take before it is killed."""

_GUARD = (
    "a script that calls analyzer.run with more than one worker must do so under "
    '`if __name__ == "__main__":`, as each worker imports the script'
)


class LocalProcesses:
    """``workers`` processes, each replaced after ``recycle`` segments; bounded and patient.

    A worker that dies takes at most the segment that it was at with it: that one is tried once
    more, and given up when it kills a second worker. What else the worker held goes to the others.
    """

    def __init__(self, workers: int, recycle: int) -> None:
        """Start nothing yet."""
        self._workers = workers
        self._recycle = recycle

    def run(
        self, tasks: Iterable[SegmentTask], on_progress: ProgressCallback
    ) -> Iterator[SegmentOutcome]:
        """Yield outcomes as they end; see Executor.

        Raises AnalyzerError where a worker ends by itself before it begins its first task: then no
        worker can start here, and no segment is to blame.
        """
        source = iter(tasks)
        first = list(islice(source, 2))
        if len(first) < 2:
            # Starting processes takes longer than they could save on a single segment.
            yield from InProcess().run(first, on_progress)
            return
        rest = chain(first, source)
        with contextlib.closing(WorkerPool(self._workers, self._recycle)) as pool:
            while pool.fill(rest):
                for answer in pool.answers(wait(pool.connections)):
                    if isinstance(answer, SegmentProgress):
                        on_progress(answer)
                    else:
                        yield answer


class WorkerPool:
    """Processes that stay between tasks: ``fill`` them, wait for their ``connections``, repeat.

    See LocalProcesses. A worker yields ``niceness`` to others, as the system means it (0 to 19).
    """

    def __init__(self, workers: int, recycle: int, niceness: int = 0) -> None:
        """Start nothing yet."""
        self._workers = workers
        self._recycle = recycle
        self._niceness = niceness
        self._context = worker_context()
        self._pool: list[_Worker] = []
        self._again: deque[SegmentTask] = deque()
        self._deaths: dict[tuple[str, int], int] = {}

    @property
    def connections(self) -> list[Connection[Any, Any]]:
        """What becomes ready when a worker that is busy has an answer, or is gone."""
        return [worker.connection for worker in self._pool if worker.held]

    def fill(self, source: Iterator[SegmentTask]) -> bool:
        """Give every worker work for now and one more task to go on with, in turn.

        Returns whether anything is under way then. ``source`` may end and another one go on later.
        """
        self._replace_worn()
        for held in range(TASKS_PER_WORKER):
            for place in range(self._workers):
                if place < len(self._pool):
                    worker = self._pool[place]
                    if len(worker.held) > held or worker.done + len(worker.held) >= self._recycle:
                        continue
                task = self._again.popleft() if self._again else next(source, None)
                if task is None:
                    return bool(self.connections)
                if place >= len(self._pool):
                    number = _free_number(self._pool)
                    self._pool.append(_Worker(self._context, number, self._niceness))
                self._pool[place].send(task)
        return bool(self.connections)

    def answers(self, ready: Collection[object]) -> Iterator[SegmentOutcome | SegmentProgress]:
        """Yield what the workers have to say whose connections are among ``ready``.

        Raises AnalyzerError as ``LocalProcesses.run`` does.
        """
        for worker in [one for one in self._pool if one.held and one.connection in ready]:
            answer = worker.receive()
            if answer is not None:
                yield answer
                continue
            self._pool.remove(worker)
            how = worker.end()
            if worker.never_began:
                raise AnalyzerError(f"a worker process {how} before it began; {_GUARD}")
            suspect, *innocent = worker.held
            self._deaths[suspect.key] = self._deaths.get(suspect.key, 0) + 1
            self._again.extend(innocent)
            if self._deaths[suspect.key] >= MOST_TRIES:
                yield given_up(suspect, how)
            else:
                self._again.append(suspect)

    def close(self) -> None:
        """End all workers; nothing is lost, since only written segments count."""
        for worker in self._pool:
            worker.tell_to_end()
        for worker in self._pool:
            worker.end()
        self._pool.clear()

    def _replace_worn(self) -> None:
        worn = [one for one in self._pool if one.done >= self._recycle and not one.held]
        for worker in worn:
            self._pool.remove(worker)
            worker.tell_to_end()
            worker.end()


def _free_number(pool: list[_Worker]) -> int:
    """Return the lowest number from 1 that no worker of ``pool`` has."""
    return min(set(range(1, len(pool) + 2)) - {worker.number for worker in pool})


class _Worker:
    """One process and what it holds, in the order in which it works on it."""

    def __init__(self, context: BaseContext, number: int, niceness: int) -> None:
        self.number = number
        self.held: list[SegmentTask] = []
        self.done = 0
        self._began = False
        self.connection, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(  # type: ignore[attr-defined]
            target=_work, args=(theirs, niceness), daemon=True
        )
        self._process.start()
        # Ours closed, the connection ends with the worker, which is how its death is noticed.
        theirs.close()

    def send(self, task: SegmentTask) -> None:
        """Hand over ``task``; that a worker is gone shows when its answer is awaited."""
        self.held.append(task)
        try:
            self.connection.send(task)
        except OSError:
            return

    def receive(self) -> SegmentOutcome | SegmentProgress | None:
        """Return the outcome of the first task held or how far it is; None: the worker died."""
        try:
            message = self.connection.recv()
        except (EOFError, OSError):
            return None
        self._began = True
        if isinstance(message, float):
            return SegmentProgress(self.number, self.held[0], message)
        result, failure, reason = message
        self.done += 1
        return SegmentOutcome(self.held.pop(0), result, failure, reason)

    @property
    def never_began(self) -> bool:
        """Whether it ended by itself, not killed, and was never heard of."""
        return not self._began and (self._process.exitcode or 0) >= 0

    def tell_to_end(self) -> None:
        """Ask the worker to end now: nothing is lost, since only written segments count."""
        self._process.terminate()

    def end(self) -> str:
        """Wait for the end of the worker and say how it came."""
        self._process.join(_PATIENCE_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self.connection.close()
        return _in_words(self._process.exitcode)


def _work(connection: Connection[Any, Any], niceness: int) -> None:
    """Run in the worker: analyse what comes, one after the other."""
    os.nice(niceness)
    # Ctrl-C is the coordinator's to handle.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_threads(1)
    tasks: queue.SimpleQueue[SegmentTask] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(connection, tasks), daemon=True).start()
    while True:
        task = tasks.get()
        connection.send(task.info.clock.moment(task.span.start_pts).t)
        outcome = analyse(task, connection.send)
        # The task stays here: the coordinator knows it, and its list of keyframes is long.
        connection.send((outcome.result, outcome.failure, outcome.reason))


def _listen(connection: Connection[Any, Any], tasks: queue.SimpleQueue[SegmentTask]) -> None:
    """Thread: take tasks as they come, so that the coordinator never waits to hand one over.

    Without a coordinator nobody takes results, and the run that resumes needs the processor.
    """
    with contextlib.suppress(EOFError, OSError):
        while True:
            tasks.put(connection.recv())
    os._exit(0)


def _in_words(exit_code: int | None) -> str:
    if exit_code == -signal.SIGKILL:
        return (
            "killed by the system, most often for want of memory: give the machine more of it, or "
            "fewer --workers"
        )
    if exit_code is not None and exit_code < 0:
        return f"crashed with {signal.Signals(-exit_code).name}"
    return f"ended with status {exit_code}"


def worker_context() -> BaseContext:
    """Return how workers start: from a server that has imported what they need, where there is one.

    A plain fork of this process would copy its threads and open files; a fresh start imports
    everything once a worker (2 s of a core each).
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["analyzer.pipeline.segment"])
    return context
