"""One analysed case of the samples, shared by the tests of the whole job."""

import json
import subprocess
import sys

import pytest

from analyzer.store.reader import CaseReader
from analyzer.store.tables import ORDER
from tests.places import FOOTAGE, GALLERY, ROOT

VARYING = {"runs", "audit", "seals"}
"""Tables whose rows hold run ids and times of day, or digests of such rows."""


def analyzer(*arguments, code=0, env=None):
    """Run the command line in a process of its own and return the finished process."""
    done = subprocess.run(
        [sys.executable, "-c", "from analyzer.cli.main import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=env,
        timeout=280,
        check=False,
    )
    assert done.returncode == code, done.stderr[-2000:]
    return done


@pytest.fixture(scope="session")
def run():
    """Call the command line."""
    return analyzer


@pytest.fixture(scope="session")
def samples_case(tmp_path_factory):
    """The case of `analyzer run samples/footage --gallery samples/gallery`, and its JSON."""
    case = tmp_path_factory.mktemp("samples") / "case"
    done = analyzer(
        "run", FOOTAGE, "--gallery", GALLERY, "--case", case,
        "--workers", "1", "--json",
    )  # fmt: skip
    return case, json.loads(done.stdout)


def everything(case):
    """Return all rows of all tables but what belongs to the run."""
    with CaseReader(case) as reader:
        tables = {name: list(reader.rows(name)) for name in ORDER if name not in VARYING}
    for row in tables["files"]:
        row.pop("run_id")
    return tables


@pytest.fixture(scope="session")
def small_case(tmp_path_factory):
    """The case of the job of ``small.analysed``, in one process without disturbance."""
    from tests.pipeline.small import analysed

    case = tmp_path_factory.mktemp("undisturbed") / "case"
    analysed(case, workers=1)
    return case


@pytest.fixture(scope="session")
def undisturbed(small_case):
    """All its rows."""
    assert len(everything(small_case)["segments"]) >= 5
    return everything(small_case)
