"""Recordings with pauses: who is followed, what is told, and that nothing depends on the cuts."""

import json
import sqlite3

import pytest

from tests.jobs import made_once
from tests.pipeline.small import analysed, cut
from tests.places import CORRIDOR, LOBBY

PAUSED = (
    "setpts='round((PTS*TB+gte(T,7)*{pause})/TB)'",
    "select='between(t,6.99,7.01)+gte(t,8)',setpts='round((PTS*TB+gt(N,0)*{pause})/TB)'",
)
"""Two stretches of some seconds; and a single picture, then the rest."""


@pytest.fixture(scope="session")
def clips(make_clip):
    """Two recordings of a recorder that writes on motion, with a pause of twenty minutes."""
    coding = ("-fps_mode", "passthrough", "-c:v", "libx264", "-preset", "veryfast", "-g", "12")
    return [
        make_clip(name, "-t", "12", "-i", LOBBY, "-vf", how.format(pause=1200), *coding)
        for name, how in zip(("two_bursts.mp4", "one_picture.mkv"), PAUSED, strict=True)
    ]


@pytest.fixture(scope="session")
def cases(clips, tmp_path_factory):
    """The case of both in one segment a file, and the case in segments of 4 s."""

    def make(folder):
        inputs = tuple(map(str, clips))
        whole = cut().with_values("sampling", segment_s=3600.0)
        analysed(folder / "whole", whole, workers=1, inputs=inputs)
        summary = analysed(folder / "parts", workers=2, inputs=inputs)
        (folder / "summary.json").write_text(json.dumps(summary.as_dict()))

    return made_once(tmp_path_factory, "paused", make)


def rows(case, sql):
    with sqlite3.connect(case / "case.db") as db:
        return db.execute(sql).fetchall()


TOLD = {
    "tracks": "SELECT video_sha256, number, start_pts, end_pts, observations, face_observations,"
    " main_action, dominant_emotion FROM tracks ORDER BY 1, 2",
    "boxes": "SELECT track_id, pts, kind, x, y, w, h, seen FROM track_boxes ORDER BY 1, 2, 3",
    "actions": "SELECT track_id, start_pts, end_pts, label, features FROM track_actions"
    " ORDER BY 1, 2, 3",
    "stretches": "SELECT video_sha256, t_start, t_end, kind, reason FROM recorded_stretches"
    " ORDER BY 1, 2",
}


@pytest.mark.slow
@pytest.mark.parametrize("what", TOLD)
def test_one_segment_and_many_tell_the_same(cases, what):
    whole, parts = (rows(cases / name, TOLD[what]) for name in ("whole", "parts"))
    assert whole
    assert parts == whole
    count = "SELECT count(*) FROM segments"
    assert rows(cases / "parts", count) > rows(cases / "whole", count) == [(2,)]


@pytest.mark.slow
def test_nobody_is_followed_over_a_pause(cases):
    pauses = rows(
        cases / "parts",
        "SELECT video_sha256, t_start, t_end FROM recorded_stretches WHERE kind = 'pause'",
    )
    assert len(pauses) == 2
    for sha256, begin, end in pauses:
        assert end - begin == pytest.approx(1200, abs=1.5)
        tracks = rows(
            cases / "parts",
            f"SELECT t_start, t_end FROM tracks WHERE video_sha256 = '{sha256}'",
        )
        assert any(t_end <= begin for _, t_end in tracks), "somebody is there before"
        assert any(t_start >= end for t_start, _ in tracks), "and after"
        assert not any(t_start < end and t_end > begin for t_start, t_end in tracks)


@pytest.mark.slow
def test_a_stretch_of_one_picture_shows_who_is_in_it(cases):
    found = rows(
        cases / "parts",
        "SELECT k.t_end, k.observations FROM tracks k JOIN files f ON f.sha256 = k.video_sha256"
        " WHERE f.path LIKE '%one_picture.mkv' AND k.t_start = 0",
    )
    assert found
    assert set(found) == {(0.0, 1)}


@pytest.mark.slow
def test_the_summary_and_the_report_tell_what_was_recorded(cases):
    summary = json.loads((cases / "summary.json").read_text())
    for video in summary["videos"]:
        assert video["duration_s"] > 1200
        assert video["recorded_s"] < 13
        assert video["gaps_s"] == 0
    assert summary["processed_s"] == pytest.approx(
        sum(video["recorded_s"] for video in summary["videos"]), abs=0.1
    )
    report = cases / "parts" / "report"
    pages = [page.read_text() for page in report.glob("video-*.html")]
    assert len(pages) == 2
    for page in pages:
        assert "nothing recorded" in page
        assert "stored in the file for every picture" in page
        assert "100.0&nbsp;%" in page or "100.0 %" in page
    coverage = (report / "tables" / "coverage.csv").read_text().splitlines()
    assert sum(",pause," in line for line in coverage) == 2
    videos = (report / "tables" / "videos.csv").read_text().splitlines()
    assert "recorded_s" in videos[0]


@pytest.mark.slow
def test_replay_finds_the_same_rows(cases, run):
    done = run("verify", cases / "parts", "--replay", "--sample", "4", "--json")
    assert json.loads(done.stdout)["replay"]["equal"]


def test_the_corridor_pauses():
    """The sample that other tests cut, kill and replay has a pause of its own."""
    from analyzer.video.probe import probe

    info = probe(CORRIDOR)
    assert [round(float((b - a) * info.time_base), 1) for a, b in info.pauses] == [3.2]
