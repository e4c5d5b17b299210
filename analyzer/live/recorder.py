"""Recorder of one source, in a process of its own: packets are copied into closed recordings.

One thread takes what arrives, so that nothing else delays it; the other writes. A read that hangs
never keeps a recording from being completed. The process ends when the one that owns the case does.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from analyzer.live.connection import Stream, StreamError, connect, reason_of
from analyzer.live.messages import Arriving, Connected, Ended, Lost, Message, Resumed
from analyzer.live.outbox import Outbox
from analyzer.live.segment_file import SegmentFile
from analyzer.live.sources import Source
from analyzer.live.stills import LivePicture

_QUEUE: Final = 2048
"""Packets that wait to be written; a source that sends more waits in the network."""
_TICK_S: Final = 0.2
_MILLISECOND: Final = Fraction(1, 1000)
_DISCONNECT_S: Final = 1.0
_STEADY_S: Final = 30.0
"""After so long without trouble the next loss is tried again at once."""


@dataclass(frozen=True, slots=True)
class RecorderTask:
    """What a recorder needs to know; ``folder`` is where its recordings lie. Times in seconds.

    ``since`` is when the source was last recorded, None where it never was, and ``reason`` why it
    was not since then.
    """

    source: Source
    case: Path
    folder: Path
    segment_s: float
    silence_s: float
    retry_most_s: float
    since: float | None = None
    reason: str = ""


def record_process(connection: Connection[Any, Any], task: RecorderTask) -> None:
    """Run in a process of its own: record until told to stop, or until nobody listens."""
    # Ctrl-C is the coordinator's to handle.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    outbox = Outbox(connection)
    Recorder(task, outbox.send, outbox.stopping).run()
    outbox.flush()
    # A read that hangs would keep the process.
    os._exit(0)


class Recorder:
    """Records one source, connecting again for as long as it is not told to stop."""

    def __init__(
        self, task: RecorderTask, send: Callable[[Message], None], stopping: threading.Event
    ) -> None:
        self._task = task
        self._send = send
        self._stopping = stopping
        self._since = task.since
        self._reason = task.reason
        self._wait = 0.0

    def run(self) -> None:
        """Record until the source is over or somebody says stop."""
        finite = False
        while not self._stopping.is_set() and not finite:
            begun = time.monotonic()
            try:
                finite = self._session()
                continue
            except StreamError as error:
                self._reason = str(error)
            except Exception as error:  # noqa: BLE001 - whatever libav or the disk raises
                self._reason = reason_of(error)
            if time.monotonic() - begun > _STEADY_S:
                self._wait = 0.0
            self._send(Lost(self._since or time.time(), self._reason))
            self._stopping.wait(self._wait)
            self._wait = min(max(2 * self._wait, 1.0), self._task.retry_most_s)
        self._send(Ended(finite))

    def _session(self) -> bool:
        """Record one connection; return whether a source with an end has come to it."""
        stream = connect(self._task.source, self._task.silence_s)
        codec = stream.video.codec_context
        rate = stream.video.average_rate
        self._send(
            Connected(
                codec.name,
                codec.width,
                codec.height,
                float(rate) if rate and not stream.untimed else None,
            )
        )
        arriving = _Arrival(stream)
        recording = _Session(self._task, stream, self._send, self._first)
        try:
            while not self._stopping.is_set():
                item = arriving.next(_TICK_S)
                if isinstance(item, BaseException):
                    raise item
                if item is not None:
                    recording.take(*item)
                elif arriving.over:
                    break
        finally:
            if recording.last is not None:
                self._since = recording.last
            recording.close()
            arriving.end()
        if not self._stopping.is_set() and not stream.finite:
            raise StreamError("ended the stream")
        return stream.finite and not self._stopping.is_set()

    def _first(self, at: float) -> None:
        """Take note that recording goes on."""
        if self._since is not None:
            self._send(Resumed(self._since, at, self._reason))


class _Session:
    """One connection: packets into recordings, cut at key frames."""

    def __init__(
        self,
        task: RecorderTask,
        stream: Stream,
        send: Callable[[Message], None],
        first: Callable[[float], None],
    ) -> None:
        self._task = task
        self._stream = stream
        self._send = send
        self._first = first
        self._base = _MILLISECOND if stream.untimed else Fraction(stream.video.time_base)
        self._file: SegmentFile | None = None
        self._picture = LivePicture(task.case, task.source.folder, stream.video)
        self._told = float("-inf")
        self.last: float | None = None

    def take(self, packet: Any, at: float) -> None:
        """Copy a packet that arrived ``at``; what comes before the first key frame is dropped."""
        given = self._times(packet, at)
        if packet.is_keyframe and self._is_due(given):
            self._begin(at)
        if self._file is None:
            return
        times = self._file.timeline.placed(*given)
        if times is None:  # The clock of the stream was set: a new recording, at a key frame.
            self.close()
            if not packet.is_keyframe:
                return
            self._begin(at)
            times = self._file.timeline.placed(*given) or (0, 0)
        self._picture.take(packet)
        self._file.write(packet, at, times)
        self.last = at
        if at - self._told >= 1.0:
            self._told = at
            self._send(Arriving(at))

    def _is_due(self, times: tuple[int | None, int | None]) -> bool:
        """Whether a recording is to begin at a key frame of these times."""
        return self._file is None or self._file.timeline.seconds_at(*times) >= self._task.segment_s

    def _times(self, packet: Any, at: float) -> tuple[int | None, int | None]:
        if self._stream.untimed:
            return (round(at * 1000),) * 2
        return packet.pts, packet.dts

    def _begin(self, at: float) -> None:
        self.close()
        template = self._stream.video
        task = self._task
        self._file = SegmentFile(task.folder, task.source.folder, template, at, self._base)
        if self.last is None:
            self._first(at)

    def close(self) -> None:
        """Complete the recording that is being written, if any."""
        file, self._file = self._file, None
        if file is not None:
            self._send(file.close())


class _Arrival:
    """Thread that reads packets and notes when each arrived."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._items: queue.Queue[tuple[Any, float] | BaseException] = queue.Queue(_QUEUE)
        self._ended = False
        self.over = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def next(self, timeout: float) -> tuple[Any, float] | BaseException | None:
        """Return the next packet and its arrival, an error, or None where none came in time."""
        try:
            return self._items.get(timeout=timeout)
        except queue.Empty:
            self.over = not self._thread.is_alive() and self._items.empty()
            return None

    def end(self) -> None:
        """Read no more, and disconnect; a read that hangs ends by its own limit."""
        self._ended = True
        with contextlib.suppress(queue.Empty):
            while True:  # room for what the thread is about to hand over
                self._items.get_nowait()
        self._thread.join(_DISCONNECT_S)
        if not self._thread.is_alive():  # else it is in the middle of a read
            self._stream.container.close()

    def _read(self) -> None:
        try:
            for packet in self._stream.container.demux(self._stream.video):
                if self._ended:
                    break
                if packet.size:
                    self._items.put((packet, time.time()))
        except Exception as error:  # noqa: BLE001 - told by the thread that writes
            self._items.put(error)
