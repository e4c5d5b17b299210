"""The main job on the samples: one command from footage to a case and a report."""

import contextlib
import json
import shutil
import signal
import sqlite3
from fractions import Fraction
from unittest import mock

import av
import numpy as np
import pytest

from analyzer.types import EMOTIONS
from tests.jobs import end_of, everything, started, wait_for
from tests.pipeline.small import LIGHT, cut_toml
from tests.places import CORRIDOR, FOOTAGE, GALLERY, LOBBY, STORE

pytestmark = pytest.mark.slow


def rows(case, sql, *values):
    """Return what ``sql`` selects from the case database."""
    with sqlite3.connect(case / "case.db") as db:
        return db.execute(sql, values).fetchall()


def test_the_summary_says_what_became_of_every_file(samples_case):
    _, summary = samples_case
    assert summary["exit"] == 0
    assert [v["status"] for v in summary["videos"]] == ["done"] * 3
    assert all(len(v["sha256"]) == 64 and v["gaps_s"] == 0 for v in summary["videos"])
    total = sum(v["recorded_s"] for v in summary["videos"])
    assert summary["processed_s"] == pytest.approx(total, abs=0.01)


def test_the_known_person_is_a_candidate_and_nobody_else_is_named(samples_case):
    case, _ = samples_case
    named = rows(case, "SELECT DISTINCT person FROM appearances WHERE status = 'candidate'")
    assert named == [("Barack Obama",)]
    lobby = rows(
        case,
        "SELECT distance, margin FROM appearances WHERE person = 'Barack Obama' "
        "AND video_path LIKE '%lobby_cam1%'",
    )
    assert lobby
    assert all(distance < 0.55 for distance, _ in lobby)


def test_seven_probabilities_sum_to_one_in_every_row(samples_case):
    case, _ = samples_case
    found = rows(case, f"SELECT {', '.join(EMOTIONS)}, assessed FROM emotion_timeline")
    assert len(found) > 20
    for *seven, assessed in found:
        assert sum(seven) == pytest.approx(1, abs=1e-5)
        assert assessed in (0, 1)


def test_times_are_the_stream_s_own_on_a_variable_rate_clip_too(samples_case):
    case, _ = samples_case
    files = rows(case, "SELECT path, sha256 FROM files")
    assert len(files) == 3
    for path, sha256 in files:
        with av.open(path) as container:
            stream = container.streams.video[0]
            stored = sorted(frame.pts for frame in container.decode(stream))
            base = Fraction(stream.time_base)
        seen = rows(
            case,
            "SELECT o.pts, o.t FROM observations o JOIN tracklets k ON k.id = o.tracklet_id "
            "JOIN segments s ON s.id = k.segment_id WHERE s.video_sha256 = ?",
            sha256,
        )
        assert seen
        for pts, t in seen:
            assert pts in stored
            assert t == float((pts - stored[0]) * base)


def test_a_second_run_backwards_and_with_more_workers_gives_the_same_rows(undisturbed, tmp_path):
    second, settings = tmp_path / "again", tmp_path / "settings.toml"
    settings.write_text(cut_toml())
    process = started(
        "run", STORE, CORRIDOR, "--gallery", GALLERY, "--case", second, "--workers", "2",
        "--config", settings, "--json",
    )  # fmt: skip
    _, said = end_of(process)
    assert process.returncode == 0, said[-2000:]
    assert everything(second) == undisturbed
    assert said == "", "libraries that print as they load tear the progress bar"


def test_the_same_command_skips_what_is_done_and_derive_gives_the_same_rows(
    samples_case, run, tmp_path, monkeypatch
):
    case = shutil.copytree(samples_case[0], tmp_path / "case")
    before, told = everything(case), []
    listener = contextlib.nullcontext(mock.Mock(update=told.append))
    monkeypatch.setattr("analyzer.cli.progress.progress_on", lambda _: listener)
    done = run("run", FOOTAGE, "--gallery", GALLERY, "--case", case)
    assert "nothing to do: all 3 files are in the case already\n" in done.stderr
    steps = dict.fromkeys(progress.step.name for progress in told if progress.step)
    assert [*steps] == ["reading", "deriving people", "cutting copies", "rendering"]
    assert (told[-1].files_closed, told[-1].files, told[-1].step) == (3, 3, None)
    assert everything(case) == before
    empty = tmp_path / "strangers"
    (empty / "Eileen").mkdir(parents=True)
    picture = next((GALLERY / "Eileen Collins").iterdir())
    (empty / "Eileen" / "e.jpg").write_bytes(picture.read_bytes())
    run("derive", case, "--gallery", empty)
    assert rows(case, "SELECT count(*) FROM appearances WHERE status = 'candidate'") == [(0,)]
    run("derive", case, "--gallery", GALLERY)
    assert everything(case) == before


def test_the_report_needs_no_network_and_shows_the_candidate(samples_case):
    case, summary = samples_case
    page = (case / "report" / "index.html").read_text()
    assert str(case / "report" / "index.html") == summary["report"]
    assert "Barack Obama" in page
    assert "candidate" in page
    assert 'src="http' not in page
    assert (case / "manifest.json").is_file()


