"""Commands on a case that another process works on: each finds its place between two writes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.commands.report import ReportRequest, render_report
from analyzer.commands.review import list_reviews, review_track, undo_review
from analyzer.commands.status import case_status
from analyzer.custody.record import record
from analyzer.custody.verify import verify_case
from analyzer.errors import CaseBusyError, ConflictError, UsageError
from analyzer.review.decisions import standing_reviews
from analyzer.store import audit
from analyzer.store.case import Case
from analyzer.store.reader import CaseReader
from tests.custody.conftest import make_sealed

_WORK = """
import sys, threading
from pathlib import Path
from analyzer.custody.manifest import write_manifest
from analyzer.store.case import Case
stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()
with Case.open(Path(sys.argv[1]), create=False) as case:
    case.log("work", {})
    print("at work", flush=True)
    while not stop.wait(0.002):
        case.log("work", {})
    write_manifest(case)
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    source = tmp_path / "camera 3.mp4"
    source.write_bytes(b"as the recorder wrote it")
    return make_sealed(tmp_path / "case", source)


@pytest.fixture
def at_work(case: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that writes into the case all the time, until it is sent a line."""
    command = [sys.executable, "-c", _WORK, str(case)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "at work\n"
        yield process
        if process.poll() is None:
            process.kill()


def in_force(case: Path) -> list[tuple[str, str]]:
    """Return who said what, of the reviews that were not taken back."""
    stand = standing_reviews(review for review, _ in list_reviews(case).reviews)
    return [(review.by, review.decision) for review in stand]


def test_everybody_writes_one_chain_and_nothing_is_lost(
    case: Path, at_work: subprocess.Popen[str]
) -> None:
    for number in range(3):
        done = review_track(case, "T1", "=Ann", "confirmed", f"Examiner {number}")
        assert done.seq == number + 1
        assert any("another analyzer is at work" in note for note in done.notes)
    undo_review(case, None, "Examiner 1")
    assert record(case, "export", {"tables": ["videos"]}) is None
    page = render_report(ReportRequest(case=case))
    assert "so far" in (page.note or "") and "confirmed" in page.report.read_text(encoding="utf-8")
    assert case_status(case).obstacle is not None
    with pytest.raises(CaseBusyError, match=f"process {at_work.pid}"):
        Case.open(case, create=False)
    at_work.communicate("end\n", timeout=60)
    assert at_work.returncode == 0
    with CaseReader(case) as reader:
        assert audit.check(reader.db) == []
        actions = [entry["action"] for entry in audit.entries(reader.db)]
    assert actions.count("review") == 3 and actions.count("undo of a review") == 1
    assert {review.by for review, _ in list_reviews(case).reviews} == {
        f"Examiner {number}" for number in range(3)
    }
    assert verify_case(case).problems == []


def test_what_was_taken_back_does_not_count(case: Path) -> None:
    review_track(case, "T1", "=Ann", "rejected", "A", report=False)
    done = review_track(case, "T1", "=Ann", "confirmed", "A", report=False)
    assert done.verdict.decision == "confirmed"
    undo_review(case, done.seq, "A", report=False)
    assert in_force(case) == [("A", "rejected")], "what was said before counts again"
    with pytest.raises(UsageError, match="no review 1 by B to undo"):
        undo_review(case, 1, "B", report=False)
    undo_review(case, None, "A", report=False)
    assert in_force(case) == []


def test_a_decision_on_what_has_changed_is_refused(case: Path) -> None:
    first = review_track(case, "T1", "=Ann", "confirmed", "A", report=False, seen=0)
    with pytest.raises(ConflictError, match=r"A has said confirmed \(=Ann\)"):
        review_track(case, "T1", "=Ann", "rejected", "B", report=False, seen=0)
    review_track(case, "T1", "=Ann", "rejected", "B", report=False, seen=first.seq)
    assert in_force(case) == [("A", "confirmed"), ("B", "rejected")]
