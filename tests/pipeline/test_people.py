"""Unknowns, reviews and policy on the analysed samples."""

import json
import shutil
import sqlite3

import pytest

from analyzer.commands.cluster import merge_unknowns, split_unknown, undo_grouping
from analyzer.commands.derive import DeriveRequest, derive_case
from analyzer.commands.policy import change_policy
from analyzer.commands.review import review_track
from analyzer.custody.verify import verify_case
from analyzer.errors import UsageError
from analyzer.store.audit import check
from analyzer.store.case import Case
from analyzer.store.decisions import fit_of, reviews_in, reviews_of
from analyzer.store.people import unknowns_in
from analyzer.store.reader import CaseReader
from tests.jobs import named_track
from tests.pipeline.test_main_job import everything, rows
from tests.places import DATA, GALLERY, LOBBY, SAMPLES, STORE, needs_data

OBAMA = "Barack Obama"


@pytest.fixture
def case(samples_case, tmp_path):
    """A copy of the analysed samples to work on."""
    return shutil.copytree(samples_case[0], tmp_path / "case")


@pytest.fixture(scope="module")
def lobby(samples_case):
    """The track of the known person in the lobby, by file and number."""
    return named_track(samples_case[0], LOBBY.name, OBAMA)


def appearance(case, track):
    """Return person, status and review of a track."""
    sql = "SELECT person, status, review FROM appearances WHERE track_id = ?"
    return rows(case, sql, track)[0]


def audited(case, action):
    """Return the details of the entries of the audit log for ``action``."""
    found = rows(case, "SELECT detail FROM audit WHERE action = ? ORDER BY seq", action)
    return [json.loads(detail) for (detail,) in found]


def unknowns(case):
    with CaseReader(case) as reader:
        return unknowns_in(reader)


def test_the_stranger_who_comes_twice_is_one_unknown_person(samples_case):
    case, _ = samples_case
    tracks = unknowns(case)["unknown-1"]
    assert len(tracks) >= 2
    named = dict(rows(case, "SELECT track_id, person FROM emotion_timeline"))
    assert {named[track] for track in tracks if track in named} == {"unknown-1"}
    assert set(named.values()) <= {OBAMA, None, *unknowns(case)}
    assert "unknown-1" in "".join(p.read_text() for p in (case / "report").glob("video-*.html"))


@needs_data
def test_one_stranger_in_two_files_is_one_person_and_another_is_not(make_clip, run, tmp_path):
    parts = [("biden_talking", "0"), ("biden_talking", "5"), ("stanwin_talking", "1")]
    clips = []
    for name, start in parts:
        source = DATA / "footage" / f"{name}.mp4"
        cut = ("-ss", start, "-t", "2", "-i", source, "-an")
        clips.append(make_clip(f"{name}_{start}.mp4", *cut))
    case = tmp_path / "case"
    run("run", *clips, "--case", case, "--no-emotion", "--no-action", "--fps", "2")
    found = dict(rows(case, "SELECT video_path, person FROM appearances"))
    first, second, other = (found[str(clip)] for clip in clips)
    assert first == second
    assert {first, other} == {"unknown-1", "unknown-2"}


def test_a_review_changes_the_status_and_the_report_says_by_whom(case, lobby):
    done = review_track(case, lobby, OBAMA, "confirmed", "A. Examiner", "same <scar>")
    assert appearance(case, done.track_id) == (OBAMA, "confirmed", "confirmed")
    page = next(p for p in (case / "report").glob("video-e8e9*.html")).read_text()
    assert "confirmed by A. Examiner" in page
    assert "same &lt;scar&gt;" in page
    assert audited(case, "review")[0]["by"] == "A. Examiner"
    assert verify_case(case).problems == []
    level = "SELECT level FROM event_timeline WHERE track_id = ? AND kind = 'person'"
    assert rows(case, level, done.track_id) == [("alarm",)]

    review_track(case, lobby, OBAMA, "rejected", "B. Second", report=False)
    assert appearance(case, done.track_id) == (OBAMA, "candidate", "inconclusive")
    review_track(case, lobby, OBAMA, "rejected", "A. Examiner", report=False)
    assert appearance(case, done.track_id) == (OBAMA, "rejected", "rejected")
    shown = "SELECT count(*) FROM emotion_timeline WHERE track_id = ? AND person IS NOT NULL"
    assert rows(case, shown, done.track_id) == [(0,)]
    assert rows(case, level, done.track_id) == [("below",)], "a rejected candidate is no alarm"
    with CaseReader(case) as reader:
        said = [(r.by, r.decision) for r in reviews_of(reader, done.track_id)]
    assert said == [
        ("A. Examiner", "confirmed"), ("B. Second", "rejected"), ("A. Examiner", "rejected")
    ]  # fmt: skip


