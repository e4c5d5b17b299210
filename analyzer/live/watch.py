"""Watching: sources are recorded side by side, and recordings analysed as they close.

Recorders and workers are processes of their own. This one owns the case: it lists what was
recorded, hands it out for analysis, stores the rows, and tells where everything stands.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.connection import wait
from pathlib import Path
from typing import Final

from analyzer.config_watch import WatchSettings
from analyzer.file_names import escaped
from analyzer.live.analysis import Analysed, AnalysisQueue, age_s
from analyzer.live.messages import Closed, Connected, Ended, Lost, Message, Resumed, utc
from analyzer.live.recovery import left_over
from analyzer.live.retention import apply_retention
from analyzer.live.sources import Source
from analyzer.live.status import WatchStatus, write_status
from analyzer.live.watched_source import CRASHED, WatchedSource
from analyzer.store.case import Case
from analyzer.store.errors import case_errors
from analyzer.store.recordings import (
    Recording,
    RecordingGap,
    newest_recording,
    record_gap,
    record_recording,
    recording_gaps,
    recordings,
)
from analyzer.store.records import utc_now

_TICK_S: Final = 0.5
_STATUS_S: Final = 1.0
_RETENTION_S: Final = 60.0
_REGULARLY_S: Final = 10.0
_RESTART_S: Final = 2.0
"""How long after its end a recorder that broke off is started again."""


@dataclass(slots=True)
class Stop:
    """What the user wants to end: ``recording``, and then ``analysis`` of what waits, too."""

    recording: bool = False
    analysis: bool = False

    def ask(self) -> None:
        """Take one wish to stop: the second one means at once."""
        self.analysis = self.recording
        self.recording = True


@dataclass(frozen=True, slots=True)
class WatchEvents:
    """Whom watching tells: ``tell`` a line for a person; ``done`` after each analysed recording.

    ``regularly`` is called every ten seconds, also while nothing comes.
    """

    tell: Callable[[str], None]
    done: Callable[[Analysed], None]
    regularly: Callable[[], None]


@dataclass(slots=True, eq=False)
class Watch:
    """One `analyzer watch` of an open case; ``run`` returns when it is told to stop.

    It returns as well when every source has come to its end and everything is analysed, and
    ``for_s`` seconds after the first source answered, where given.
    """

    case: Case
    sources: Sequence[Source]
    settings: WatchSettings
    queue: AnalysisQueue
    events: WatchEvents
    stop: Stop
    for_s: float | None = None
    _watched: list[WatchedSource] = field(default_factory=list)
    _again_at: dict[str, float] = field(default_factory=dict)
    _until: float = float("inf")
    _bytes: int = 0
    _told: float = float("-inf")
    _kept: float = float("-inf")
    _called: float = float("-inf")
    _behind: bool = False
    _stopping: bool = False

    def run(self) -> None:
        """Record and analyse; raises CaseError where the case cannot be written."""
        self._prepare()
        try:
            for one in self._watched:
                one.start()
            while not self._is_over():
                if time.monotonic() >= self._until:
                    self.stop.recording = True
                self._advance()
        finally:
            for one in self._watched:
                one.tell_to_stop()
            for one in self._watched:
                if one.connection is not None:
                    one.connection.close()
                    one.end()
            self._tell_status(over=True)

    def _prepare(self) -> None:
        """Take in what a crash left, and what is known of each source."""
        with self.case.reader() as reader:
            known = list(recordings(reader))
            for source in self.sources:
                own = {one.path: one.bytes for one in known if one.camera == source.camera}
                one = WatchedSource(source, self.case.folder, self.settings, own)
                gaps = recording_gaps(reader, source.camera)
                one.gap = gaps[-1] if gaps and gaps[-1].t_to is None else None
                self._watched.append(one)
        self._bytes = sum(one.bytes for one in known if one.state != "dropped")
        for one in self._watched:
            if one.source.kind != "folder":
                self._recover(one)
                with self.case.reader() as reader:
                    newest = newest_recording(reader, one.source.camera)
                one.since = None if newest is None else -age_s(newest.arrival_end) + time.time()

    def _recover(self, one: WatchedSource) -> None:
        with self.case.reader() as reader:
            listed = {Path(known.path).name for known in recordings(reader)}
        for closed in left_over(one.folder, listed):
            self._take_recording(one, closed)
            self.events.tell(f"{one.source.camera}: {closed.path.name} {closed.reason}; it is kept")

    def _is_over(self) -> bool:
        recording = any(one.connection is not None for one in self._watched) or self._again_at
        return not recording and (self.stop.analysis or not len(self.queue))

    def _advance(self) -> None:
        """Wait for whatever happens next, and take it."""
        if self.stop.recording and not self._stopping:
            self._stopping = True
            self._again_at.clear()
            for one in self._watched:
                one.tell_to_stop()
        by_connection = {one.connection: one for one in self._watched if one.connection is not None}
        ready = wait([*by_connection, *self.queue.connections], _TICK_S)
        for connection in ready:
            if connection in by_connection:
                self._hear(by_connection[connection])
        self._analyse(ready)
        self._keep_house()

    def _hear(self, one: WatchedSource) -> None:
        message = one.receive()
        if self.for_s is not None and self._until == float("inf"):
            self._until = time.monotonic() + self.for_s
        if message is not None:
            self._take(one, message)
        elif one.status.state not in ("ended", "stopped"):
            self._take(one, Lost(one.since or time.time(), CRASHED))
            one.status = replace(one.status, state="lost", reason=CRASHED)
            self._recover(one)
            if not self._stopping:
                self._again_at[one.source.camera] = time.monotonic() + _RESTART_S

    def _take(self, one: WatchedSource, message: Message) -> None:
        name = one.source.camera
        match message:
            case Closed():
                self._take_recording(one, message)
            case Connected(codec, width, height):
                self.events.tell(f"{name}: recording {codec}, {width} × {height}")
            case Lost(since, reason):
                self._begin_gap(one, since, reason)
            case Resumed(since, at, reason):
                gap = one.gap or RecordingGap(name, utc(since), None, reason)
                record_gap(self.case, replace(gap, t_to=utc(at)))
                one.gap = None
                self.events.tell(f"{name}: recording again, after {at - since:.0f} s")
            case Ended(finite=True):
                self.events.tell(f"{name}: came to its end")

    def _begin_gap(self, one: WatchedSource, since: float, reason: str) -> None:
        if one.gap is None:
            one.gap = RecordingGap(one.source.camera, utc(since), None, reason)
            record_gap(self.case, one.gap)
            self.events.tell(f"{one.source.camera}: {reason}; it is tried again")

    def _take_recording(self, one: WatchedSource, closed: Closed) -> None:
        """List a recording that is complete, and queue it."""
        path = closed.path
        inside = self.case.folder in path.parents
        name = path.relative_to(self.case.folder).as_posix() if inside else str(path)
        recording = Recording(
            path=escaped(name),
            camera=one.source.camera,
            sha256=closed.sha256,
            bytes=closed.size,
            arrival_begin=utc(closed.begin),
            arrival_end=utc(closed.end),
            reason=closed.reason,
        )
        record_recording(self.case, recording)
        self.queue.add(recording)
        self._bytes += closed.size
        one.status = replace(one.status, recordings=one.status.recordings + 1)

    def _analyse(self, ready: Collection[object]) -> None:
        for analysed in self.queue.advance(ready, take_up=not self.stop.analysis):
            for one in self._watched:
                if one.source.camera == analysed.recording.camera:
                    one.analysed(analysed.latency_s)
            self.events.done(analysed)

    def _keep_house(self) -> None:
        now = time.monotonic()
        for one in self._watched:
            if self._again_at.get(one.source.camera, now) < now:
                del self._again_at[one.source.camera]
                one.start()
        if now - self._kept >= _RETENTION_S:
            self._kept = now
            for gone in apply_retention(self.case, self.settings):
                self._bytes -= gone.bytes
                self.queue.drop(gone)
                self.events.tell(f"{gone.path}: deleted by the retention rule")
        if now - self._called >= _REGULARLY_S:
            self._called = now
            self.events.regularly()
        if now - self._told >= _STATUS_S:
            self._told = now
            self._tell_status()

    def _tell_status(self, over: bool = False) -> None:
        waiting = self.queue.cameras
        oldest = self.queue.oldest
        waited = 0.0 if oldest is None else age_s(oldest)
        behind = waited > self.settings.behind_s
        if behind != self._behind and not over:
            self._behind = behind
            late = f"analysis is {waited:.0f} s behind: {len(waiting)} recordings wait for it"
            self.events.tell(late if behind else "analysis has caught up")
        sources = tuple(
            replace(
                one.status,
                backlog=waiting.count(one.source.camera),
                state="stopped" if over and one.status.state != "ended" else one.status.state,
            )
            for one in self._watched
        )
        status = WatchStatus(
            utc_now(), os.getpid(), sources, len(waiting), round(waited, 1) if behind else None,
            self._bytes, self._stopping,
        )  # fmt: skip
        with case_errors(self.case.folder):
            write_status(self.case.folder, status)
