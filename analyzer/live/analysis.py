"""Analysis of recordings as they are closed, the oldest first, by workers that stay.

Recording never waits for it: what cannot be analysed yet stays in the queue, which the case keeps,
and so outlives this process.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from multiprocessing.connection import Connection
from typing import Any, Final

from analyzer.pipeline.batch import Batch
from analyzer.pipeline.executors.local import WorkerPool
from analyzer.pipeline.tasks import SegmentOutcome, SegmentTask
from analyzer.store.case import Case
from analyzer.store.recordings import Recording, outcome_of, record_recording, recordings
from analyzer.store.records import utc_now

NICENESS: Final = 5
"""Workers yield to what records: analysis can wait, packets cannot."""


@dataclass(frozen=True, slots=True)
class Analysed:
    """A recording whose analysis has ended, and how long after its last packet, in seconds."""

    recording: Recording
    latency_s: float


class AnalysisQueue:
    """The recordings of a case that wait, and those that workers are at."""

    def __init__(self, case: Case, batch: Batch, pool: WorkerPool) -> None:
        """Take up what the case holds and what was not analysed yet."""
        self._case = case
        self._batch = batch
        self._pool = pool
        with case.reader() as reader:
            self._waiting = deque(recordings(reader, "closed"))
        self._at: dict[str, list[Recording]] = {}
        self._ready: deque[SegmentTask] = deque()
        self._done: list[Analysed] = []

    def add(self, recording: Recording) -> None:
        """Put a recording behind those that ended before it."""
        later = []
        while self._waiting and self._waiting[-1].arrival_end > recording.arrival_end:
            later.append(self._waiting.pop())
        self._waiting.append(recording)
        self._waiting.extend(reversed(later))

    def drop(self, recording: Recording) -> None:
        """Take a recording out whose file is deleted."""
        if recording in self._waiting:
            self._waiting.remove(recording)

    def __len__(self) -> int:
        return len(self._all)

    @property
    def _all(self) -> list[Recording]:
        return [*chain.from_iterable(self._at.values()), *self._waiting]

    @property
    def cameras(self) -> list[str]:
        """The camera of each recording that waits or is being analysed."""
        return [one.camera for one in self._all]

    @property
    def oldest(self) -> str | None:
        """When the oldest recording ended that waits or is being analysed."""
        return min((one.arrival_end for one in self._all), default=None)

    @property
    def connections(self) -> list[Connection[Any, Any]]:
        """What becomes ready when a worker has an answer."""
        return self._pool.connections

    def advance(self, ready: Collection[object], take_up: bool = True) -> list[Analysed]:
        """Take the answers that are ``ready``, hand out what waits, and return what has ended.

        Without ``take_up`` nothing new is begun. Raises CaseError where the case cannot be written.
        """
        for answer in self._pool.answers(ready):
            if isinstance(answer, SegmentOutcome):
                self._batch.take(answer)
                self._settle(answer.task.info.file_sha256)
        self._pool.fill(self._tasks() if take_up else iter(()))
        done, self._done = self._done, []
        return done

    def _tasks(self) -> Iterator[SegmentTask]:
        """Yield what is to be analysed; a recording is opened when there is room for it."""
        while self._ready or self._waiting:
            if not self._ready:
                recording = self._waiting.popleft()
                self._at.setdefault(recording.sha256, []).append(recording)
                self._ready.extend(self._batch.tasks([recording.file(self._case.folder)]))
                self._settle(recording.sha256)
            if self._ready:
                yield self._ready.popleft()

    def _settle(self, sha256: str) -> None:
        """Record the end of a recording none of whose parts waits any more."""
        if self._batch.is_waiting(sha256) or sha256 not in self._at:
            return
        self._batch.forget(sha256)
        for recording in self._at.pop(sha256):
            with self._case.reader() as reader:
                status, reason = outcome_of(reader, str(recording.file(self._case.folder)))
            if status == "pending":
                reason = "changed after it was taken"
            ended = replace(
                recording,
                state="analysed" if status == "done" else "failed",
                reason=reason or recording.reason,
                analysed_at=utc_now(),
            )
            record_recording(self._case, ended)
            self._done.append(Analysed(ended, latency_s(ended)))


def latency_s(recording: Recording) -> float:
    """Return the seconds from the last packet of a recording to its rows."""
    assert recording.analysed_at is not None
    return seconds_between(recording.arrival_end, recording.analysed_at)


def seconds_between(begin: str, end: str) -> float:
    """Return the seconds from one ISO 8601 moment to another."""
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()


def age_s(moment: str) -> float:
    """Return how many seconds ago ``moment`` was, ISO 8601 UTC."""
    return (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()
