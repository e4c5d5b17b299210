"""The public Python API: light to import, and every example of docs/python.md runs."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

import analyzer
from tests.places import ROOT

HEAVY = ("numpy", "pandas", "cv2", "tensorflow", "av", "dlib", "plotly", "sqlite_utils")


def python(code, cwd):
    """Run ``code`` in an interpreter of its own and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, cwd=cwd, timeout=280, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def folder(samples_case, tmp_path_factory):
    """A folder as a user of the examples has it: samples/ and the analysed case."""
    folder = tmp_path_factory.mktemp("examples")
    (folder / "samples").symlink_to(ROOT / "samples")
    for name in ("mycase", "demo"):
        shutil.copytree(samples_case[0], folder / "reports" / name)
    return folder


def test_the_import_loads_nothing_heavy():
    loaded = python(f"import sys, analyzer; print([m for m in {HEAVY} if m in sys.modules])", ROOT)
    assert loaded.strip() == "[]"


def test_every_public_name_exists_and_is_documented():
    for name in analyzer.__all__:
        value = getattr(analyzer, name)
        assert isinstance(value, tuple) or value.__doc__, name
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = analyzer.no_such_name


def test_every_example_of_the_page_runs(folder):
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    (folder / "examples.py").write_text("\n".join(examples), encoding="utf-8")
    printed = python("import runpy; runpy.run_path('examples.py', run_name='__main__')", folder)
    assert len(examples) >= 5
    # Nothing was analysed again, the two known people are told, and the error says what to do.
    assert printed.count(" done ") == 3
    assert "Barack Obama" in printed
    assert "not a case" in printed


def test_the_notebook_runs(folder):
    notebook = json.loads((ROOT / "docs" / "one_person.ipynb").read_text(encoding="utf-8"))
    cells = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    shown = (
        "import plotly.graph_objects as g; g.Figure.show = lambda f: print('lines', len(f.data))"
    )
    printed = python("\n".join([shown, *cells]), folder)
    assert "lines 7" in printed
    assert "quality" in printed
    assert all(not c.get("outputs") for c in notebook["cells"]), "outputs hold pictures of people"


def test_tables_are_those_of_the_case(samples_case):
    with analyzer.open_case(samples_case[0]) as case:
        tracks, seen = case.tracks(), case.appearances()
        assert len(case.videos()) == 3
        assert set(seen["track_id"]) == set(tracks["id"])
        assert set(case.emotions()["track_id"]) <= set(tracks["id"])
        assert set(case.actions()["track_id"]) <= set(tracks["id"])
        named = seen[seen["status"] == "candidate"].iloc[0]
        faces = case.faces(named["track_id"])
        assert [f.quality for f in faces] == sorted((f.quality for f in faces), reverse=True)
        assert faces[0].bgr().ndim == 3
        assert named["t_start"] <= faces[0].t <= named["t_end"]


def test_a_track_that_is_not_there_is_refused(samples_case):
    with (
        analyzer.open_case(samples_case[0]) as case,
        pytest.raises(analyzer.UsageError, match="T99"),
    ):
        case.faces("T99")
