"""Jobs of the whole program, and the analysed cases that the tests share."""

import contextlib
import fcntl
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from unittest import mock

import pytest

from analyzer.cli.main import main
from analyzer.store.reader import CaseReader
from analyzer.store.tables import ORDER
from tests.manifests import differences
from tests.places import FOOTAGE, GALLERY, ROOT

VARYING = {"runs", "audit", "seals"}
"""Tables whose rows hold run ids and times of day, or digests of such rows."""


@dataclass(frozen=True)
class Finished:
    """What a command wrote to its two streams."""

    stdout: str
    stderr: str


def analyzer(*arguments, code=0):
    """Run the command line in this process, which has everything imported, up to its exit."""
    out, err = io.StringIO(), io.StringIO()
    handler = signal.getsignal(signal.SIGTERM)
    words = ["analyzer", *map(str, arguments)]
    try:
        with (
            mock.patch.object(sys, "argv", words),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            pytest.raises(SystemExit) as ended,
        ):
            main()
    finally:
        signal.signal(signal.SIGTERM, handler)
    assert (ended.value.code or 0) == code, err.getvalue()[-2000:]
    return Finished(out.getvalue(), err.getvalue())


def started(*arguments):
    """Start the command line in a process of its own, which Ctrl-C stops.

    Tests that run in the background of a shell ignore it, and so would their children.
    """
    return subprocess.Popen(
        [sys.executable, "-c", "from analyzer.cli.main import main; main()", *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


PATIENCE_S = 600.0
"""How long is waited for what must come: far longer than it takes, as others may use the cores."""


def end_of(process):
    """Wait until ``process`` ends; return what it wrote to its two streams."""
    try:
        return process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()


def wait_for(condition, process):
    """Poll until ``condition`` gives something, while ``process`` lives and time is left."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        assert process.poll() is None, process.stderr.read()[-2000:]
        time.sleep(0.02)
    process.kill()
    raise AssertionError(f"what was waited for did not come in {PATIENCE_S:.0f} s")


@pytest.fixture(scope="session")
def run():
    """Call the command line."""
    return analyzer


def made_once(factory, name, make):
    """Return the folder ``name``, made by that worker of the session which needs it first."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    complete = folder.with_suffix(".complete")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not complete.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            complete.touch()
    return folder


@pytest.fixture(scope="session")
def samples_case(tmp_path_factory):
    """The case of `analyzer run samples/footage --gallery samples/gallery`, and its JSON.

    Tests read it; who writes takes a copy.
    """

    def make(folder):
        arguments = ("--gallery", GALLERY, "--case", folder / "case", "--workers", "1", "--json")
        (folder / "summary.json").write_text(analyzer("run", FOOTAGE, *arguments).stdout)

    folder = made_once(tmp_path_factory, "samples", make)
    yield folder / "case", json.loads((folder / "summary.json").read_text())
    assert differences(folder / "case") == [], "a test wrote into the case that all share"


def named_track(case, clip, person):
    """Return the first track of ``clip`` whose candidate is ``person``, as in FILE:T3."""
    with CaseReader(case) as reader:
        found = [
            row["track_id"]
            for row in reader.rows("appearances")
            if row["person"] == person and row["video_path"].endswith(clip)
        ]
    return f"{clip}:{min(found).split(':')[1]}"


def everything(case):
    """Return all rows of all tables but what belongs to the run."""
    with CaseReader(case) as reader:
        tables = {name: list(reader.rows(name)) for name in ORDER if name not in VARYING}
    for name in ("files", "measured_with"):
        for row in tables[name]:
            row.pop("run_id")
    return tables


@pytest.fixture(scope="session")
def small_case(tmp_path_factory):
    """The case of the job of ``small.analysed``, in one process without disturbance."""
    from tests.pipeline.small import analysed

    def make(folder):
        analysed(folder / "case", workers=1)

    return made_once(tmp_path_factory, "undisturbed", make) / "case"


@pytest.fixture(scope="session")
def undisturbed(small_case):
    """All its rows."""
    assert len(everything(small_case)["segments"]) >= 5
    return everything(small_case)
