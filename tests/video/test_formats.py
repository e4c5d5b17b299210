"""docs/formats.md is true: every line of its table is made here by ffmpeg, probed and decoded."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.errors import VideoError
from analyzer.video.decode import Decoder
from analyzer.video.ffmpeg import wheel_ffmpeg
from analyzer.video.probe import probe
from analyzer.video.segments import plan_segments
from tests.places import ROOT

PAGE = ROOT / "docs" / "formats.md"
SECONDS, RATE, FPS = 3, 25, 5.0
SOURCE = f"-f lavfi -i testsrc2=size=176x144:rate={RATE}:duration={SECONDS}"
H264 = "-c:v libx264 -preset ultrafast -g 25"
X265 = "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=25"

REFUSED = "refused"
STORED, INTERPOLATED = "analysed, times as stored", "analysed, times partly interpolated"
COUNTED, INVENTED = "analysed, times counted", "analysed, times invented by the container"
SOURCES = {
    STORED: "stored", INTERPOLATED: "interpolated", COUNTED: "counted", INVENTED: "invented"
}  # fmt: skip

Make = Callable[[Path], Path]


def encoded(name: str, arguments: str) -> Make:
    """Return what makes ``name`` from the test pattern with ``arguments``."""

    def make(folder: Path) -> Path:
        path = folder / name
        if not path.exists():
            command = [wheel_ffmpeg().path, "-nostdin", "-v", "error", "-y", *SOURCE.split()]
            subprocess.run([*command, *arguments.split(), str(path)], check=True, timeout=60)
        return path

    return make


def rewrapped(name: str, source: Make, arguments: str) -> Make:
    """Return what copies the stream of ``source`` into ``name``."""

    def make(folder: Path) -> Path:
        path = folder / name
        command = [wheel_ffmpeg().path, "-nostdin", "-v", "error", "-y", "-i", str(source(folder))]
        subprocess.run([*command, "-c", "copy", *arguments.split(), str(path)], check=True)
        return path

    return make


def changed(name: str, source: Make, change: Callable[[bytes], bytes]) -> Make:
    """Return what writes the bytes of ``source``, after ``change``, as ``name``."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(change(source(folder).read_bytes()))
        return path

    return make


def text(name: str, content: str) -> Make:
    def make(folder: Path) -> Path:
        (folder / name).write_text(content)
        return folder / name

    return make


def without_index(avi: bytes) -> bytes:
    """Cut off the index at the end of an AVI file, as a power cut does."""
    return avi[: avi.rindex(b"idx1")]


def without_stamps(ts: bytes) -> bytes:
    """Take the time stamps out of every third picture of a transport stream."""
    data, at, number = bytearray(ts), 0, 0
    while (at := data.find(b"\x00\x00\x01\xe0", at)) >= 0:
        if number % 3 == 1 and data[at + 7] & 0x80:
            data[at + 7] &= 0x3F
        number, at = number + 1, at + 4
    return bytes(data)


