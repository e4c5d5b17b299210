"""What may be opened as a case, by whom, and what is said where it may not."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.errors import CaseError
from analyzer.store.case import Case
from analyzer.store.reader import CaseReader
from tests.store.cases import SHA, make_case

NOBODY = 65534


@pytest.fixture
def other_user() -> Iterator[Path]:
    """Give a folder that this user may read but not write; root steps down for the test."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    make_case(folder / "case")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    yield folder
    if root:
        os.seteuid(0)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(folder)


def test_settings_that_keep_a_case_whole(tmp_path: Path) -> None:
    with Case.open(tmp_path / "new" / "case", create=True) as case:
        values = {
            name: case.db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    assert values == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 2,
        "busy_timeout": 30_000,
    }


@pytest.mark.parametrize("create", [True, False])
def test_a_folder_with_other_files_is_left_alone(tmp_path: Path, create: bool) -> None:
    (tmp_path / "evidence.mp4").write_bytes(b"x")
    with pytest.raises(CaseError, match="not a case"):
        Case.open(tmp_path, create=create)
    assert [path.name for path in tmp_path.iterdir()] == ["evidence.mp4"]


def test_a_missing_case_is_not_made_unasked(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="not a case"):
        Case.open(tmp_path / "case", create=False)
    with pytest.raises(CaseError, match="not a case"):
        CaseReader(tmp_path / "case")
    assert not (tmp_path / "case").exists()


def test_a_file_is_no_case(tmp_path: Path) -> None:
    (tmp_path / "case").write_text("x")
    with pytest.raises(CaseError, match="is a file"):
        Case.open(tmp_path / "case", create=True)


def test_another_database_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "case.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(CaseError, match="not a case database"):
        Case.open(tmp_path, create=True)
    assert path.read_bytes() == before


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    with Case.open(tmp_path / "case", create=True) as case:
        case.db.execute("UPDATE case_info SET value = '2' WHERE key = 'format_version'")
    with pytest.raises(CaseError, match="update analyzer"):
        Case.open(tmp_path / "case", create=True)
    with pytest.raises(CaseError, match="update analyzer"):
        CaseReader(tmp_path / "case")


def test_a_case_of_an_older_version_is_brought_up_to_date_by_its_writer_alone(
    tmp_path: Path,
) -> None:
    folder = make_case(tmp_path / "case")
    with Case.open(folder, create=False) as case:
        (view,) = case.db.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'action_timeline'"
        ).fetchone()
        case.db.execute("DROP TABLE scene_actions")
        case.db.execute("DROP TABLE pair_actions")
        case.db.execute("DROP VIEW action_timeline")
        for table in ("actions", "track_actions"):
            case.db.execute(f"ALTER TABLE {table} DROP COLUMN reason")
        case.db.execute(view.replace(", a.reason", ""))
        for name in ("add_scene_actions", "add_pair_actions"):
            case.db.execute("DELETE FROM _sqlite_migrations WHERE name = ?", [name])
    with pytest.raises(CaseError, match=r"older version; run `analyzer derive`"):
        CaseReader(folder)
    with Case.open(folder, create=False):
        pass
    with CaseReader(folder) as reader:
        assert len(reader.frame("action_timeline")) == 3


@pytest.mark.parametrize("harm", ["text", "cut", "overwritten"])
def test_a_damaged_database_is_refused_and_kept(tmp_path: Path, harm: str) -> None:
    folder = make_case(tmp_path / "case")
    path = folder / "case.db"
    whole = path.read_bytes()
    middle = len(whole) // 2
    harmed = {
        "text": b"this is no database, it is a text that somebody renamed" * 100,
        "cut": whole[:middle],
        "overwritten": whole[: middle // 2] + b"\xa5" * middle + whole[middle // 2 + middle :],
    }[harm]
    path.write_bytes(harmed)
    with pytest.raises(CaseError, match=r"damaged.*restore"):
        Case.open(folder, create=True)
    assert path.read_bytes() == harmed


def test_a_creation_cut_short_is_taken_up(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "case.lock").write_text("1\n")
    (folder / "case.db").touch()
    with Case.open(folder, create=True) as case:
        assert case.db.table("runs").count == 0


_HOLD = """
import sys, time
from pathlib import Path
from analyzer.store.case import Case
with Case.open(Path(sys.argv[1]), create=True):
    print("held", flush=True)
    time.sleep(60)
"""


def test_one_writer_at_a_time_and_a_dead_one_does_not_count(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    command = [sys.executable, "-c", _HOLD, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        with pytest.raises(CaseError, match=rf"another analyzer.*process {holder.pid}\b"):
            Case.open(folder, create=True)
        with CaseReader(folder) as reader:
            assert reader.frame("files").empty
        holder.send_signal(signal.SIGKILL)
    with Case.open(folder, create=False), pytest.raises(CaseError, match="another analyzer"):
        Case.open(folder, create=False)


def test_read_only_case_is_readable_but_not_writable(other_user: Path) -> None:
    folder = other_user / "case"
    names = sorted(path.name for path in folder.iterdir())
    with CaseReader(folder) as reader:
        assert list(reader.frame("videos")["sha256"]) == [SHA]
        assert len(reader.frame("emotion_timeline")) == 8
    assert sorted(path.name for path in folder.iterdir()) == names
    with pytest.raises(CaseError, match="cannot be written"):
        Case.open(folder, create=False)
    with pytest.raises(CaseError, match="cannot be written"):
        Case.open(other_user / "new", create=True)


def test_reading_leaves_the_case_as_it_was(tmp_path: Path) -> None:
    folder = make_case(tmp_path / "case")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with CaseReader(folder) as reader:
        assert len(reader.frame("files")) == 2
        with pytest.raises(CaseError, match="cannot be written"):
            reader.query("DELETE FROM files")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
