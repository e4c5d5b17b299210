"""One watched source as the process that owns the case sees it: its recorder, and what it told."""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from analyzer.config_watch import WatchSettings
from analyzer.live.folder import FolderTask, folder_process
from analyzer.live.messages import STOP, Arriving, Connected, Ended, Lost, Message, Resumed, utc
from analyzer.live.recorder import RecorderTask, record_process
from analyzer.live.sources import Source
from analyzer.live.status import SourceStatus
from analyzer.store.recordings import RecordingGap

RECORDINGS_NAME: Final = "recordings"
CRASHED: Final = "the recorder of this source broke off"
_END_S: Final = 5.0
_LATENCIES: Final = 20


@dataclass(slots=True, eq=False)
class WatchedSource:
    """A source, the process that records it, and its state; ``gap`` is the one it is in."""

    source: Source
    case: Path
    settings: WatchSettings
    known: Mapping[str, int]
    """Files of a watched folder that were taken before, with their size."""
    since: float | None = None
    reason: str = "it was not watched"
    gap: RecordingGap | None = None
    status: SourceStatus = field(init=False)
    connection: Connection[Any, Any] | None = None
    _process: Any = None
    _latencies: deque[float] = field(default_factory=lambda: deque(maxlen=_LATENCIES))

    def __post_init__(self) -> None:
        """Begin with nothing known."""
        source = self.source
        self.status = SourceStatus(source.camera, source.folder, source.shown, "connecting")

    @property
    def folder(self) -> Path:
        """Where its recordings lie."""
        if self.source.kind == "folder":
            return Path(self.source.url)
        return self.case / RECORDINGS_NAME / self.source.folder

    def start(self) -> None:
        """Start the process that records it."""
        # Not from the server of the workers: recording begins before their networks are loaded.
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        work: Any = record_process
        task: Any = RecorderTask(
            self.source, self.case, self.folder, self.settings.segment_s, self.settings.silence_s,
            self.settings.retry_most_s, self.since, self.reason,
        )  # fmt: skip
        if self.source.kind == "folder":
            work, task = folder_process, FolderTask(self.folder, self.known)
        process = context.Process(target=work, args=(theirs, task), daemon=True)
        process.start()
        self._process = process
        # Ours closed, the connection ends with the process, which is how its death is noticed.
        theirs.close()

    def tell_to_stop(self) -> None:
        """Ask the process to complete what it writes, and to end."""
        if self.connection is not None:
            try:
                self.connection.send(STOP)
            except OSError:
                return

    def receive(self) -> Message | None:
        """Return the next message; None where the process is gone, which is then cleared away."""
        assert self.connection is not None
        try:
            message: Message = self.connection.recv()
        except (EOFError, OSError):
            self.connection.close()
            self.connection = None
            self.end()
            return None
        self._note(message)
        return message

    def end(self) -> None:
        """Wait for the end of the process, and end it where it does not by itself."""
        self._process.join(_END_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def analysed(self, latency_s: float) -> None:
        """Take note of how long the analysis of a recording took."""
        self._latencies.append(latency_s)
        self.status = replace(
            self.status,
            latency_s=round(latency_s, 1),
            median_latency_s=round(statistics.median(self._latencies), 1),
        )

    def _note(self, message: Message) -> None:
        status = self.status
        match message:
            case Connected(codec, width, height, rate):
                status = replace(status, codec=codec, width=width, height=height, rate=rate)
            case Arriving(at):
                self.since = at
                status = replace(status, state="recording", last_arrival=utc(at), reason=None)
            case Lost(_, reason):
                status = replace(status, state="lost", reason=reason)
            case Resumed(_, at, _):
                status = replace(status, state="recording", last_arrival=utc(at), reason=None)
            case Ended(finite):
                status = replace(status, state="ended" if finite else "stopped", reason=None)
        self.status = status
