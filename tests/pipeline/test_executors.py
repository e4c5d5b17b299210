"""Every executor gives the same rows, and a worker that dies loses nothing."""

import os
import shutil
import signal
import sqlite3
import sys
import threading
from pathlib import Path

import pytest

from analyzer.config import Settings
from analyzer.errors import AnalyzerError, UsageError
from analyzer.pipeline import executors
from analyzer.pipeline.executors import base, local
from tests.jobs import everything
from tests.pipeline.small import CORRIDOR, STORE, Watched, analysed, cut, light

pytestmark = pytest.mark.slow

POISON = "poison"


def workers_of(process):
    """Return the pids of the worker processes of this one: children of its fork server."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z":
            parents[int(stat.parent.name)] = int(fields[1])
    servers = [pid for pid, parent in parents.items() if parent == process and is_server(pid)]
    return [pid for pid, parent in parents.items() if parent in servers]


def is_server(pid):
    return b"forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes()


def test_workers_that_are_killed_or_replaced_lose_nothing(undisturbed, tmp_path):
    killed = []

    def kill():
        killed.append(workers_of(os.getpid())[0])
        os.kill(killed[0], signal.SIGKILL)

    summary = analysed(tmp_path / "case", cut(recycle=2), listener=Watched(kill))
    assert killed
    assert summary.exit_code == 0
    assert everything(tmp_path / "case") == undisturbed


class Listening(Watched):
    """Remembers all that it is told."""

    def __init__(self):
        super().__init__()
        self.told = []

    def update(self, progress):
        self.told.append(progress)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_tells_how_far_each_worker_and_the_whole_is(workers, tmp_path, monkeypatch):
    monkeypatch.setattr(base, "_PROGRESS_EVERY_S", 0.0)
    listener = Listening()
    analysed(tmp_path / "case", light(), workers=workers, listener=listener)
    lines = [line for progress in listener.told for line in progress.workers]
    assert {line.worker for line in lines} <= set(range(1, workers + 1))
    assert {line.file_name for line in lines} <= {CORRIDOR.name, STORE.name}
    assert all(0.0 <= line.done <= 1.0 and line.segment <= line.segments for line in lines)
    shares = {line.done for line in lines if (line.file_name, line.segment) == (STORE.name, 2)}
    # In processes of their own workers keep to twice a second: quick ones may tell once or never.
    assert workers > 1 or len(shares) > 3, "the line moves within a part"
    assert [progress.written for progress in listener.told][-1] == 6
    done = [progress.analysed_s for progress in listener.told]
    assert max(done) == done[-1] == pytest.approx(listener.told[-1].planned_s)
    assert not listener.told[-1].workers


def die_of_poison(task, seen):
    """Stand in for a worker that the second segment of the store kills."""
    from analyzer.pipeline.executors.base import analyse

    if Path(task.path).name.startswith(POISON) and task.span.index == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return analyse(task, seen)


def work_with_poison(connection, niceness):
    local.analyse = die_of_poison
    REAL_WORK(connection, niceness)


REAL_WORK = local._work


def test_a_part_that_kills_its_workers_is_given_up_and_the_rest_is_kept(tmp_path, monkeypatch):
    clip = tmp_path / f"{POISON}.avi"
    shutil.copy(STORE, clip)
    case = tmp_path / "case"
    inputs = (str(clip), str(CORRIDOR))
    with monkeypatch.context() as patched:
        patched.setattr(local, "_work", work_with_poison)
        summary = analysed(case, light(), inputs=inputs)
    bad, good = summary.videos
    assert summary.exit_code == 3
    assert good.status == "done"
    assert bad.status == "failed"
    assert "2 times (killed by the system" in bad.reason
    assert "(1 of 3 parts of the file)" in bad.reason
    assert states(case, bad.sha256) == ["analysed", "given up", "analysed"]
    again = analysed(case, light(), inputs=inputs)
    assert again.processed_s == 0
    assert again.videos == summary.videos, "it is not tried again unasked, and stays failed"
    retried = analysed(case, light(), inputs=inputs, retry=True)
    assert [video.status for video in retried.videos] == ["done", "done"]
    assert states(case, bad.sha256) == ["analysed"] * 3


def work_without_guard(connection, niceness):
    """Stand in for a worker that imports a script which starts a run on import."""
    sys.exit(1)


def test_workers_that_cannot_start_are_one_error_and_no_file_is_blamed(tmp_path, monkeypatch):
    monkeypatch.setattr(local, "_work", work_without_guard)
    case = tmp_path / "case"
    with pytest.raises(
        AnalyzerError, match=r'ended with status 1 before.*if __name__ == "__main__"'
    ):
        analysed(case, light())
    with sqlite3.connect(case / "case.db") as db:
        assert db.execute("SELECT count(*) FROM segments").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM files WHERE status = 'failed'").fetchone() == (0,)


def test_more_memory_is_advised_only_where_a_worker_was_killed():
    assert "more of it, or fewer --workers" in local._in_words(-signal.SIGKILL)
    assert local._in_words(-signal.SIGSEGV) == "crashed with SIGSEGV"
    assert local._in_words(1) == "ended with status 1"


def states(case, sha256):
    with sqlite3.connect(case / "case.db") as db:
        sql = "SELECT state FROM segments WHERE video_sha256 = ? ORDER BY number"
        return [state for (state,) in db.execute(sql, [sha256])]


@pytest.fixture(scope="module")
def cluster():
    """A Dask cluster on this machine: a scheduler and two worker processes."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
        memory_limit=0,
    ) as made:  # fmt: skip
        yield made


def test_a_dask_cluster_gives_the_same_rows_also_when_a_worker_dies(cluster, undisturbed, tmp_path):
    address = cluster.scheduler_address.replace("tcp://", "dask://")
    died = threading.Event()

    def kill():
        os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
        died.set()

    summary = analysed(tmp_path / "case", executor=address, listener=Watched(kill))
    assert died.is_set()
    assert summary.exit_code == 0
    assert everything(tmp_path / "case") == undisturbed


def test_an_executor_that_cannot_be_had_is_one_clear_line():
    with pytest.raises(UsageError, match="local or dask://HOST:PORT"):
        executors.make_executor("slurm", 2, Settings().work)


def test_a_machine_with_other_models_is_told_by_what_differs():
    from analyzer.pipeline.executors.cluster import difference

    ours, theirs = (
        {"numpy": "2.0", "model for faces": "a"},
        {"numpy": "2.0", "model for faces": "b"},
    )
    assert difference(theirs, ours) == "its model for faces is b, here it is a"
