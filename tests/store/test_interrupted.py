"""A writer that dies, and a disk that fills, leave whole segments or none."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.errors import CaseError
from analyzer.store.case import Case
from analyzer.store.reader import CaseReader
from tests.places import ROOT
from tests.store.cases import RAW_HASH, SHA, begin, make_case, segment

_DIE = """
import os, signal, sys
from pathlib import Path
from analyzer.store.codec import raw
from analyzer.store.case import Case
from tests.store.cases import RAW_HASH, begin, segment

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

with Case.open(Path(sys.argv[1]), create=True) as case:
    writer = begin(case)
    writer.write_segment(segment(0), RAW_HASH, "dlib")
    setattr(raw, sys.argv[2], die)
    writer.write_segment(segment(1), RAW_HASH, "dlib")
"""


@pytest.mark.slow
@pytest.mark.parametrize("where", ["segment_row", "action_row"])
def test_killed_between_pictures_and_commit(tmp_path: Path, where: str) -> None:
    folder = tmp_path / "case"
    command = [sys.executable, "-c", _DIE, str(folder), where]
    done = subprocess.run(command, cwd=ROOT, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert len(list((folder / "faces").rglob("*.jpg"))) == 8, "pictures go first"
    with CaseReader(folder) as reader:
        assert [span.index for span, _ in reader.tracklets(SHA)] == [0]
    with Case.open(folder, create=True) as case:
        writer = begin(case, "run-2")
        assert writer.segments_done(SHA, RAW_HASH).keys() == {0}
        writer.write_segment(segment(1), RAW_HASH, "dlib")
    whole = make_case(tmp_path / "whole")
    with CaseReader(folder) as resumed, CaseReader(whole) as undisturbed:
        for name in ("segments", "tracklets", "observations", "faces", "emotions", "actions"):
            assert list(resumed.rows(name)) == list(undisturbed.rows(name))


def test_a_full_disk_is_one_clear_line_and_nothing_half_written(tmp_path: Path) -> None:
    with Case.open(tmp_path / "case", create=True) as case:
        writer = begin(case)
        pages = case.db.execute("PRAGMA page_count").fetchone()[0]
        # SQLite's own quota raises the very error that a full disk does.
        case.db.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(CaseError, match="disk is full; free some space"):
            writer.write_segment(segment(0, tracklets=20), RAW_HASH, "dlib")
        assert writer.segments_done(SHA, RAW_HASH).keys() == set()
        case.db.execute(f"PRAGMA max_page_count = {pages + 10_000}")
        writer.write_segment(segment(0, tracklets=20), RAW_HASH, "dlib")
        assert writer.segments_done(SHA, RAW_HASH).keys() == {0}


def test_a_picture_torn_by_a_crash_is_mended(tmp_path: Path) -> None:
    folder = make_case(tmp_path / "case")
    picture = next((folder / "faces").rglob("*.jpg"))
    content = picture.read_bytes()
    picture.unlink()
    picture.with_suffix(".tmp").write_bytes(content[:5])
    with Case.open(folder, create=False) as case:
        writer = begin(case, "run-2")
        for index in (0, 1):
            writer.write_segment(segment(index), RAW_HASH, "dlib")
    with CaseReader(folder) as reader:
        assert sum(len(t.faces) for _, ts in reader.tracklets(SHA, pictures=True) for t in ts) == 8
