"""Recorders copy what arrives into recordings that play, and go on after every loss."""

from __future__ import annotations

import itertools
import os
import queue
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import pytest

from analyzer.hashing import sha256_file
from analyzer.live.messages import Closed, Connected, Ended, Lost, Message, Resumed
from analyzer.live.recorder import Recorder, RecorderTask
from analyzer.live.segment_file import begin_of
from analyzer.live.sources import Source
from analyzer.live.status import picture_path, want_pictures
from analyzer.video.stream_url import shown_url
from tests.live.servers import PASSWORD, USER, files, mjpeg, rtsp, secret_of, serving, start_server

pytestmark = pytest.mark.slow  # records streams as fast as they come

SEGMENT_S = 2.0


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds of 10 pictures a second, H.264 with a key frame each second."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        stream.options = {"g": "10", "keyint_min": "10", "sc_threshold": "0", "bf": "0"}
        for number in range(60):
            frame = av.VideoFrame(160, 120, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([number * 4]) * plane.buffer_size)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


class Told:
    """What a recorder told, as it comes."""

    def __init__(self) -> None:
        self.all: list[Message] = []
        self._new: queue.Queue[Message] = queue.Queue()

    def __call__(self, message: Message) -> None:
        self.all.append(message)
        self._new.put(message)

    def until(self, kind: type, timeout: float = 40.0) -> Message:
        """Return the next message of that kind."""
        end = time.monotonic() + timeout
        while True:
            message = self._new.get(timeout=max(end - time.monotonic(), 0.01))
            if isinstance(message, kind):
                return message

    def closed(self) -> list[Closed]:
        return [message for message in self.all if isinstance(message, Closed)]


@contextmanager
def recording(url: str, case: Path) -> Iterator[Told]:
    """Record ``url`` in a thread, until the block ends."""
    told, stop = Told(), threading.Event()
    source = Source("Gate", "stream", shown_url(url), url)
    task = RecorderTask(source, case, case / "recordings/gate", SEGMENT_S, 3.0, 0.2)
    thread = threading.Thread(target=Recorder(task, told, stop).run)
    thread.start()
    try:
        yield told
    finally:
        stop.set()
        thread.join()


def pictures(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [float(frame.time or 0.0) for frame in container.decode(video=0)]


@pytest.mark.parametrize("make", [rtsp, mjpeg])
def test_a_stream_becomes_closed_recordings_that_lose_nothing(
    tmp_path: Path, clip: Path, make: Callable[..., object]
) -> None:
    scheme = "rtsp" if make is rtsp else "http"
    with serving(make(clip)) as port, recording(f"{scheme}://127.0.0.1:{port}/", tmp_path) as told:
        for _ in range(3):
            told.until(Closed)
    assert isinstance(told.all[0], Connected) and told.all[0].width == 160
    assert isinstance(told.all[-1], Ended) and not told.all[-1].finite
    whole = told.closed()[:3]
    for one in whole:
        times = pictures(one.path)
        assert SEGMENT_S - 0.2 <= times[-1] <= SEGMENT_S + 1.5
        # What was read to know the stream, half a second at most, arrives at once.
        assert -2 <= len(times) - (times[-1] * 10 + 1) <= 7, "no picture is missing, none is twice"
        assert one.sha256 == sha256_file(one.path) and one.size == one.path.stat().st_size
        assert begin_of(one.path.name) == pytest.approx(one.begin, abs=0.01)
    for before, after in itertools.pairwise(whole):
        assert 0 < after.begin - before.end < 0.5, "one goes on where the other ended"
    assert not list(tmp_path.rglob("*.part"))


def test_a_file_over_http_is_recorded_once_and_ends(tmp_path: Path, clip: Path) -> None:
    served = serving(files(clip.parent))
    with served as port, recording(f"http://127.0.0.1:{port}/{clip.name}", tmp_path) as told:
        end = told.until(Ended)
    assert isinstance(end, Ended) and end.finite
    assert sum(len(pictures(one.path)) for one in told.closed()) == 60
    assert len({one.path for one in told.closed()}) == len(told.closed()) == 3


def test_hls_is_recorded(tmp_path: Path, clip: Path) -> None:
    folder = tmp_path / "hls"
    folder.mkdir()
    with av.open(str(clip)) as source, av.open(
        str(folder / "live.m3u8"), "w", format="hls",
        options={"hls_time": "2", "hls_list_size": "0"},
    ) as output:  # fmt: skip
        stream = output.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                output.mux(packet)
    served, case = serving(files(folder)), tmp_path / "case"
    with served as port, recording(f"http://127.0.0.1:{port}/live.m3u8", case) as told:
        told.until(Ended)
    assert sum(len(pictures(one.path)) for one in told.closed()) == 60


def test_a_playlist_may_not_read_files_of_this_machine(tmp_path: Path, clip: Path) -> None:
    folder = tmp_path / "hls"
    folder.mkdir()
    playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\nfile://{}\n#EXT-X-ENDLIST\n"
    (folder / "live.m3u8").write_text(playlist.format(clip))
    served, case = serving(files(folder)), tmp_path / "case"
    with served as port, recording(f"http://127.0.0.1:{port}/live.m3u8", case) as told:
        told.until(Lost)
    assert not told.closed()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_a_source_that_is_killed_leaves_a_gap_and_is_recorded_again(
    tmp_path: Path, clip: Path
) -> None:
    port = free_port()
    server = start_server("rtsp", port, clip)
    with recording(f"rtsp://127.0.0.1:{port}/", tmp_path) as told:
        told.until(Closed)
        for _ in range(2):
            os.kill(server.pid, signal.SIGKILL)
            server.wait()
            lost = told.until(Lost)
            assert isinstance(lost, Lost) and lost.reason
            server = start_server("rtsp", port, clip)
            resumed = told.until(Resumed)
            assert isinstance(resumed, Resumed) and resumed.at > resumed.since
        told.until(Closed)
    server.kill()
    server.wait()
    assert all(pictures(one.path) for one in told.closed()), "all of them play"
    assert len(told.closed()) >= 4


def test_passwords_are_used_and_told_to_nobody(
    tmp_path: Path, clip: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = secret_of(USER, PASSWORD)
    quoted = PASSWORD.replace(" ", "%20").replace(":", "%3A")
    for make, scheme in ((rtsp, "rtsp"), (mjpeg, "http")):
        with serving(make(clip, secret)) as port:
            url = f"{scheme}://{USER}:{quoted}@127.0.0.1:{port}/"
            with recording(url, tmp_path) as told:
                told.until(Connected)
            with recording(url.replace("hunter2", "hunter3"), tmp_path) as refused:
                lost = refused.until(Lost)
            assert isinstance(lost, Lost) and lost.reason == "refused the user or the password"
            assert "hunter" not in repr([*told.all, *refused.all])
    out = capfd.readouterr()
    assert "hunter" not in out.out + out.err


def test_the_newest_picture_is_made_while_somebody_asks(tmp_path: Path, clip: Path) -> None:
    picture = picture_path(tmp_path, "gate")
    with serving(rtsp(clip)) as port, recording(f"rtsp://127.0.0.1:{port}/", tmp_path) as told:
        told.until(Closed)
        assert not picture.exists(), "nobody asked"
        want_pictures(tmp_path)
        told.until(Closed)
        told.until(Closed)
    assert picture.read_bytes().startswith(b"\xff\xd8")
