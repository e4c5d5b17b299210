"""A crafted file reads no other file, reaches no host, and costs no more than the limits."""

from __future__ import annotations

import ctypes
import os
import random
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.config import LimitSettings
from analyzer.errors import VideoError
from analyzer.video import ffmpeg_command
from analyzer.video.decode import Decoder
from analyzer.video.packet_scanner import Scanner
from analyzer.video.probe import probe
from analyzer.video.segments import plan_segments
from tests.clips import PATTERN, MakeClip
from tests.places import FOOTAGE

IN_OPEN = 0x20


class Host:
    """A server on this machine that counts who connects to it."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.05)
        self.port = self._socket.getsockname()[1]
        self.calls = 0
        self._open = True
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while self._open:
            try:
                connection, _ = self._socket.accept()
            except TimeoutError:
                continue
            self.calls += 1
            connection.close()

    def strangers(self) -> int:
        """How many connected before now: our own connection comes after all that did."""
        with socket.create_connection(("127.0.0.1", self.port)) as own:
            own.settimeout(60.0)
            assert own.recv(1) == b""
        return self.calls - 1

    def close(self) -> None:
        self._open = False
        self._thread.join()
        self._socket.close()


@pytest.fixture
def host() -> Iterator[Host]:
    server = Host()
    yield server
    server.close()


class Watch:
    """Names of the files of a folder that anybody opened, from the kernel (inotify)."""

    def __init__(self, folder: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = libc.inotify_init1(os.O_NONBLOCK)
        assert libc.inotify_add_watch(self._descriptor, os.fsencode(folder), IN_OPEN) >= 0

    def opened(self) -> set[str]:
        try:
            data = os.read(self._descriptor, 1 << 16)
        except BlockingIOError:
            return set()
        names, at = set(), 0
        while at < len(data):
            length = struct.unpack_from("IIII", data, at)[3]
            names.add(os.fsdecode(data[at + 16 : at + 16 + length].rstrip(b"\0")))
            at += 16 + length
        return names


PLAYLISTS = {
    "hls.m3u8": (
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{target}\n"
        "#EXTINF:9,\nhttp://127.0.0.1:{port}/seg.ts\n#EXT-X-ENDLIST\n"
    ),
    "master.mp4": (
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://127.0.0.1:{port}/a.m3u8\n"
        '#EXT-X-MAP:URI="{target}"\n'
    ),
    "key.m3u8": (
        '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{target}"\n#EXTINF:1,\n{target}\n#EXT-X-ENDLIST\n'
    ),
    "list.ffconcat": "ffconcat version 1.0\nfile '{target}'\nfile 'http://127.0.0.1:{port}/x'\n",
    "list.avi": "ffconcat version 1.0\nfile '{target}'\n",
    "plain.txt": "file '{target}'\n",
    "list.xspf": (
        '<?xml version="1.0"?><playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList>'
        "<track><location>http://127.0.0.1:{port}/x</location></track></trackList></playlist>"
    ),
    "manifest.mpd": (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'mediaPresentationDuration="PT9S"><Period><AdaptationSet mimeType="video/mp4">'
        '<Representation id="1" bandwidth="1"><BaseURL>http://127.0.0.1:{port}/</BaseURL>'
        '<SegmentList><Initialization sourceURL="{target}"/><SegmentURL media="{target}"/>'
        "</SegmentList></Representation></AdaptationSet></Period></MPD>"
    ),
    "session.sdp": (
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
        "m=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n"
    ),
    "list.pls": "[playlist]\nFile1=http://127.0.0.1:{port}/x\nNumberOfEntries=1\n",
    "list.asx": '<asx version="3.0"><entry><ref href="http://127.0.0.1:{port}/x"/></entry></asx>',
    "reference.mov": "",
    "http.url": "http://127.0.0.1:{port}/x",
}


def reference_movie(target: Path) -> bytes:
    """A QuickTime movie whose data lie in another file (a `url ` data reference)."""

    def atom(kind: bytes, *parts: bytes) -> bytes:
        body = b"".join(parts)
        return struct.pack(">I4s", 8 + len(body), kind) + body

    alias = atom(b"url ", struct.pack(">I", 0), b"file://" + os.fsencode(target) + b"\0")
    dref = atom(b"dref", struct.pack(">II", 0, 1), alias)
    entry = atom(b"avc1", bytes(6), struct.pack(">H", 1), bytes(16), struct.pack(">HH", 64, 64))
    stbl = atom(
        b"stbl",
        atom(b"stsd", struct.pack(">II", 0, 1), entry + bytes(50)),
        atom(b"stts", struct.pack(">IIII", 0, 1, 1, 1)),
        atom(b"stsc", struct.pack(">IIIII", 0, 1, 1, 1, 1)),
        atom(b"stsz", struct.pack(">IIII", 0, 0, 1, 100)),
        atom(b"stco", struct.pack(">III", 0, 1, 0)),
    )
    minf = atom(b"minf", atom(b"vmhd", bytes(12)), atom(b"dinf", dref), stbl)
    hdlr = atom(b"hdlr", bytes(8), b"vide", bytes(12))
    mdhd = atom(b"mdhd", bytes(12), struct.pack(">II", 1000, 1000), bytes(4))
    trak = atom(b"trak", atom(b"mdia", mdhd, hdlr, minf))
    mvhd = atom(b"mvhd", bytes(12), struct.pack(">II", 1000, 1000), bytes(80))
    return atom(b"ftyp", b"qt  ", bytes(4), b"qt  ") + atom(b"moov", mvhd, trak)


@pytest.mark.skipif(sys.platform != "linux", reason="inotify tells who opened a file on Linux only")
@pytest.mark.parametrize("name", PLAYLISTS)
def test_a_playlist_is_refused_and_leads_nowhere(name: str, tmp_path: Path, host: Host) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    canary = kept / "canary.mp4"
    canary.write_bytes((FOOTAGE / "lobby_cam1_20240312_081500.mp4").read_bytes())
    path = tmp_path / name
    path.write_text(PLAYLISTS[name].format(target=canary, port=host.port))
    if name == "reference.mov":
        path.write_bytes(reference_movie(canary))
    watch = Watch(kept)
    with pytest.raises(VideoError) as caught:
        info = probe(path)
        (span,) = plan_segments(info, 1e6, 0)
        list(Decoder(info, span, 5.0))
    assert str(caught.value).startswith(f"{path}: ")
    assert (host.strangers(), watch.opened()) == (0, set())
    canary.read_bytes()
    assert watch.opened() == {"canary.mp4"}, "the watch must see what there is to see"


def test_the_decoder_opens_the_container_that_was_probed_and_nothing_else(
    clip_constant: Path, tmp_path: Path
) -> None:
    info = probe(clip_constant)
    swapped = tmp_path / "swapped.mp4"
    swapped.write_text(f"ffconcat version 1.0\nfile '{clip_constant}'\n")
    arguments = ffmpeg_command.command("ffmpeg", info, None, 5.0, 1)
    source = arguments[: arguments.index("-i")]
    assert source[source.index("-format_whitelist") + 1] == info.container
    from dataclasses import replace

    forged = replace(info, path=str(swapped))
    (span,) = plan_segments(forged, 1e6, 0)
    with pytest.raises(VideoError):
        list(Decoder(forged, span, 5.0))


def test_absurd_claims_are_refused(clip_constant: Path, make_clip: MakeClip) -> None:
    pattern = ("-f", "lavfi", "-i", "testsrc2=size=16400x16:duration=0.2")
    with pytest.raises(VideoError, match="claims pictures of 16400 x 16 px"):
        probe(make_clip("wide.mkv", *pattern, "-c:v", "ffv1"))
    with pytest.raises(VideoError, match=r"claims pictures of 320 x 240 px.*limits\.max_side"):
        probe(clip_constant, LimitSettings(max_side=300))
    leap = ("-vf", "setpts=PTS+gt(N\\,9)*4e6/TB", "-fps_mode", "passthrough", "-c:v", "ffv1")
    with pytest.raises(VideoError, match=r"claims to be 1111 h long.*limits\.max_hours"):
        probe(make_clip("long.mkv", *PATTERN, *leap))


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux only")
def test_memory_is_bounded(clip_constant: Path) -> None:
    tight = LimitSettings(memory_mb=64)
    with pytest.raises(VideoError, match="more than 64 MB"):
        Scanner().scan(clip_constant, tight)
    info = probe(clip_constant)
    (span,) = plan_segments(info, 1e6, 0)
    with pytest.raises(VideoError, match="not one picture"):
        list(Decoder(info, span, 5.0, limits=tight))


def crafted() -> Iterator[tuple[str, bytes]]:
    """Yield broken versions of real clips, the same every time: flipped bits and cut ends."""
    chance = random.Random(20240312)
    for path in sorted(FOOTAGE.iterdir()):
        whole = path.read_bytes()[:400_000]
        for number in range(8):
            data = bytearray(whole)
            # Headers are where parsers break: half of the flips go into the first 4 kB or the end.
            for _ in range(chance.choice((1, 8, 64, 512))):
                end = len(data)
                at = chance.choice(
                    (
                        chance.randrange(end),
                        chance.randrange(4096),
                        end - 1 - chance.randrange(4096),
                    )
                )
                data[at] ^= 1 << chance.randrange(8)
            yield f"flipped_{number}_{path.name}", bytes(data)
        for number in range(3):
            yield f"cut_{number}_{path.name}", whole[: chance.randrange(len(whole))]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "data"), crafted(), ids=[name for name, _ in crafted()])
def test_broken_files_end_in_frames_or_in_one_line(name: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    limits = LimitSettings(silence_s=10.0, memory_mb=2048)
    begun = time.monotonic()
    try:
        info = probe(path, limits)
        (span,) = plan_segments(info, 1e6, 0)
        decoder = Decoder(info, span, 0.5, limits=limits)
        last = float("-inf")
        for frame in decoder:
            assert last < frame.moment.t <= info.duration_s
            last = frame.moment.t
    except VideoError as error:
        assert str(error).startswith(f"{path}: ")
        assert "\n" not in str(error)
    assert time.monotonic() - begun < 60.0