def test_a_review_holds_when_the_case_is_derived_with_another_gallery(case, tmp_path, lobby):
    done = review_track(case, lobby, OBAMA, "confirmed", "A", report=False)
    strangers = tmp_path / "strangers" / "Eileen"
    strangers.mkdir(parents=True)
    picture = next((GALLERY / "Eileen Collins").iterdir())
    (strangers / "e.jpg").write_bytes(picture.read_bytes())
    derive_case(DeriveRequest(case, strangers.parent))
    assert appearance(case, done.track_id) == (OBAMA, "confirmed", "confirmed")
    others = "SELECT count(*) FROM appearances WHERE person = ? AND track_id <> ?"
    assert rows(case, others, OBAMA, done.track_id) == [(0,)]


def test_a_review_holds_when_the_footage_is_measured_anew(case, run, tmp_path, lobby):
    review_track(case, lobby, OBAMA, "confirmed", "A", report=False)
    settings = tmp_path / "other.toml"
    settings.write_text('[people]\nbackend = "motion"\n')
    run(
        "run", LOBBY, "--case", case, "--config", settings,
        "--no-emotion", "--no-action",
    )  # fmt: skip
    with CaseReader(case) as reader:
        (review,) = reviews_in(reader)
        fit = fit_of(reader, review.anchor)
    assert fit.track_id is not None, fit.reason
    assert appearance(case, fit.track_id)[:2] == (OBAMA, "confirmed")


def test_a_review_needs_somebody_to_review(case, lobby):
    for track, person, said in (
        ("T99", OBAMA, "no track T99"),
        ("T1", OBAMA, "is a track of 3 videos"),
        (lobby, "Nobody", "not in the gallery"),
        (lobby, "unknown-1", "analyzer cluster"),
    ):
        with pytest.raises(UsageError, match=said):
            review_track(case, track, person, "confirmed", "A")
    with pytest.raises(UsageError, match="--by"):
        review_track(case, lobby, OBAMA, "confirmed", " ")
    assert rows(case, "SELECT count(*) FROM reviews") == [(0,)]


def test_what_was_decided_cannot_be_changed(case, lobby):
    review_track(case, lobby, OBAMA, "confirmed", "A", report=False)
    split_unknown(case, "unknown-1", [unknowns(case)["unknown-1"][0]], "A", report=False)
    change_policy(case, ["action"], [], None, None)
    with Case.open(case, create=False) as opened:
        for table in ("reviews", "groupings", "policy"):
            for sql in (f"DELETE FROM {table}", f"UPDATE {table} SET at = 'x'"):
                with pytest.raises(sqlite3.IntegrityError, match="may not be"):
                    opened.db.execute(sql)
        assert check(opened.db) == []


def test_splits_and_merges_hold_and_can_be_undone(case):
    before = unknowns(case)
    last = before["unknown-1"][-1]
    split_unknown(case, "unknown-1", [last], "A", "another coat", report=False)
    new = f"unknown-{len(before) + 1}"
    assert unknowns(case) == {**before, "unknown-1": before["unknown-1"][:-1], new: (last,)}
    decided = everything(case)
    derive_case(DeriveRequest(case, GALLERY))
    assert everything(case) == decided

    merge_unknowns(case, ["unknown-1", new], "B", report=False)
    assert unknowns(case) == before
    with pytest.raises(UsageError, match="2 builds on it"):
        undo_grouping(case, 1, "B")
    undone = undo_grouping(case, None, "B", report=False)
    assert f"unknown-1 is now {new}" in undone.notes[0]
    undo_grouping(case, 1, "B", report=False)
    assert unknowns(case) == before
    assert [entry["by"] for entry in audited(case, "undo of unknowns")] == ["B", "B"]


