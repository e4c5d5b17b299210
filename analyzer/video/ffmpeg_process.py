"""ffmpeg child process: raw pictures through a socket, their pts on standard error."""

from __future__ import annotations

import contextlib
import queue
import resource
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from io import BufferedIOBase

import numpy as np
from numpy.typing import NDArray

from analyzer.config import LimitSettings
from analyzer.types import Frame, Gap, SegmentSpan, VideoInfo
from analyzer.video.ffmpeg_log import DecodeLog, Line
from analyzer.video.gaps import GapFinder

# Decoding continues while a frame is analysed. Limits of the read-ahead: bytes, and the least and
# largest number of pictures.
_AHEAD_BYTES, _AHEAD_LEAST, _AHEAD_MOST = 16 << 20, 3, 64
_LOOK_S = 0.5


# Send buffer of the socket. A picture of 640 x 360 is 345 kB: whole pictures fit, and ffmpeg does
# not wait for the reader. The system may allow less, which only costs time.
_ON_THE_WAY_BYTES = 1 << 20

# ffmpeg writes each line in a dozen pieces and would wake the reader for each, so the reader sleeps
# after every read. Pictures are read meanwhile; a pipe holds 64 kB of lines of 250 bytes.
_LOG_BYTES, _LOG_NAP_S = 1 << 16, 0.002


