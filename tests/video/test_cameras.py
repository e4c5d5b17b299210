"""The camera file: what it corrects, and what it refuses."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest

from analyzer.errors import ConfigError
from analyzer.video.cameras import Camera, read_cameras
from analyzer.weekly import holds
from tests.places import ROOT

DOCS = ROOT / "docs" / "cameras.md"
STORED = datetime(2026, 2, 27, 3, 12, 7)


def written(folder: Path, text: str) -> Path:
    path = folder / "cameras.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_of_the_docs_is_read(tmp_path: Path) -> None:
    example = re.findall(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)[0]
    lobby, yard, stairs = read_cameras(written(tmp_path, example))
    assert (stairs.name, stairs.rotation) == ("Stairs", 180)
    assert lobby.recorded("/evidence/Lobby_CAM3_0312.avi")
    assert not lobby.recorded("/evidence/lobby_cam4.avi")
    assert lobby.corrected(datetime(2024, 3, 14, 8)) == datetime(2024, 3, 14, 8, 2, 37)
    assert yard.corrected(None) == datetime(2024, 3, 12, 22, 40, 10)


def test_offset_and_drift() -> None:
    camera = Camera("a", "*", offset_s=-60.0, drift_s_per_day=2.0, checked_at="2026-02-17T03:12:07")
    assert camera.corrected(STORED) == datetime(2026, 2, 27, 3, 11, 27)
    assert camera.corrected(None) is None
    assert Camera("a", "*").corrected(STORED) is None, "nothing is said of its clock"
    assert Camera("a", "*", checked_at="2026-02-17T00:00:00").corrected(STORED) == STORED
    assert Camera("a", "*", start="2026-01-01T00:00:00").corrected(STORED) == datetime(2026, 1, 1)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "holds no cameras"),
        ("[[camera]]\nname = 'a'", "has no pattern"),
        ("[[camera]]\nname = 'a'\npattern = '*'\nspot = 'x'", "unknown key 'spot'"),
        ("[[camera]]\nname = 'a'\npattern = '*'\noffset_s = 'two'", "is not a number"),
        ("[[camera]]\nname = 'a'\npattern = '*'\ntimezone = 'Nowhere/At_all'", "no time zone"),
        ("[[camera]]\nname = 'a'\npattern = '*'\nstart = 'noon'", "is no date and time"),
        ("[[camera]]\nname = 'a'\npattern = '*'\ndrift_s_per_day = 1", "needs checked_at"),
        ("[[camera]]\nname = 'a'\npattern = '*'\n" * 2, "two cameras are called 'a'"),
    ],
)
def test_a_wrong_file_is_refused_with_the_reason(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        read_cameras(written(tmp_path, text))


LIVE = """
[[camera]]
name = "Gate North"
place = "Depot"
url = "rtsp://admin:hunter2@10.0.0.5/live?channel=1"
schedule = ["mon-fri 22:00-06:00", "sun"]
notify = "desk, phone"
"""


def test_a_watched_camera_needs_no_pattern_and_keeps_no_password(tmp_path: Path) -> None:
    (camera,) = read_cameras(written(tmp_path, LIVE))
    assert camera.url == "rtsp://10.0.0.5/live?channel=…"
    assert "hunter2" not in repr(camera)
    assert camera.recorded("/case/recordings/gate-north/gate-north_2026-11-29_13-00-00.000Z.mkv")
    assert not camera.recorded("/case/recordings/gate/x.mkv")
    assert camera.channels == ("desk", "phone")
    assert holds(camera.times, datetime(2026, 11, 29, 12)), "a Sunday"
    assert not holds(camera.times, datetime(2026, 11, 30, 12)), "a Monday at noon"
    assert Camera("a", "*").times == (), "always"
    assert camera.place == "Depot"


def test_a_watched_camera_keeps_its_pattern_too() -> None:
    camera = Camera("Gate", "old_gate*", url="rtsp://10.0.0.5/live")
    assert camera.recorded("/evidence/old_gate_1.avi")
    assert camera.recorded("/case/recordings/gate/gate_1.mkv")
    assert not Camera("Gate", "old_gate*").recorded("/case/recordings/gate/gate_1.mkv")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("schedule = 'some nights'", "no day of the week"),
        ("notify = [1]", "not a list of texts"),
        ("url = 5", "url is not a text"),
    ],
)
def test_wrong_keys_of_watched_cameras(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        read_cameras(written(tmp_path, f"[[camera]]\nname = 'a'\npattern = '*'\n{text}\n"))