def test_evidence_is_not_touched(samples_case, run, tmp_path):
    clip = tmp_path / "evidence" / "Überwachung 3.mp4"
    clip.parent.mkdir()
    clip.write_bytes((LOBBY).read_bytes())
    before = clip.stat()
    run("run", clip.parent, "--case", tmp_path / "case", *LIGHT)
    after = clip.stat()
    assert (after.st_mtime_ns, after.st_size) == (before.st_mtime_ns, before.st_size)
    assert [p.name for p in clip.parent.iterdir()] == [clip.name]
    assert rows(tmp_path / "case", "SELECT status FROM files") == [("done",)]


def test_bad_files_are_told_apart_and_the_rest_is_done(run, tmp_path):
    good = STORE
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "empty.mp4").touch()
    (folder / "text.mp4").write_text("not a video at all\n" * 50)
    mp4 = (LOBBY).read_bytes()
    (folder / "half.mp4").write_bytes(mp4[: len(mp4) // 2])
    _only_sound(folder / "sound.mp4")
    gallery = tmp_path / "gallery"
    (gallery / "Noise").mkdir(parents=True)
    (gallery / "Noise" / "broken.jpg").write_bytes(b"\xff\xd8 nothing")
    done = run(
        "run", folder, good, tmp_path / "gone.mp4", "--case", tmp_path / "case",
        "--gallery", gallery, "--no-emotion", "--no-action", "--fps", "1", "--json", code=3,
    )  # fmt: skip
    summary = json.loads(done.stdout)
    by_name = {v["path"].rsplit("/", 1)[-1]: v for v in summary["videos"]}
    assert by_name[good.name]["status"] == "done"
    assert "no video stream" in by_name["sound.mp4"]["reason"]
    for name in ("empty.mp4", "text.mp4", "gone.mp4", "sound.mp4"):
        assert by_name[name]["status"] == "failed"
        assert name in by_name[name]["reason"]
        assert "\n" not in by_name[name]["reason"]
    assert "broken.jpg" in summary["gallery_notes"][0]
    assert "Traceback" not in done.stderr


def test_a_gallery_of_which_nobody_can_be_compared_is_told(run, small_case, tmp_path):
    case, gallery = shutil.copytree(small_case, tmp_path / "case"), tmp_path / "gallery"
    (gallery / "Noise").mkdir(parents=True)
    (gallery / "Noise" / "broken.jpg").write_bytes(b"\xff\xd8 nothing")
    done = run("derive", case, "--gallery", gallery, code=3)
    assert "gallery: nobody can be compared" in done.stderr
    settings = tmp_path / "settings.toml"
    settings.write_text(cut_toml())
    options = ("--gallery", gallery, "--case", case, "--config", settings, "--json")
    summary = json.loads(run("run", CORRIDOR, STORE, *options, code=3).stdout)
    assert summary["processed_s"] == 0 and summary["gallery_of_nobody"]


def _only_sound(path):
    """Write a second of silence as an mp4 without a picture."""
    with av.open(path, "w") as container:
        stream = container.add_stream("aac", rate=8000)
        silence = np.zeros((1, 1024), np.float32)
        for number in range(8):
            frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 8000, 1024 * number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def test_all_failed_and_bad_usage_have_their_own_exit_codes(run, tmp_path):
    (tmp_path / "empty.mp4").touch()
    unread = (tmp_path / "gone.mp4", tmp_path / "empty.mp4", tmp_path / "g*.mkv")
    told = run("run", *unread, "--case", tmp_path / "case", code=4).stderr
    assert "gone.mp4: cannot be found" in told and "empty.mp4: is empty" in told
    assert "no case was made" in told
    summary = json.loads(run("run", *unread, "--case", tmp_path / "case", "--json", code=4).stdout)
    assert [video["status"] for video in summary["videos"]] == ["failed"] * 3
    assert (summary["run_id"], summary["report"], summary["exit"]) == (None, None, 4)
    assert not (tmp_path / "case").exists()
    run("run", "--case", tmp_path / "case", code=2)
    missing = tmp_path / "nobody"
    clip = STORE
    done = run("run", clip, "--case", tmp_path / "c2", "--gallery", missing, code=2)
    assert "no such gallery folder" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "c2").exists()


def test_a_run_that_is_stopped_goes_on_and_gives_the_same_rows(undisturbed, run, tmp_path):
    case, settings = tmp_path / "case", tmp_path / "settings.toml"
    settings.write_text(cut_toml())
    command = ("run", CORRIDOR, STORE, "--gallery", GALLERY, "--case", case, "--config", settings)
    for how, workers in STOPS:
        least = segments_of(case) + 1
        process = started(*command, "--workers", workers)
        wait_for(lambda least=least: segments_of(case) >= least, process)
        process.send_signal(how)
        _, said = end_of(process)
        assert process.returncode == (130 if how != signal.SIGKILL else -signal.SIGKILL), how
        if how != signal.SIGKILL:
            assert said.strip() == STOPPED
            assert rows(case, "SELECT status FROM runs ORDER BY started_at")[-1] == ("interrupted",)
    run(*command, "--workers", "1")
    assert everything(case) == undisturbed


STOPS = ((signal.SIGKILL, 1), (signal.SIGINT, 1), (signal.SIGTERM, 2))
"""How one run after the other is stopped, and how many workers it has: six parts last for all."""

STOPPED = "analyzer: stopped; run the same command again to resume"


def segments_of(case):
    """Return how many segments are stored; 0 before there is a case."""
    if not (case / "case.db").exists():
        return 0
    try:
        return rows(case, "SELECT count(*) FROM segments")[0][0]
    except sqlite3.OperationalError:
        return 0