class DecodeChild:
    """Running ffmpeg of one segment, both of whose streams are read in threads.

    The i-th ``taken`` line on standard error belongs to the i-th picture: a frame passes showinfo
    before it is written, and passthrough neither drops nor repeats frames. Standard error is always
    read, so it cannot block; a slow reader of frames blocks ffmpeg only.
    """

    def __init__(
        self,
        arguments: list[str],
        info: VideoInfo,
        span: SegmentSpan,
        fps: float,
        limits: LimitSettings,
    ) -> None:
        self._info, self._span, self._silence_s = info, span, limits.silence_s
        self._log = DecodeLog(info.time_base)
        self._gaps = GapFinder(info, span, fps)
        self._first_pts: int | None = None
        self._first_known = threading.Event()
        self._damaged_before = 0
        self._unusable = 0
        self._active = time.monotonic()
        self._closing = False
        self._all_read = False
        self._hung = False
        # In effect bounded: ffmpeg cannot report frames far beyond those that fit into the socket.
        self._taken: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._ready: queue.Queue[Frame | None] = queue.Queue(_ahead(info))
        pictures, theirs = _channel()
        # Own session: Ctrl-C in a terminal is for this process and must not look like the end.
        with theirs:
            self._process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=theirs.fileno(),
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        _limit(self._process.pid, limits.memory_mb)
        readers = ((self._read_lines, self._process.stderr), (self._read_pictures, pictures))
        self._threads = [threading.Thread(target=f, args=(s,), daemon=True) for f, s in readers]
        self._lines_reader = self._threads[0]
        for thread in self._threads:
            thread.start()

    def frames(self) -> Iterator[Frame]:
        """Yield the frames of the span, until its end or until ffmpeg is silent for the limit."""
        while True:
            asked = time.monotonic()
            frame = self._next(asked)
            if frame is None:
                return
            yield frame

    def first_pts(self) -> int | None:
        """Wait for the first decoded frame and return its pts, or None if there is none."""
        self._first_known.wait(self._silence_s)
        return self._first_pts

    @property
    def bad_frames(self) -> int:
        """Number of pictures of the segment that were damaged or had no usable time."""
        return self._log.damaged - self._damaged_before + self._unusable

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Stretches of the segment that were not decoded; valid once the frames have ended."""
        return self._gaps.finish()

    @property
    def last_error(self) -> str | None:
        """The last error of ffmpeg, or the reason why it was stopped."""
        return f"no progress for {self._silence_s:.0f} s" if self._hung else self._log.last_error

    def close(self) -> None:
        """End ffmpeg and both threads; safe to call at any time.

        Where ffmpeg has closed its pictures, it is ending: what it still reports of damage at the
        end of the file is read first.
        """
        if self._all_read:
            self._lines_reader.join(self._silence_s)
        self._closing = True
        self._log.freeze()
        self._process.kill()
        self._process.wait()
        self._taken.put(None)
        for thread in self._threads:
            while thread.is_alive():
                self._drain()
                thread.join(0.01)

    def _next(self, asked: float) -> Frame | None:
        while True:
            try:
                return self._ready.get(timeout=_LOOK_S)
            except queue.Empty:
                if time.monotonic() - max(asked, self._active) > self._silence_s:
                    self._hung = True
                    return None

    def _drain(self) -> None:
        while not self._ready.empty():
            self._ready.get_nowait()

    def _read_lines(self, stream: BufferedIOBase) -> None:
        """Thread: read the log; nothing here may block."""
        begun = b""
        with stream:
            while text := stream.read1(_LOG_BYTES):
                self._active = time.monotonic()
                *lines, begun = (begun + text).split(b"\n")
                for line in lines:
                    self._note(self._log.feed(line))
                time.sleep(_LOG_NAP_S)
        self._note(self._log.feed(begun))
        self._first_known.set()
        self._taken.put(None)

    def _note(self, line: Line | None) -> None:
        if line is None:
            return
        if line.pts is None:
            self._unusable += 1
            return
        self._taken.put(line.pts)
        self._watch(line.pts)

    def _watch(self, pts: int) -> None:
        if self._first_pts is None:
            self._first_pts = pts
            self._first_known.set()
        if self._log.frozen:
            return
        if pts < self._span.start_pts:
            self._damaged_before = self._log.damaged
        self._gaps.update(pts)
        if pts >= self._span.end_pts:
            self._log.freeze()
            self._taken.put(None)

    def _read_pictures(self, stream: socket.socket) -> None:
        """Thread: read each picture and its pts; pass on those of the span, in time order."""
        last = self._span.lead_pts - 1
        with stream:
            while (planes := self._picture(stream)) is not None and not self._closing:
                pts = self._taken.get()
                if pts is None or pts >= self._span.end_pts:
                    break
                if pts > last:
                    last = pts
                    moment = self._info.clock.moment(pts)
                    self._ready.put(Frame(moment, planes, self._info.width, self._info.height))
        self._ready.put(None)

    def _picture(self, stream: socket.socket) -> NDArray[np.uint8] | None:
        """Return the next picture, uint8 yuv420p as Frame expects it, or None at the end."""
        width = self._info.width + self._info.width % 2
        height = self._info.height + self._info.height % 2
        planes = np.empty((height * 3 // 2, width), np.uint8)
        view, filled = planes.reshape(-1).data, 0
        while filled < planes.nbytes:
            count = stream.recv_into(view[filled:])
            if not count:
                self._all_read = True
                return None
            filled += count
            self._active = time.monotonic()
        return planes


def _limit(pid: int, memory_mb: int) -> None:
    """Limit a child to ``memory_mb`` and forbid it to write files, if the system allows that.

    The limits are set from outside: code between fork and exec could hang in a process with
    threads.
    """
    if not hasattr(resource, "prlimit"):
        return
    limits = ((resource.RLIMIT_AS, memory_mb << 20), (resource.RLIMIT_FSIZE, 0))
    for what, most in limits:
        with contextlib.suppress(OSError, ValueError):
            resource.prlimit(pid, what, (most, most))


def _channel() -> tuple[socket.socket, socket.socket]:
    """Return the two ends of the socket for pictures, ours first.

    A pipe allocates and frees its memory page by page: 4.7 GB of 1080p pictures took 9.8 s to
    decode and read through the widest pipe, and 7.1 s through a socket.
    """
    ours, theirs = socket.socketpair()
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ON_THE_WAY_BYTES)
    return ours, theirs


def _ahead(info: VideoInfo) -> int:
    """Return the number of pictures to read ahead."""
    picture = info.width * info.height * 3 // 2
    return min(max(_AHEAD_BYTES // max(picture, 1), _AHEAD_LEAST), _AHEAD_MOST)
