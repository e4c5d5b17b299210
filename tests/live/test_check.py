"""The registry of cameras: added, listed and checked on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzer.video.cameras import read_cameras
from tests.jobs import analyzer
from tests.live.servers import PASSWORD, USER, files, mjpeg, rtsp, secret_of, serving
from tests.places import CORRIDOR


def test_cameras_are_added_and_listed(tmp_path: Path) -> None:
    file = tmp_path / "cameras.toml"
    url = "rtsp://viewer@10.0.0.5/live"
    where = ("--place", "Depot", "--latitude", "52.5", "--longitude", "13.4")
    times = ("--schedule", "mon-fri 22:00-06:00")
    analyzer("cameras", "add", file, "--name", "Gate", "--url", url, *where, *times)
    assert file.stat().st_mode & 0o077 == 0, "a password may be added to it"
    file.write_text("# ours\n" + file.read_text())
    analyzer("cameras", "add", file, "--name", "Yard", "--url", "http://10.0.0.6/v.mjpg?pwd=x")
    assert file.read_text().startswith("# ours\n")
    gate, yard = read_cameras(file)
    assert (gate.place, gate.position, gate.url) == ("Depot", (52.5, 13.4), "rtsp://10.0.0.5/live")
    assert yard.url == "http://10.0.0.6/v.mjpg?pwd=…"
    told = analyzer("cameras", "list", file).stdout
    assert told == "Gate: rtsp://10.0.0.5/live, Depot\nYard: http://10.0.0.6/v.mjpg?pwd=…\n"
    before = file.read_text()
    again = analyzer("cameras", "add", file, "--name", "Gate", "--url", url, code=2)
    assert "has a camera 'Gate' already" in again.stderr
    analyzer("cameras", "add", file, "--name", "Bad", "--url", url, "--schedule", "soon", code=2)
    assert file.read_text() == before


def test_check_tells_what_a_camera_sends_or_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANALYZER_PASSWORD_RTSP", PASSWORD)
    secret, stills = secret_of(USER, PASSWORD), tmp_path / "stills"
    with (
        serving(rtsp(CORRIDOR, secret)) as one,
        serving(mjpeg(CORRIDOR, secret)) as two,
        serving(files(tmp_path)) as three,
    ):
        urls = {
            "RTSP": f"rtsp://{USER}@127.0.0.1:{one}/",
            "Refused": f"http://{USER}:hunter3@127.0.0.1:{two}/",
            "Nothing": f"http://127.0.0.1:{three}/nothing.m3u8",
            "Closed": "rtsp://127.0.0.1:1/",
            "Unknown": "rtsp://no-such-host.invalid/",
        }
        sections = [f"[[camera]]\nname = '{name}'\nurl = '{url}'\n" for name, url in urls.items()]
        file = tmp_path / "cameras.toml"
        file.write_text("".join(sections))
        done = analyzer("cameras", "check", file, "--stills", stills, "--json", code=1)
    assert "hunter" not in done.stdout + done.stderr
    found = {each["camera"]: each for each in json.loads(done.stdout)["cameras"]}
    fine = found["RTSP"]
    assert (fine["problem"], fine["codec"]) == (None, "h264")
    assert (fine["width"], fine["height"]) == (640, 360)
    assert fine["clock_s"] == pytest.approx(-75, abs=2), "what the server says of its clock"
    assert Path(fine["still"]).read_bytes().startswith(b"\xff\xd8")
    problems = {name: each["problem"] for name, each in found.items() if name != "RTSP"}
    assert problems == {
        "Refused": "refused the user or the password",
        "Nothing": "has nothing at this path",
        "Closed": "refused the connection",
        "Unknown": "has a host that is not found; check its name and the network",
    }
