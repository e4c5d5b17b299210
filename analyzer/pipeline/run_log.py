"""Log file of a run, and its progress for `analyzer status`.

``logs/`` holds one file per run, one line per event. ``progress.json`` is replaced as a whole about
once a second, so that another program can read it at any moment without touching the database.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from analyzer.custody.manifest import PROGRESS_NAME
from analyzer.errors import CaseError
from analyzer.file_names import storable
from analyzer.store.errors import case_errors
from analyzer.store.records import utc_now
from analyzer.video.picture_series import source_size

LOGS_NAME = "logs"
FAILED = "failed: "
"""What the state of a run that failed begins with; the reason follows."""

_EVERY_S = 1.0


@dataclass(slots=True)
class RunProgress:
    """Where a run stands. Seconds are of video, of what this run has to analyse.

    ``bytes_unopened`` belong to files that were not opened yet, whose length nobody knows. ``step``
    is what the process that owns the case is at, on ``step_item``, so far ``step_done`` of
    ``step_total``; empty while it waits for workers.
    """

    run_id: str
    started_at: str
    files: int
    files_opened: int = 0
    files_done: int = 0
    files_failed: int = 0
    segments_planned: int = 0
    segments_done: int = 0
    segments_failed: int = 0
    planned_s: float = 0.0
    analysed_s: float = 0.0
    already_s: float = 0.0
    media_s: float = 0.0
    bytes_opened: int = 0
    bytes_unopened: int = 0
    wall_s: float = 0.0
    state: str = "analysing"
    step: str = ""
    step_item: str = ""
    step_done: int = 0
    step_total: int = 0
    updated_at: str = field(default_factory=utc_now)

    @property
    def times_real_time(self) -> float:
        """Seconds of video analysed a second of work."""
        return self.analysed_s / self.wall_s if self.wall_s > 0 else 0.0

    @property
    def unopened_s(self) -> float:
        """Seconds of video in the files not opened yet, by their size and those opened so far."""
        rate = self.media_s / self.bytes_opened if self.bytes_opened else 0.0
        return rate * self.bytes_unopened

    @property
    def remaining_s(self) -> float:
        """Seconds of video still to analyse."""
        return max(self.planned_s - self.analysed_s, 0.0) + self.unopened_s

    @property
    def eta_s(self) -> float | None:
        """Seconds until the end by the speed so far; None while that is not known."""
        speed = self.times_real_time
        return self.remaining_s / speed if speed > 0 else None


class RunLog:
    """The log and the progress of one run of the case at ``folder``; a context manager.

    Raises CaseError where the case cannot be written.
    """

    def __init__(self, folder: Path, run_id: str, command: str, files: Iterable[Path]) -> None:
        sizes = {str(path): _size(path) for path in files}
        self.progress = RunProgress(run_id, utc_now(), len(sizes))
        self.progress.bytes_unopened = sum(sizes.values())
        self._sizes = sizes
        self._folder = folder
        self._begun = time.monotonic()
        self._written = float("-inf")
        self.on_step: Callable[[], None] = lambda: None
        stamp = self.progress.started_at[:19].replace(":", "").replace("-", "")
        with case_errors(folder):
            (folder / LOGS_NAME).mkdir(exist_ok=True)
            path = folder / LOGS_NAME / f"{stamp}Z_{run_id}.log"
            self._log = path.open("a", encoding="utf-8")
        self.line(f"run {run_id} started: {command}")
        self.line(f"{len(sizes)} files, {self.progress.bytes_unopened} bytes")

    def line(self, text: str) -> None:
        """Add a line to the log, after the time of day, UTC."""
        with case_errors(self._folder):
            self._log.write(f"{utc_now()} {' / '.join(storable(text).splitlines())}\n")
            self._log.flush()

    def opened(self, path: str, media_s: float, planned_s: float, segments: int) -> None:
        """Tell of a file that is a video: its length, and how much of it is to be analysed."""
        progress = self.progress
        progress.bytes_opened += self._take_up(path)
        progress.media_s += media_s
        progress.planned_s += planned_s
        progress.already_s += media_s - planned_s
        progress.segments_planned += segments
        self.line(f"{path}: {media_s:.1f} s of video, {segments} segments to analyse")
        self._publish(at_once=True)

    def closed(self, path: str, status: str, reason: str | None) -> None:
        """Tell what became of a file."""
        if status == "failed":
            self.progress.files_failed += 1
        else:
            self.progress.files_done += 1
        self.line(f"{path}: {status}{f' ({reason})' if reason else ''}")
        self._publish()

    def refused(self, path: str, reason: str) -> None:
        """Tell of a file that is no video that can be analysed."""
        self._take_up(path)
        self.closed(path, "failed", reason)

    def skipped(self, path: str) -> None:
        """Tell of a file whose content was given under another name before."""
        self._take_up(path)

    def segment(self, path: str, number: int, seconds: float, reason: str | None) -> None:
        """Tell of a segment that was analysed, or why it was not."""
        if reason is None:
            self.progress.segments_done += 1
            self.progress.analysed_s += seconds
            self.line(f"{path}: segment {number + 1} analysed, {seconds:.1f} s of video")
        else:
            self.progress.segments_failed += 1
            self.progress.planned_s -= seconds
            self.line(f"{path}: segment {number + 1} failed: {reason}")
        self._publish()

    def step(self, name: str, item: str = "", done: int = 0, total: int = 0) -> None:
        """Tell what this process is at; nothing with an empty ``name``. Not a line of the log."""
        progress = self.progress
        progress.step, progress.step_item = name, item
        progress.step_done, progress.step_total = done, total
        self._publish()
        self.on_step()

    @contextmanager
    def at(self, name: str, path: str) -> Iterator[None]:
        """Tell that this process is at step ``name`` on a file, for as long as the block takes."""
        self.step(name, Path(path).name)
        try:
            yield
        finally:
            self.step("")

    def state(self, name: str) -> None:
        """Tell what the run is doing now."""
        self.progress.state = name
        self.line(name)
        self._publish(at_once=True)

    def end(self, lines: Iterable[str]) -> None:
        """Write what the run came to, and that it has ended."""
        for line in lines:
            self.line(line)
        self.state("ended")

    def close(self) -> None:
        """End the log; what was analysed and what failed stands in its last lines."""
        with case_errors(self._folder):
            self._log.close()

    def __enter__(self) -> RunLog:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind is None:
            self.close()
            return
        interrupted = issubclass(kind, KeyboardInterrupt)
        self.progress.step = ""
        self.progress.state = "interrupted" if interrupted else f"{FAILED}{error}"
        # A disk that is full may be what ended the run: each is told as far as it goes.
        with suppress(CaseError):
            self.line(self.progress.state)
        with suppress(CaseError):
            self._publish_in_place()
        with suppress(CaseError):
            self.close()

    def _take_up(self, path: str) -> int:
        """Count a file as opened and return its size; a further stream of one has none."""
        if path not in self._sizes:
            self._sizes[path] = 0
            self.progress.files += 1
        self.progress.files_opened += 1
        self.progress.bytes_unopened -= self._sizes[path]
        return self._sizes[path]

    def _publish(self, at_once: bool = False) -> None:
        now = time.monotonic()
        if now - self._written < _EVERY_S and not at_once:
            return
        self._written = now
        unfinished = self._folder / f"{PROGRESS_NAME}.tmp"
        with case_errors(self._folder):
            unfinished.write_text(self._text(), encoding="utf-8")
            unfinished.replace(self._folder / PROGRESS_NAME)

    def _publish_in_place(self) -> None:
        """Overwrite the last progress: it needs no new room, which a full disk does not have."""
        with case_errors(self._folder), (self._folder / PROGRESS_NAME).open("r+b") as file:
            file.write(self._text().encode())
            file.truncate()

    def _text(self) -> str:
        self.progress.wall_s = time.monotonic() - self._begun
        self.progress.updated_at = utc_now()
        return json.dumps(asdict(self.progress))


def read_progress(folder: Path) -> RunProgress | None:
    """Return where the newest run of the case at ``folder`` stands or stood; None if unknown."""
    try:
        values: dict[str, Any] = json.loads((folder / PROGRESS_NAME).read_text(encoding="utf-8"))
        return RunProgress(**values)
    except (OSError, ValueError, TypeError):
        return None


def _size(path: Path) -> int:
    try:
        return source_size(path)
    except OSError:
        return 0
