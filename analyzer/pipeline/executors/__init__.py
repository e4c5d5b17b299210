"""Executors: in this process, in local processes, or on a Dask cluster."""

from __future__ import annotations

from analyzer.config import WorkSettings
from analyzer.errors import UsageError
from analyzer.pipeline.executors.base import Executor
from analyzer.pipeline.executors.cluster import DaskCluster
from analyzer.pipeline.executors.in_process import InProcess
from analyzer.pipeline.executors.local import LocalProcesses
from analyzer.pipeline.executors.resources import default_workers
from analyzer.pipeline.inference import limit_threads

__all__ = ["LOCAL", "Executor", "default_workers", "make_executor"]

LOCAL = "local"
DASK = "dask://"


def make_executor(name: str, workers: int, work: WorkSettings) -> Executor:
    """Return the executor ``name``: local or dask://HOST:PORT.

    One local worker needs no process of its own. Raises UsageError for any other name.
    """
    limit_threads(1)
    if name.startswith(DASK) and len(name) > len(DASK):
        return DaskCluster(name)
    if name != LOCAL:
        raise UsageError(f"--executor {name!r} is unknown; use local or dask://HOST:PORT")
    return LocalProcesses(workers, work.recycle) if workers > 1 else InProcess()
