"""The draft of a camera file can be used as it is, and names what was found."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from analyzer.commands.cameras import Recording, draft_cameras, drafted, write_new
from analyzer.errors import UsageError
from analyzer.types import Clock, ClockPiece, JudgedClock
from analyzer.video.cameras import read_cameras

NOON = datetime(2024, 1, 15, 12)


def recording(path: str, camera: str | None = None, contradiction: str | None = None) -> Recording:
    clock = Clock("name", "file name", (ClockPiece(0.0, NOON),), camera=camera)
    other = Clock("container", "container creation time", (ClockPiece(0.0, NOON),), "UTC")
    return Recording(
        path, (JudgedClock(clock, True, 0.0, None), JudgedClock(other, False, 0.0, contradiction))
    )


def test_recordings_are_grouped_by_camera_and_the_draft_can_be_read(tmp_path: Path) -> None:
    found = [
        recording("/nas/Cam1_20240115_120000_20240115_121000.mp4", contradiction="five weeks"),
        recording("/nas/Cam1_20240115_121000_20240115_122000.mp4"),
        recording('/nas/x/yard "north" [2] 20240115120000.mp4'),
        recording("/nas/2024-01-15/12/front/34.56.mp4"),
        recording("/nas/a.mp4", camera="GATE 7"),
        recording("/nas/b.mp4", camera="GATE 7"),
    ]
    text = drafted("case", (), found)
    path = tmp_path / "cameras.toml"
    path.write_text(text, encoding="utf-8")
    cameras = read_cameras(path)
    names = [camera.name for camera in cameras]
    assert names == ["front", "Cam1", "GATE 7", "GATE 7 (2)", 'yard "north" 2']
    for one in found:
        assert sum(camera.recorded(one.path) for camera in cameras) == 1, one.path
    assert "# 2 recordings:" in text
    assert "#   five weeks" in text


def test_a_draft_of_a_case_is_written_once(
    samples_case: tuple[Path, object], tmp_path: Path
) -> None:
    text = draft_cameras(samples_case[0])
    path = tmp_path / "draft.toml"
    write_new(path, text)
    assert read_cameras(path)
    with pytest.raises(UsageError, match="exists already"):
        write_new(path, text)
