"""Small clips made by ffmpeg, once a test session; the command is in each fixture's docstring."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.video.ffmpeg import find_ffmpeg

PATTERN = ("-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=6")
H264 = ("-c:v", "libx264", "-preset", "veryfast", "-g", "25", "-bf", "2")

MakeClip = Callable[..., Path]


@pytest.fixture(scope="session")
def make_clip(tmp_path_factory: pytest.TempPathFactory) -> MakeClip:
    """``make_clip(name, *arguments)`` runs ``ffmpeg -y ARGUMENTS NAME`` and returns the path."""
    folder = tmp_path_factory.mktemp("clips")

    def make(name: str, *arguments: str | Path) -> Path:
        path = folder / name
        if not path.exists():
            command = [find_ffmpeg().path, "-nostdin", "-v", "error", "-y", *map(str, arguments)]
            subprocess.run([*command, f"file:{path}"], check=True, timeout=60)
        return path

    return make


@pytest.fixture(scope="session")
def clip_constant(make_clip: MakeClip) -> Path:
    """``ffmpeg -f lavfi -i testsrc2=size=320x240:rate=25:duration=6 -c:v libx264 -g 25 -bf 2``"""
    return make_clip("constant.mp4", *PATTERN, *H264)


@pytest.fixture(scope="session")
def clip_faststart(make_clip: MakeClip, clip_constant: Path) -> Path:
    """``ffmpeg -i constant.mp4 -c copy -movflags +faststart``: the index lies before the data."""
    return make_clip("faststart.mp4", "-i", clip_constant, "-c", "copy", "-movflags", "+faststart")


@pytest.fixture(scope="session")
def clip_variable(make_clip: MakeClip) -> Path:
    """``ffmpeg ... -vf select='lt(mod(n,40),18)+not(mod(n,7))' -fps_mode vfr``: rate changes."""
    select = "select='lt(mod(n,40),18)+not(mod(n,7))'"
    scale = ("-video_track_timescale", "90000")
    return make_clip("variable.mp4", *PATTERN, "-vf", select, "-fps_mode", "vfr", *H264, *scale)


@pytest.fixture(scope="session")
def clip_pause(make_clip: MakeClip) -> Path:
    """``ffmpeg ... -vf select='lt(t,2)+gt(t,5.5)' -fps_mode vfr``: 3.5 s without a frame."""
    select = "select='lt(t,2)+gt(t,5.5)'"
    return make_clip("pause.mp4", *PATTERN, "-vf", select, "-fps_mode", "vfr", *H264)


@pytest.fixture(scope="session")
def clip_edited(make_clip: MakeClip, clip_constant: Path) -> Path:
    """``ffmpeg -ss 2.5 -i constant.mp4 -c copy``: an edit list hides what lies before the cut."""
    return make_clip("edited.mp4", "-ss", "2.5", "-i", clip_constant, "-c", "copy")


@pytest.fixture(scope="session")
def clip_rotated(clip_constant: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """constant.mp4 with the display matrix of its track header set to a quarter turn.

    Written by hand since the option that sets it differs between versions of ffmpeg.
    """
    data = bytearray(clip_constant.read_bytes())
    # The matrix lies 40 bytes into a version 0 tkhd box, after its type: nine 32-bit numbers.
    at = data.index(b"tkhd") + 4 + 40
    one, full = 1 << 16, 1 << 30
    for index, value in enumerate((0, one, 0, -one, 0, 0, 240 * one, 0, full)):
        data[at + 4 * index : at + 4 * index + 4] = value.to_bytes(4, "big", signed=True)
    path = tmp_path_factory.mktemp("rotated") / "rotated.mp4"
    path.write_bytes(data)
    return path


@pytest.fixture(scope="session")
def clip_interlaced(make_clip: MakeClip) -> Path:
    """``ffmpeg ... -vf interlace -flags +ilme+ildct -x264-params tff=1``"""
    flags = ("-vf", "interlace", "-flags", "+ilme+ildct", "-x264-params", "tff=1")
    return make_clip("interlaced.mp4", *PATTERN, *flags, *H264)


@pytest.fixture(scope="session")
def clip_transport(make_clip: MakeClip, clip_constant: Path) -> Path:
    """``ffmpeg -i constant.mp4 -c copy -output_ts_offset 1000 offset.ts``: pts far from zero."""
    return make_clip("offset.ts", "-i", clip_constant, "-c", "copy", "-output_ts_offset", "1000")


@pytest.fixture(scope="session")
def clip_matroska(make_clip: MakeClip, clip_constant: Path) -> Path:
    """``ffmpeg -i constant.mp4 -c copy constant.mkv``: times rounded to milliseconds."""
    return make_clip("constant.mkv", "-i", clip_constant, "-c", "copy")


@pytest.fixture(scope="session")
def clip_odd(make_clip: MakeClip) -> Path:
    """``ffmpeg ... -vf scale=321:241 -pix_fmt yuv444p``: neither side is even."""
    return make_clip("odd.mp4", *PATTERN, "-vf", "scale=321:241", "-pix_fmt", "yuv444p", *H264)


@pytest.fixture(scope="session")
def clip_full_range(make_clip: MakeClip) -> Path:
    """Return 1 s of white whose levels reach from 0 to 255: ``-pix_fmt yuvj420p``."""
    source = ["-f", "lavfi", "-i", "color=white:s=64x48:r=10:d=1"]
    return make_clip("full_range.mp4", *source, *["-c:v", "libx264", "-pix_fmt", "yuvj420p"])


@pytest.fixture(scope="session")
def clip_resized(make_clip: MakeClip, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return 2 s whose second half is smaller: two transport streams of the same bars."""
    parts = []
    for offset, size in ((0, "320x240"), (1, "160x120")):
        source = f"-f lavfi -i smptebars=s={size}:r=10:d=1 -c:v libx264 -pix_fmt yuv420p".split()
        parts.append(make_clip(f"part{offset}.ts", *source, "-output_ts_offset", str(offset)))
    path = tmp_path_factory.mktemp("resized") / "resized.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


