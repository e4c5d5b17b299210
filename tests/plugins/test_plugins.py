"""Another package adds a detector, an embedder and a format of export, and nothing of ours changes.

The package is the folder of this file; "installed" is what pip leaves of it: its metadata on the
path.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from analyzer.errors import ConfigError
from analyzer.models.backend import Backend
from analyzer.plugins import ExtensionPoint
from analyzer.store.reader import CaseReader
from tests.places import ROOT, STORE

HERE = Path(__file__).parent
SETTINGS = """
[sampling]
fps = 2.0
[faces]
backend = "dots"
[people]
backend = "dots"
[embedding]
backend = "dots"
min_sharpness = 0.0
[emotions]
enabled = false
[actions]
enabled = false
[report]
player = false
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """Return a folder with the metadata of the package, made from its pyproject.toml."""
    project = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
    folder = tmp_path_factory.mktemp("installed")
    info = folder / f"analyzer_dots-{project['version']}.dist-info"
    info.mkdir()
    about = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (info / "METADATA").write_text(about)
    (info / "entry_points.txt").write_text(entry_points(project["entry-points"]))
    return folder


def entry_points(groups) -> str:
    lines = []
    for group, entries in groups.items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in entries.items())]
    return "\n".join(lines) + "\n"


def analyzer(installed: Path, *arguments: object, code: int = 0) -> subprocess.CompletedProcess:
    path = os.pathsep.join(map(str, (installed, HERE, ROOT)))
    done = subprocess.run(
        [sys.executable, "-c", "from analyzer.cli.main import main; main()", *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == code, done.stderr[-2000:]
    return done


@pytest.fixture(scope="module")
def case(installed, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("plugins")
    (folder / "settings.toml").write_text(SETTINGS)
    config = folder / "settings.toml"
    analyzer(installed, "run", STORE, "--case", folder / "case", "--config", config, "--workers", 1)
    return folder / "case"


@pytest.mark.slow
def test_a_run_sees_with_them_and_records_their_package(case):
    with CaseReader(case) as reader:
        (run,) = reader.rows("runs")
        observations = list(reader.rows("observations"))
        faces = list(reader.rows("faces"))
    records = {record["part"]: record for record in json.loads(run["models"])}
    for part in ("faces", "people", "embedding"):
        assert (records[part]["backend"], records[part]["package"]) == ("dots", "analyzer-dots 1.2")
    assert records["embedding"]["recipe"] == "mean colour"
    detected = [row for row in observations if row["seen"] == "detected"]
    assert detected and all(row["face_score"] == row["body_score"] == 0.75 for row in detected)
    embedded = [face for face in faces if face["embedding"] is not None]
    assert embedded and all(face["embedder"] == "dots" for face in embedded)


@pytest.mark.slow
def test_a_case_is_exported_in_their_format(case, installed, tmp_path):
    analyzer(
        installed, "export", case, "--format", "dots", "--table", "segments", "--out", tmp_path
    )
    assert (tmp_path / "segments.dots").read_text() == ".\n"


@pytest.mark.slow
def test_what_cannot_be_imported_is_one_line_that_names_the_package(installed, tmp_path):
    config = tmp_path / "settings.toml"
    config.write_text('[embedding]\nbackend = "broken"\n')
    done = analyzer(
        installed, "run", STORE, "--case", tmp_path / "case", "--config", config, code=2
    )
    (line,) = done.stderr.splitlines()
    assert line.startswith("analyzer: analyzer-dots: its analyzer.embedders 'broken' cannot be")
    assert "dots_network" in line


@pytest.mark.slow
def test_unknown_names_are_told_with_theirs_among_the_known(installed, case, tmp_path):
    done = analyzer(installed, "export", case, "--format", "xml", "--out", tmp_path, code=2)
    assert done.stderr.splitlines() == [
        "analyzer: xml: no such format; use one of csv, jsonl, parquet, dots, timesketch, "
        "timesketch-csv, case-uco, vtt, srt, coco, mot"
    ]


@pytest.fixture
def point(tmp_path, monkeypatch) -> ExtensionPoint[Backend]:
    """Return a point to which two packages offer "twice", and one what is no backend."""
    offers = {"one": {"twice": "json:dumps", "wrong": "json:dumps"}, "two": {"twice": "json:loads"}}
    for package, names in offers.items():
        info = tmp_path / f"{package}-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1\n")
        (info / "entry_points.txt").write_text(entry_points({"tests.backends": names}))
    monkeypatch.syspath_prepend(tmp_path)
    return ExtensionPoint("tests.backends", Backend)


def test_a_name_that_two_packages_offer_is_nobody_s(point):
    with pytest.raises(ConfigError, match="'twice' is offered by one, two; keep one of them"):
        point.find("twice")


def test_a_value_of_another_type_is_refused_with_its_package(point):
    with pytest.raises(ConfigError, match="one: expected a Backend called 'wrong'"):
        point.find("wrong")


def test_ours_come_first_and_no_package_takes_their_name(point):
    ours = Backend(name="twice", aliases=("thrice",))
    point.add(ours)
    assert point.find("twice") is point.find("thrice") is ours
    assert (point.names(), point.package_of("twice")) == (("twice", "wrong"), None)
    assert point.find("unknown") is None


def test_doctor_lists_what_other_packages_offer(installed) -> None:
    path = os.pathsep.join(map(str, (installed, HERE, ROOT)))
    code = (
        "from analyzer.commands.doctor import _plugins as p\nfor c in p(): print(c.state, c.found)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    for group in ("detectors", "embedders", "exporters"):
        assert f"analyzer.{group}, from analyzer-dots" in done.stdout
    assert "optional analyzer-dots: its analyzer.embedders 'broken' cannot be loaded" in done.stdout
