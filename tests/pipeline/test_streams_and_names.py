"""Several video streams in one file, and names that are not UTF-8, from file to verification."""

import json
import os
import subprocess

import pytest

from analyzer.config import LimitSettings
from analyzer.pipeline.admission import probed_streams
from analyzer.store.ids import segment_id, track_id
from analyzer.store.reader import CaseReader
from analyzer.store.videos import find_video
from analyzer.video.ffmpeg import find_ffmpeg
from analyzer.video.probe import probe
from analyzer.video.source_file import place_of
from tests.clips import PATTERN
from tests.pipeline.small import LIGHT
from tests.places import LOBBY

GREY = ("-f", "lavfi", "-i", "color=c=gray:s=640x360:r=10:d=6")
COVER = ("-f", "lavfi", "-i", "color=c=red:s=64x64:d=0.04")


def two_cameras(make_clip, name, *codec):
    """A yard of 6 s first, the lobby sample second; both streams of one file."""
    streams = ("-i", LOBBY, "-map", "0:v", "-map", "1:v", "-t", "6")
    return make_clip(name, *GREY, *streams, *(codec or ("-c:v", "libx264", "-preset", "ultrafast")))


@pytest.mark.parametrize("name", ["two.mkv", "two.mp4", "two.ts", "two.avi"])
def test_every_video_stream_is_a_recording_with_an_id_of_its_own(make_clip, name):
    path = two_cameras(make_clip, name)
    found = probed_streams(path, LimitSettings())
    first, second = (found[n].info for n in (1, 2))
    assert (first.width, second.width) == (640, probe(LOBBY).width)
    assert second.sha256 == f"{first.sha256}#2"
    assert second.file_sha256 == first.sha256
    assert len({segment_id(info.sha256, 0) for info in (first, second)}) == 2


def test_a_cover_picture_is_no_stream(make_clip):
    attached = ("-map", "0:v", "-map", "1:v", "-c:v:0", "libx264", "-c:v:1", "png")
    disposition = ("-disposition:v:1", "attached_pic")
    path = make_clip("cover.mp4", *PATTERN, *COVER, *attached, *disposition)
    assert list(probed_streams(path, LimitSettings())) == [1]


def test_a_stream_that_cannot_be_read_does_not_hide_the_other(make_clip, tmp_path):
    path = two_cameras(make_clip, "two.mp4")
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(path.read_bytes().replace(b"avc1\0", b"zzzz\0", 1))
    found = probed_streams(broken, LimitSettings())
    assert "codec is unknown" in found[1]
    assert found[2].info.codec == "h264"
    text = tmp_path / "text.mp4"
    text.write_text("no video at all")
    assert list(probed_streams(text, LimitSettings())) == [1]


def test_a_recording_is_found_by_the_name_that_the_case_shows(tmp_path):
    sha = "0123456789abcdef" * 4
    known = {sha: ["/f/cam.mkv"], f"{sha}#2": ["/f/cam.mkv#2"], "f" * 64: [r"/f/K\xfc.mp4"]}
    for text, expected in {
        "cam.mkv": sha, "cam.mkv#2": f"{sha}#2", sha[:8]: sha, f"{sha[:8]}#2": f"{sha}#2",
        track_id(f"{sha}#2", 3).split(":")[0]: f"{sha}#2", r"K\xfc.mp4": "f" * 64,
        os.fsdecode(b"K\xfc.mp4"): "f" * 64,
    }.items():  # fmt: skip
        assert find_video(known, text) == expected
    assert place_of("/f/cam.mkv#2", f"{sha}#2").file.name == "cam.mkv"
    assert place_of("/f/cam#2", sha).file.name == "cam#2", "so it may be called"


@pytest.mark.slow
def test_a_run_analyses_streams_and_odd_names_and_verifies_them(run, make_clip, tmp_path):
    folder = tmp_path / "f"
    folder.mkdir()
    two = folder / "two.mkv"
    two.write_bytes(two_cameras(make_clip, "two.mkv").read_bytes())
    odd = os.path.join(os.fsencode(folder), b"K\xfcche\n1.mp4")  # noqa: PTH118 - bytes
    command = [find_ffmpeg().path, "-v", "error", "-i", LOBBY, "-t", "2", "-c", "copy"]
    subprocess.run([*command, folder / "x.mp4"], check=True)
    os.replace(folder / "x.mp4", odd)  # noqa: PTH105 - bytes
    case = tmp_path / "K\udcfc case"
    summary = json.loads(run("run", folder, "--case", case, "--json", *LIGHT).stdout)
    names = [os.path.relpath(video["path"], folder) for video in summary["videos"]]
    assert names == ["K\\xfcche\n1.mp4", "two.mkv", "two.mkv#2"]
    assert {video["status"] for video in summary["videos"]} == {"done"}
    with CaseReader(case) as reader:
        sizes = {row["sha256"][64:]: row["width"] for row in reader.rows("videos")}
    assert sizes["#2"] == probe(LOBBY).width
    again = json.loads(run("run", folder, "--case", case, "--json", *LIGHT).stdout)
    assert again["processed_s"] == 0
    checked = run("verify", case, "--json", "--replay", "--sample", "3").stdout
    assert json.loads(checked)["sources"] == {"unchanged": 3, "changed": 0, "missing": 0}
    run("clip", case, "--video", "two.mkv#2", "--from", "0", "--to", "1")
    run("clip", case, "--video", "K\\xfcche\n1.mp4", "--from", "0", "--to", "1")
    os.unlink(odd)  # noqa: PTH108 - bytes
    assert json.loads(run("verify", case, "--json").stdout)["sources"]["missing"] == 1