def with_server_answer(multipart: bytes) -> bytes:
    """Put the head of the server's answer in front; the boundary has dashes and no lengths."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=--myB\r\n\r\n"
    parts = re.sub(rb"Content-length: \d+\r\n", b"", multipart, flags=re.IGNORECASE)
    return head + parts.replace(b"--ffmpeg\r\n", b"----myB\r\n")


MP4 = encoded("h264.mp4", f"{H264} -bf 2 -pix_fmt yuv420p")
TS = rewrapped("h264.ts", MP4, "")
MJPEG = encoded("stream.mjpeg", "-c:v mjpeg -q:v 8 -f mjpeg")
MULTIPART = encoded("stream.mjpg", "-c:v mjpeg -q:v 8 -f mpjpeg")
AVI = encoded("mjpeg.avi", "-c:v mjpeg -q:v 8")

FORMATS: dict[str, tuple[Make, str]] = {
    "MP4, H.264": (MP4, STORED),
    "MP4, HEVC": (encoded("hevc.mp4", X265), STORED),
    "MP4, HEVC 10-bit": (encoded("hevc10.mp4", f"{X265} -pix_fmt yuv420p10le"), STORED),
    "MP4, MPEG-4 part 2": (encoded("mpeg4.mp4", "-c:v mpeg4"), STORED),
    "MP4, AV1": (encoded("av1.mp4", "-c:v libsvtav1 -preset 12"), STORED),
    "MP4 in fragments": (
        rewrapped("fragments.mp4", MP4, "-movflags frag_keyframe+empty_moov"),
        STORED,
    ),
    "MOV, Motion JPEG": (encoded("mjpeg.mov", "-c:v mjpeg -q:v 8"), STORED),
    "AVI, Motion JPEG": (AVI, INVENTED),
    "AVI, MPEG-4 part 2": (encoded("mpeg4.avi", "-c:v mpeg4"), INVENTED),
    "AVI, H.264 with B-frames": (rewrapped("h264.avi", MP4, "-bsf:v h264_mp4toannexb"), INVENTED),
    "AVI whose index is missing": (changed("noindex.avi", AVI, without_index), INVENTED),
    "Matroska, H.264": (rewrapped("h264.mkv", MP4, ""), STORED),
    "WebM, VP9": (encoded("vp9.webm", "-c:v libvpx-vp9 -cpu-used 8 -deadline realtime"), STORED),
    "FLV, H.264": (rewrapped("h264.flv", MP4, ""), STORED),
    "ASF, WMV 2": (encoded("wmv2.wmv", "-c:v wmv2"), STORED),
    "MPEG program stream, MPEG-2": (encoded("mpeg2.mpg", "-c:v mpeg2video -bf 2"), INTERPOLATED),
    "MXF, MPEG-2": (encoded("mpeg2.mxf", "-c:v mpeg2video -bf 2"), STORED),
    "MPEG transport stream, H.264": (TS, STORED),
    "MPEG transport stream whose clock starts over (33 bit)": (
        rewrapped("wrap.ts", MP4, "-output_ts_offset 95442.2"),
        STORED,
    ),
    "MPEG transport stream, time stamps missing here and there": (
        changed("nostamps.ts", TS, without_stamps),
        INTERPOLATED,
    ),
    "MPEG transport stream, time stamps that jump back": (
        changed("joined.ts", TS, lambda data: data + data),
        INTERPOLATED,
    ),
    "H.264 elementary stream": (
        rewrapped("stream.h264", MP4, "-bsf:v h264_mp4toannexb"),
        COUNTED,
    ),
    "HEVC elementary stream": (encoded("stream.hevc", X265), COUNTED),
    "JPEG pictures one behind another (.mjpeg)": (MJPEG, COUNTED),
    "multipart Motion JPEG, as a browser saves it": (MULTIPART, COUNTED),
    "multipart Motion JPEG with the answer of the server and another boundary": (
        changed("saved.bin", MULTIPART, with_server_answer),
        COUNTED,
    ),
    "interlaced": (
        encoded("interlaced.mp4", f"-vf setfield=tff -flags +ilme+ildct -x264-params tff=1 {H264}"),
        STORED,
    ),
    "10-bit H.264": (encoded("h264_10.mp4", f"{H264} -pix_fmt yuv420p10le"), STORED),
    "4:4:4 with odd sides": (
        encoded("odd.mp4", f"-vf scale=177:145 -pix_fmt yuv444p {H264}"),
        STORED,
    ),
    "variable frame rate": (
        encoded("vfr.mp4", f"-vf select='not(mod(n,5))+lt(n,20)' -fps_mode vfr {H264}"),
        STORED,
    ),
    "wrong extension: MP4 named .avi": (changed("mp4.avi", MP4, bytes), STORED),
    "wrong extension: transport stream named .txt": (changed("ts.txt", TS, bytes), STORED),
    "no extension: Matroska": (
        changed("recording", rewrapped("h264.mkv", MP4, ""), bytes),
        STORED,
    ),
    "MP4 whose index (moov) is missing": (
        changed("nomoov.mp4", MP4, lambda data: data[: data.rindex(b"moov") - 4]),
        "index (moov) is missing",
    ),
    "a codec that ffmpeg does not know": (
        changed("codec.mp4", MP4, lambda data: data.replace(b"avc1", b"zzzz")),
        "video codec is unknown",
    ),
    "sound alone": (encoded("audio.mp4", "-vn -f lavfi -i sine=duration=1 -map 1"), "no video"),
    "a file of 0 bytes": (text("empty.mp4", ""), "is empty (0 bytes)"),
    "text": (text("notes.mp4", "camera 3 was off\n" * 40), "is not a video"),
    "a playlist (HLS, DASH, concat and the like)": (
        text("list.mp4", "ffconcat version 1.0\nfile h264.mp4\n"),
        "is a playlist",
    ),
    "animated GIF": (encoded("preview.gif", "-vf fps=10"), STORED),
    "animated PNG": (encoded("preview.png", "-vf fps=10 -f apng"), STORED),
    "bytes without meaning": (
        changed(
            "noise.mp4", MP4, lambda data: bytes(b * 167 + i & 255 for i, b in enumerate(data))
        ),
        "is not a video",
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("formats")


def table() -> dict[str, str]:
    """Return the table of the page: outcome by name."""
    page = PAGE.read_text(encoding="utf-8").partition("## What can be read")[2]
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", page, re.MULTILINE)
    return {name: outcome for name, outcome in rows if name not in ("file", "---")}


def test_the_page_lists_what_is_tested_and_nothing_else() -> None:
    expected = {
        name: outcome if outcome in SOURCES else REFUSED for name, (_, outcome) in FORMATS.items()
    }
    assert {name: outcome.split(":")[0] for name, outcome in table().items()} == expected


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_outcome(name: str, folder: Path) -> None:
    make, outcome = FORMATS[name]
    path = make(folder)
    if outcome not in SOURCES:
        with pytest.raises(VideoError) as caught:
            probe(path)
        assert outcome in str(caught.value)
        assert str(caught.value).startswith(f"{path}: ")
        return
    info = probe(path)
    (span,) = plan_segments(info, 1e6, 0)
    decoder = Decoder(info, span, FPS)
    times = [frame.moment.t for frame in decoder]
    assert info.timestamps == SOURCES[outcome]
    seconds = 2 * SECONDS if "jump back" in name else SECONDS
    assert info.duration_s == pytest.approx(seconds, abs=0.21 if "variable" in name else 0.05)
    # Matroska, FLV and ASF store milliseconds.
    assert times == pytest.approx([i / FPS for i in range(int(seconds * FPS))], abs=0.0011)
    assert decoder.errors.gaps == ()