@pytest.fixture(scope="session")
def clip_anamorphic(make_clip: MakeClip) -> Path:
    """``ffmpeg ... -vf setsar=4/3``: pixels wider than high."""
    return make_clip("anamorphic.mp4", *PATTERN, "-vf", "setsar=4/3", *H264)


@pytest.fixture(scope="session")
def clip_elementary(make_clip: MakeClip, clip_constant: Path) -> Path:
    """``ffmpeg -i constant.mp4 -c copy -bsf:v h264_mp4toannexb stream.h264``: no timestamps."""
    bitstream = ("-c", "copy", "-bsf:v", "h264_mp4toannexb")
    return make_clip("stream.h264", "-i", clip_constant, *bitstream)


@pytest.fixture(scope="session")
def clip_audio_only(make_clip: MakeClip) -> Path:
    """``ffmpeg -f lavfi -i sine=duration=1``"""
    return make_clip("audio.mp4", "-f", "lavfi", "-i", "sine=duration=1")


@pytest.fixture(scope="session")
def clip_cut_in_half(clip_constant: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first half of constant.mp4, whose index lay in the second."""
    return _first_half(clip_constant, tmp_path_factory.mktemp("cut"))


@pytest.fixture(scope="session")
def clip_cut_with_index(clip_faststart: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first half of faststart.mp4, index and all."""
    return _first_half(clip_faststart, tmp_path_factory.mktemp("cut"))


@pytest.fixture(scope="session")
def clip_damaged(clip_faststart: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """faststart.mp4 with a stretch of its data overwritten by zeros."""
    data = bytearray(clip_faststart.read_bytes())
    begin, end = len(data) * 4 // 15, len(data) * 2 // 3
    data[begin:end] = bytes(end - begin)
    path = tmp_path_factory.mktemp("damaged") / "damaged.mp4"
    path.write_bytes(data)
    return path


@pytest.fixture(scope="session")
def clip_text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A line of text named .mp4"""
    path = tmp_path_factory.mktemp("text") / "text.mp4"
    path.write_text("This is not a video.\n")
    return path


def _first_half(source: Path, folder: Path) -> Path:
    path = folder / f"half_{source.name}"
    data = source.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path
