from __future__ import annotations

import json
import re
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from analyzer.errors import CaseError, UsageError
from analyzer.report import pages
from analyzer.report.formatting import percent, video_time
from tests.report.reading import build_report, load_case
from tests.report.report_case import ANNA, LOBBY, PETROV

_WHEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.slow
def test_the_same_database_gives_the_same_bytes(case_folder: Path, tmp_path: Path) -> None:
    first = build_report(case_folder, tmp_path / "a", made_at=_WHEN).parent
    second = build_report(case_folder, tmp_path / "b", made_at=_WHEN).parent
    assert _bytes(first) == _bytes(second)


@pytest.mark.slow
def test_the_number_of_processes_changes_no_byte(
    case_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = build_report(case_folder, tmp_path / "a", made_at=_WHEN).parent
    monkeypatch.setattr("analyzer.report.rendering._FEW_TRACKS", 0)
    beside = build_report(case_folder, tmp_path / "b", made_at=_WHEN, workers=2).parent
    assert _bytes(alone) == _bytes(beside)


def test_a_report_can_be_handed_on_alone(report_folder: Path) -> None:
    """Every address in a page leads to a file of the folder."""
    pages = list(report_folder.glob("*.html"))
    assert len(pages) >= 5
    for page in pages:
        text = page.read_text(encoding="utf-8")
        addresses = re.findall(r'(?:src|href)="([^"#]+)', text)
        assert addresses
        for address in addresses:
            assert address == "data:," or (report_folder / address).is_file(), address
        assert "http:" not in text and "https:" not in text


def test_a_failure_leaves_the_former_report(
    case_folder: Path, report_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "report"
    shutil.copytree(report_folder, out)
    before = _bytes(out)

    def fail(*_: object) -> str:
        raise OSError("disk full")

    monkeypatch.setattr("analyzer.report.rendering.render_video", fail)
    with pytest.raises(UsageError, match=r"report: cannot be written \(disk full\)"):
        build_report(case_folder, out)
    assert _bytes(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_folder_that_is_no_report_is_never_replaced(case_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="not a report"):
        build_report(case_folder, tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_folder_without_a_case_is_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"case\.db"):
        build_report(tmp_path)


def test_building_leaves_the_database_as_it_was(case_folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "case"
    shutil.copytree(case_folder, copy)
    before = _bytes(copy)
    build_report(copy, tmp_path / "out")
    assert _bytes(copy) == before


def test_what_the_case_page_says(report_folder: Path) -> None:
    text = (report_folder / "index.html").read_text(encoding="utf-8")
    assert "1 file could not be analysed" in text
    assert "the file ends inside a frame" in text
    assert "&lt;script&gt;alert(1)" in text and "<script>alert" not in text
    assert "needs human confirmation" in text
    assert "two faces in the picture" in text


def test_gaps_tracks_and_candidates_are_read(case_folder: Path) -> None:
    video = load_case(case_folder).video(LOBBY)
    assert video is not None
    assert [(gap.t_start, gap.t_end) for gap in video.gaps] == [(41.0, 46.5), (101.0, 101.4)]
    assert video.coverage == pytest.approx(1 - 5.9 / 120)
    assert [t.person for t in video.candidate_tracks] == [ANNA, PETROV]
    first = video.tracks[0]
    assert [c.person for c in first.candidates] == [ANNA, PETROV]
    assert [(s.t_start, pytest.approx(s.t_end, abs=0.3)) for s in first.presence] == [
        (4.0, 40.8),
        (50.0, 88.0),
    ]


def test_json_cannot_end_its_script_element() -> None:
    hostile = {"name": "</script><!--\u2028&"}
    text = pages.script_json(hostile)
    assert "<" not in text and "&" not in text and "\u2028" not in text
    assert json.loads(text) == hostile


def test_times_and_shares_are_not_flattered() -> None:
    assert video_time(3661.0015) == "01:01:01.002"
    assert percent(0.9999) == "99 %"
    assert percent(1.0) == "100 %"
    assert percent(0.001) == "< 1 %"
    assert percent(None) == "–"


def test_the_command_prints_where_the_report_is(case_folder: Path, tmp_path: Path) -> None:
    from analyzer.cli.report import report

    arguments = [str(case_folder), "--out", str(tmp_path / "r"), "--json"]
    result = CliRunner().invoke(report, arguments)
    assert result.exit_code == 0, result.output
    assert Path(json.loads(result.stdout)["report"]).is_file()


def test_a_case_in_which_nobody_is_named_says_so(case_folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "case"
    shutil.copytree(case_folder, copy)
    with sqlite3.connect(copy / "case.db") as db:
        db.execute("UPDATE tracks SET identity = 'unknown', person = NULL")
        db.execute("DELETE FROM candidates")
        db.execute("DELETE FROM events")
    text = build_report(copy, tmp_path / "out").read_text(encoding="utf-8")
    assert "Nobody of the gallery is a candidate for any track." in text
    assert "Nothing met a rule of" in text


def _said(db: sqlite3.Connection, track: str, person: str, decision: str, by: str) -> None:
    anchor = (track, LOBBY, 0, "face", 0, 0, 1, 1, 0, 1)
    seq = db.execute("SELECT count(*) + 1 FROM reviews").fetchone()[0]
    db.execute(
        "INSERT INTO reviews (seq, at, by, person, decision, track_id, video_sha256, pts, kind, "
        "x, y, w, h, t_start, t_end) VALUES (?, '2026-03-01T08:00:00', ?, ?, ?" + ", ?" * 10 + ")",
        (seq, by, person, decision, *anchor),
    )
    db.execute("INSERT INTO review_tracks VALUES (?, ?)", (seq, track))


def person_events(case: Path) -> list[tuple[str, str]]:
    video = load_case(case).video(LOBBY)
    found = (*video.events, *video.below)
    return [(event.label, event.level) for event in found if event.kind == "person"]


@pytest.mark.slow
def test_what_reviewers_say_decides_under_whom_a_track_is_filed(
    case_folder: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "case"
    shutil.copytree(case_folder, copy)
    tracks = load_case(case_folder).video(LOBBY).tracks
    rejected, confirmed = (t for t in tracks if t.identity == "candidate")
    unknown = next(t for t in tracks if t.identity == "unknown")
    with sqlite3.connect(copy / "case.db") as db:
        _said(db, rejected.id, ANNA, "rejected", "B. Second")
        _said(db, confirmed.id, PETROV, "confirmed", "A. <Examiner>")
        db.execute("INSERT INTO clusters VALUES ('unknown-1', 1, 1, NULL)")
        db.execute("INSERT INTO cluster_tracks VALUES (?, 'unknown-1', 0)", (unknown.id,))
    filed = {t.id: (t.status, t.who) for t in load_case(copy).video(LOBBY).tracks}
    assert filed[rejected.id] == ("rejected", None)
    assert filed[confirmed.id] == ("confirmed", PETROV)
    assert filed[unknown.id] == ("unknown", "unknown-1")
    assert person_events(copy) == [(f"rejected: candidate {ANNA} in view", "below")], "no alarm"
    out = build_report(copy, tmp_path / "out").parent
    page = (out / load_case(copy).video(LOBBY).page).read_text(encoding="utf-8")
    assert "confirmed by A. &lt;Examiner&gt; on 2026-03-01 08:00 UTC" in page
    assert "rejected by B. Second" in page
    people = (out / "tables" / "people.csv").read_text(encoding="utf-8")
    assert 'Петров",confirmed' in people and "unknown-1,unknown" in people
    assert ANNA not in people

    with sqlite3.connect(copy / "case.db") as db:
        _said(db, confirmed.id, PETROV, "rejected", "B. Second")
    track = load_case(copy).video(LOBBY).track(confirmed.name)
    assert (track.status, track.who) == ("candidate", PETROV)
    build_report(copy, out)
    page = next(out.glob(f"video-{LOBBY[:12]}*")).read_text(encoding="utf-8")
    assert "reviewers contradict each other" in page
