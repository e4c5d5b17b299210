"""`analyzer watch` from end to end: rows as of a run, nothing lost when killed, no secrets told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import av
import pytest

from analyzer.custody.verify import verify_case
from analyzer.live.status import read_status
from analyzer.store.reader import CaseReader
from analyzer.store.recordings import recording_gaps, recordings
from tests.jobs import analyzer, end_of, started, wait_for
from tests.live.servers import PASSWORD, USER, mjpeg, rtsp, secret_of, serving
from tests.pipeline.small import cut_toml
from tests.places import CORRIDOR, GALLERY, STORE

LIGHT = """
[sampling]
fps = 1.0
[emotions]
enabled = false
[actions]
enabled = false
[embedding]
enabled = false
[people]
width = 320
[faces]
width = 320
"""

MEASURED = (
    "videos", "segments", "tracklets", "observations", "faces", "bodies", "emotions", "actions",
    "scene_actions", "motion", "tracks", "track_tracklets", "track_observations", "track_emotions",
    "track_actions", "track_clothing", "candidates", "pair_actions", "events", "clusters",
    "cluster_tracks", "look_links", "look_groups", "video_clocks",
)  # fmt: skip


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.slow
def test_rows_of_watched_recordings_are_those_of_a_run(tmp_path: Path) -> None:
    config = written(tmp_path / "s.toml", cut_toml())
    dropped = tmp_path / "dropped"
    dropped.mkdir()
    (dropped / STORE.name).write_bytes(STORE.read_bytes())
    case, other = tmp_path / "case", tmp_path / "other"
    with serving(mjpeg(CORRIDOR)) as port:
        told = analyzer(
            "watch", f"http://127.0.0.1:{port}/", dropped, "--case", case, "--gallery", GALLERY,
            "--config", config, "--segment", 5, "--for", 9, "--json",
        )  # fmt: skip
    summary = json.loads(told.stdout)
    assert summary["failed"] == summary["waiting"] == 0 and summary["analysed"] >= 3
    analyzer(
        "run", case / "recordings", dropped, "--case", other, "--gallery", GALLERY,
        "--config", config,
    )  # fmt: skip
    with CaseReader(case) as live, CaseReader(other) as batch:
        for table in MEASURED:
            assert list(live.rows(table)) == list(batch.rows(table)), table
        assert list(live.rows("tracks")), "somebody was seen"
        listed = list(recordings(live))
    assert {one.state for one in listed} == {"analysed"}
    assert len(listed) == summary["analysed"]
    manifest = {
        p["path"]: p["sha256"] for p in json.loads((case / "manifest.json").read_text())["products"]
    }
    for one in listed:
        assert Path(one.path).is_absolute() or manifest[one.path] == one.sha256
    assert not any(name.startswith("live/") for name in manifest)
    status = read_status(case)
    assert status is not None and status.backlog == 0
    assert {one.state for one in status.sources} == {"stopped"}
    assert all(one.latency_s is not None for one in status.sources)
    assert verify_case(case).ok
    assert "127.0.0.1" in analyzer("status", case).stdout


def processes_with(text: str) -> list[str]:
    """Return the command lines of all processes that hold ``text``."""
    done = subprocess.run(["ps", "-eww", "-o", "args"], capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if text in line]


@pytest.mark.slow
def test_kill_9_of_watch_loses_no_recording_and_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANALYZER_PASSWORD_GATE", PASSWORD)
    config = written(tmp_path / "s.toml", LIGHT)
    case = tmp_path / "case"
    with serving(rtsp(CORRIDOR, secret_of(USER, PASSWORD))) as port:
        file = f"[[camera]]\nname = 'Gate'\nurl = 'rtsp://{USER}@127.0.0.1:{port}/a'\n"
        cameras = written(tmp_path / "cameras.toml", file)
        job = ("watch", "Gate", "--cameras", cameras, "--case", case, "--config", config,
               "--segment", 2)  # fmt: skip
        for _ in range(2):
            before = len(list(case.glob("recordings/gate/*")))
            process = started(*job)
            wait_for(lambda known=before: listed(case) > known, process)
            assert processes_with("watch Gate") and not processes_with("hunter2")
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        out = end_of(started(*job, "--for", 4))
    with CaseReader(case) as reader:
        found = list(recordings(reader))
        gaps = recording_gaps(reader, "Gate")
        done = {row["path"]: row["status"] for row in reader.rows("files")}
    assert {one.state for one in found} == {"analysed"}, [one.reason for one in found]
    on_disk = sorted(path.name for path in (case / "recordings/gate").iterdir())
    assert on_disk == sorted(Path(one.path).name for one in found), "all are listed, none is open"
    for one in found:
        with av.open(str(case / one.path)) as container:
            assert sum(1 for _ in container.decode(video=0)) > 0
    assert set(done.values()) == {"done"} and len(done) == len(found)
    assert [gap.reason for gap in gaps] == ["it was not watched"] * 2
    assert all(gap.t_to is not None for gap in gaps)
    assert verify_case(case).ok
    assert "hunter2" not in "".join(out)
    for path in case.rglob("*"):
        assert path.is_dir() or b"hunter2" not in path.read_bytes(), path


def listed(case: Path) -> int:
    """Return how many recordings of the case are listed by now."""
    if not (case / "case.db").exists() or not (case / "live").exists():
        return 0
    with CaseReader(case) as reader:
        return len(list(recordings(reader)))
