"""Sources by address, name and folder; passwords from a file, the environment or a prompt."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.errors import UsageError
from analyzer.live.sources import watched

FILE = """
[[camera]]
name = "Gate"
url = "rtsp://viewer:hunter2@10.0.0.5/live"
[[camera]]
name = "Yard"
url = "rtsp://viewer@10.0.0.6/live"
place = "Depot"
[[camera]]
name = "Old"
pattern = "old*"
"""


@pytest.fixture
def camera_file(tmp_path: Path) -> Path:
    path = tmp_path / "cameras.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def never(camera: str) -> str:
    raise AssertionError(f"nobody is asked for {camera}")


def test_passwords_come_from_file_environment_or_prompt(camera_file: Path) -> None:
    asked: list[str] = []

    def ask(camera: str) -> str:
        asked.append(camera)
        return "p@ss/word"

    gate, yard = watched([], camera_file, {}, ask).sources
    assert (gate.url, asked) == ("rtsp://viewer:hunter2@10.0.0.5/live", ["Yard"])
    assert yard.url == "rtsp://viewer:p%40ss%2Fword@10.0.0.6/live"
    (yard,) = watched(["Yard"], camera_file, {"ANALYZER_PASSWORD_YARD": "x y"}, never).sources
    assert yard.url == "rtsp://viewer:x%20y@10.0.0.6/live"
    (yard,) = watched(["Yard"], camera_file, {}).sources
    assert yard.url == "rtsp://viewer@10.0.0.6/live", "nobody there to be asked"


def test_nothing_that_is_shown_holds_a_password(camera_file: Path) -> None:
    found = watched([], camera_file, {"ANALYZER_PASSWORD": "hunter3"}, never)
    assert "hunter" not in repr(found)
    assert [source.shown for source in found.sources] == [
        "rtsp://10.0.0.5/live", "rtsp://10.0.0.6/live",
    ]  # fmt: skip
    assert [camera.place for camera in found.cameras] == [None, "Depot", None]


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://viewer:hunter2@10.0.0.5/live",
        "http://10.0.0.5/video.cgi?user=admin&pwd=hunter2",
        "rtsp://10.0.0.5/user=admin&password=hunter2&channel=1",
    ],
)
def test_a_password_on_the_command_line_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(UsageError, match="seen by every user") as refused:
        watched([url], None, {})
    assert "hunter2" not in str(refused.value)


def test_sources_get_names_and_entries_of_cameras(tmp_path: Path) -> None:
    folder = tmp_path / "dropped"
    folder.mkdir()
    given = ["rtsp://10.0.0.5:554/a?channel=1", "http://10.0.0.5/b", str(folder), "/dev/video7"]
    found = watched(given, None, {})
    names = [source.camera for source in found.sources]
    assert names == ["10.0.0.5", "10.0.0.5 2", "dropped", "video7"]
    assert [source.kind for source in found.sources] == ["stream", "stream", "folder", "device"]
    assert found.cameras[0].recorded("/case/recordings/10-0-0-5/10-0-0-5_2026.mkv")
    assert found.cameras[2].recorded(str(folder / "a.mp4"))


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ([], "nothing to watch"),
        (["ftp://10.0.0.5/a"], "ftp:// is not watched"),
        (["no/such/folder"], "is no address, device, folder or camera"),
        (["rtsp://10.0.0.5/a", "rtsp://10-0-0-5/a"], "watched twice"),
    ],
)
def test_what_is_no_source_is_refused(given: list[str], complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        watched(given, None, {})