def test_a_split_that_no_longer_fits_is_said_and_not_applied(case, tmp_path):
    last = unknowns(case)["unknown-1"][-1]
    split_unknown(case, "unknown-1", [last], "A", report=False)
    gallery = tmp_path / "gallery" / "Joe"
    gallery.mkdir(parents=True)
    shutil.copy(SAMPLES / "sources" / "joe_biden_blue_room.jpg", gallery)
    summary = derive_case(DeriveRequest(case, gallery.parent))
    assert appearance(case, last)[:2] == ("Joe", "candidate")
    assert any(f"{last} is no unknown person any more" in note for note in summary.notes)


def test_what_the_policy_forbids_is_neither_derived_nor_shown(case):
    change_policy(case, ["identify", "emotion"], [], "Judge", "order 12")
    with pytest.raises(UsageError, match=r"forbids identify \(.*Judge, order 12\)"):
        derive_case(DeriveRequest(case, GALLERY))
    summary = derive_case(DeriveRequest(case))
    assert ["identify is forbidden" in summary.notes[0], "emotion" in summary.notes[1]] == [
        True, True
    ]  # fmt: skip
    assert rows(case, "SELECT DISTINCT person, status FROM appearances") == [(None, "not assessed")]
    for table in ("candidates", "clusters", "emotion_timeline"):
        assert rows(case, f"SELECT count(*) FROM {table}") == [(0,)], table
    assert rows(case, "SELECT count(*) > 0 FROM action_timeline") == [(1,)]
    page = (case / "report" / "index.html").read_text()
    assert "identify is forbidden" in page
    assert "order 12" in page
    assert audited(case, "policy")[0]["stages"] == ["identify", "emotion"]


def test_a_policy_holds_for_decisions_too(case, lobby):
    assert rows(case, "SELECT count(*) > 0 FROM clusters") == [(1,)]
    change_policy(case, ["identify"], [], "Judge", "order 12")
    review_track(case, lobby, OBAMA, "confirmed", "A. Examiner", report=False)
    assert rows(case, "SELECT count(*) FROM clusters") == [(0,)], "nobody is grouped by face"


def test_a_case_carries_its_purpose_and_what_it_may_not_store(run, tmp_path):
    clip = STORE
    case, settings = tmp_path / "case", tmp_path / "settings.toml"
    settings.write_text('[case]\nforbid = "crops, action"\n')
    done = run(
        "run", clip, "--case", case, "--config", settings, "--no-identify", "--no-emotion",
        "--fps", "2", "--examiner", "A. Examiner", "--authority", "warrant 7",
        "--purpose", "who <came>", "--json",
    )  # fmt: skip
    notes = json.loads(done.stdout)["notes"]
    assert len([note for note in notes if note.startswith("policy: ")]) == 2
    assert rows(case, "SELECT count(*) > 0, max(image), max(embedding) FROM faces") == [
        (1, "", None)
    ]
    assert list((case / "faces").iterdir()) == []
    for table in ("emotions", "actions", "track_actions", "candidates", "people"):
        assert rows(case, f"SELECT count(*) FROM {table}") == [(0,)], table
    assert rows(case, "SELECT examiner, authority, purpose FROM runs") == [
        ("A. Examiner", "warrant 7", "who <came>")
    ]
    page = (case / "report" / "index.html").read_text()
    for said in ("A. Examiner", "warrant 7", "who &lt;came&gt;", "identify, emotion, action"):
        assert said in page
    assert audited(case, "run started")[0]["about"]["authority"] == "warrant 7"
    wrong = run("run", clip, "--case", case, "--no-identify", "--gallery", clip, code=2)
    assert "leave one out" in wrong.stderr
    run("policy", case, "--allow", "crops", code=2)
    again = run("policy", case, "--allow", "crops", "--by", "Judge", "--reason", "order 13")
    assert "crops" not in again.stdout
