"""Executor on a Dask cluster, whose workers read from shared storage."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from analyzer.config import Settings
from analyzer.errors import AnalyzerError, UsageError
from analyzer.models.registry import load_registry
from analyzer.pipeline import provenance
from analyzer.pipeline.executors.base import analyse, given_up
from analyzer.pipeline.inference import limit_threads
from analyzer.pipeline.tasks import (
    TASKS_PER_WORKER,
    ProgressCallback,
    SegmentOutcome,
    SegmentTask,
)

_CONNECT_S, _FIRST_WORKER_S, _WITHOUT_WORKERS_S = 20.0, 60.0, 300.0
"""How long to wait for the scheduler, for the first worker, and for a worker after the last left:
long enough for nodes that restart, short enough to be told in the morning."""

_LOOK_S = 5.0

Made = dict[str, Any]
"""What rows depend on besides pictures and settings: versions of libraries, and models."""


class DaskCluster:
    """A cluster that somebody else runs; workers analyse, and never see the case.

    The scheduler moves the segments of a worker that dies to others. One that it gives up (after
    its ``allowed-failures``) may only have been held by the same worker as the culprit, so it is
    tried once more when nothing else is under way.
    """

    def __init__(self, address: str) -> None:
        """``address`` is dask://HOST:PORT; nothing is connected yet."""
        self._address = address
        self._scheduler = address.replace("dask://", "tcp://", 1)

    def run(
        self, tasks: Iterable[SegmentTask], on_progress: ProgressCallback
    ) -> Iterator[SegmentOutcome]:
        """Yield outcomes as they end; see Executor. Nothing is known of what comes between.

        Raises UsageError where no scheduler or no worker answers, or workers are made otherwise
        than this machine; AnalyzerError where the cluster is lost on the way.
        """
        source = iter(tasks)
        first = next(source, None)
        if first is None:
            return
        with closing(self._connected()) as client:
            made = made_with(first.settings)
            self._require_same(client, first.settings, made)
            suspects: list[SegmentTask] = []
            yield from self._through(client, made, chain([first], source), suspects)
            for suspect in suspects:
                killed: list[SegmentTask] = []
                yield from self._through(client, made, iter([suspect]), killed)
                for task in killed:
                    yield given_up(task, "the cluster found no worker that survives it")

    def _connected(self) -> Any:
        try:
            from distributed import Client
        except ImportError as error:
            raise UsageError(
                "--executor dask:// needs the package distributed; run: pip install analyzer[dask]"
            ) from error
        # What it would log of a worker that dies is told here in our own words.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        try:
            client = Client(self._scheduler, timeout=_CONNECT_S)
        except (OSError, TimeoutError, ValueError) as error:
            raise UsageError(
                f"{self._address}: no Dask scheduler answers there; check the address, or start "
                "one with `dask scheduler`"
            ) from error
        try:
            client.wait_for_workers(1, timeout=_FIRST_WORKER_S)
        except TimeoutError as error:
            client.close()
            raise UsageError(
                f"{self._address}: has no workers; start some with "
                f"`dask worker {self._scheduler} --nthreads 1`"
            ) from error
        return client

    def _require_same(self, client: Any, settings: Settings, made: Made) -> None:
        """Raise UsageError naming the first worker that would give other rows than this machine."""
        try:
            answers = client.run(made_with, settings)
        except Exception as error:  # whatever a foreign machine raises: analyzer is not there
            raise UsageError(
                f"{self._address}: a worker cannot load analyzer "
                f"({type(error).__name__}: {error}); "
                "install the same version with the same models there"
            ) from error
        for worker, theirs in answers.items():
            if theirs != made:
                raise UsageError(f"{worker}: {difference(theirs, made)}; make them the same")

    def _through(
        self,
        client: Any,
        made: Made,
        source: Iterator[SegmentTask],
        killed: list[SegmentTask],
    ) -> Iterator[SegmentOutcome]:
        """Yield outcomes; tasks that the scheduler gave up are put into ``killed``."""
        from distributed import KilledWorker

        under_way: dict[Any, SegmentTask] = {}
        while True:
            # One at least: where every worker is restarting, the first task waits for one.
            workers = max(len(client.scheduler_info(n_workers=-1)["workers"]), 1)
            for task in islice(source, max(TASKS_PER_WORKER * workers - len(under_way), 0)):
                under_way[client.submit(_on_worker, task, made, pure=False)] = task
            if not under_way:
                return
            for future in self._finished(client, list(under_way)):
                task = under_way.pop(future)
                if isinstance(future.exception(), KilledWorker):
                    killed.append(task)
                    continue
                result, failure, reason = self._result(future)
                yield SegmentOutcome(task, result, failure, reason)

    def _finished(self, client: Any, futures: list[Any]) -> list[Any]:
        """Wait for the first of ``futures`` to end and return those that have."""
        from distributed import wait

        alive = time.monotonic()
        while True:
            try:
                return list(wait(futures, _LOOK_S, return_when="FIRST_COMPLETED").done)
            except TimeoutError:
                if client.status != "running":
                    raise self._lost("the scheduler is gone") from None
                if client.scheduler_info(n_workers=-1)["workers"]:
                    alive = time.monotonic()
                elif time.monotonic() - alive > _WITHOUT_WORKERS_S:
                    raise self._lost("no worker is left") from None

    def _result(self, future: Any) -> Any:
        error = future.exception()
        if error is not None or future.cancelled():
            raise self._lost(f"{type(error).__name__}: {error}") from error
        return future.result()

    def _lost(self, what: str) -> AnalyzerError:
        return AnalyzerError(
            f"{self._address}: the cluster was lost ({what}); what is finished is in the case: "
            "start the cluster again and run the same command"
        )


@lru_cache(maxsize=2)
def made_with(settings: Settings) -> Made:
    """Return what rows made in this process depend on, for ``settings``."""
    versions = {name: v for name, v in provenance.versions().items() if name != "python"}
    models = provenance.model_records(settings, load_registry())
    return {**versions, **{f"model for {model['part']}": model for model in models}}


def difference(theirs: Made, ours: Made) -> str:
    """Return in words the first thing that a worker has otherwise than this machine."""
    for name in sorted(ours.keys() | theirs.keys()):
        if theirs.get(name) != ours.get(name):
            return f"its {name} is {theirs.get(name)}, here it is {ours.get(name)}"
    return "nothing differs"


_one_at_a_time = threading.Lock()
"""Networks are not safe to share between threads, of which a Dask worker may have several."""


def _on_worker(task: SegmentTask, made: Made) -> Any:
    """Run on a worker: analyse one segment, after making sure that it gives the same rows."""
    with _one_at_a_time:
        limit_threads(1)
        theirs = made_with(task.settings)
        if theirs != made:
            reason = f"{task.path}: a worker came later and {difference(theirs, made)}"
            return None, "interrupted", reason
        outcome = analyse(task)
    return outcome.result, outcome.failure, outcome.reason
