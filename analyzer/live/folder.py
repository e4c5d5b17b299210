"""Watched folder: a file that a recorder drops is taken when it is closed and stays the same.

The kernel tells of changes through watchfiles; all is looked at again every ten seconds too, since
it tells nothing of network drives.
"""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event
from typing import Any, Final

from analyzer.hashing import sha256_file
from analyzer.live.messages import Arriving, Closed, Ended, Message
from analyzer.live.outbox import Outbox
from analyzer.pipeline.inputs import is_footage

_RESCAN_S: Final = 10.0
_TICK_MS: Final = 500
_SETTLE_S: Final = 2.0
"""How long a file must stay the same that nobody has open for writing."""
_UNSURE_SETTLE_S: Final = 10.0
"""The same where the system does not tell whether somebody has it open."""

_UNFINISHED: Final = frozenset({".part", ".tmp", ".temp", ".crdownload", ".filepart", ".partial"})

Stamp = tuple[int, int]
"""Size in bytes and time of the last change in nanoseconds."""


@dataclass(frozen=True, slots=True)
class FolderTask:
    """What to watch; ``known`` are the files that were taken before, with their size."""

    folder: Path
    known: Mapping[str, int]


@dataclass(slots=True)
class _Waiting:
    stamp: Stamp
    first_seen: float
    same_since: float


def folder_process(connection: Connection[Any, Any], task: FolderTask) -> None:
    """Run in a process of its own: tell of files until told to stop, or until nobody listens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    outbox = Outbox(connection)
    watch_folder(task, outbox.send, outbox.stopping)
    outbox.flush()
    os._exit(0)


def watch_folder(task: FolderTask, send: Callable[[Message], None], stopping: Event) -> None:
    """Send what lies in the folder already and what is dropped into it, until ``stopping``."""
    files = SettledFiles(task.known)
    looked = float("-inf")
    for changed in _changes(task.folder, stopping):
        if time.monotonic() - looked >= _RESCAN_S:
            looked = time.monotonic()
            changed = _all_files(task.folder)
        if changed:
            send(Arriving(time.time()))
        for path in changed:
            files.see(path)
        for closed in files.settled():
            send(closed)
    send(Ended(finite=False))


def _changes(folder: Path, stopping: Event) -> Iterator[list[Path]]:
    """Yield the files that changed, none twice a second where none did."""
    from watchfiles import Change, watch

    for changes in watch(
        folder,
        watch_filter=None,
        rust_timeout=_TICK_MS,
        yield_on_timeout=True,
        stop_event=stopping,
        raise_interrupt=False,
        ignore_permission_denied=True,
    ):
        yield sorted({Path(path) for change, path in changes if change != Change.deleted})


def _all_files(folder: Path) -> list[Path]:
    return sorted(Path(parent, name) for parent, _, names in os.walk(folder) for name in names)


class SettledFiles:
    """Files that were seen, and which of them are complete by now."""

    def __init__(self, known: Mapping[str, int]) -> None:
        """``known`` are sizes of files that were taken before, by path."""
        self._taken_sizes = dict(known)
        self._taken: dict[Path, Stamp] = {}
        self._waiting: dict[Path, _Waiting] = {}

    def see(self, path: Path) -> None:
        """Take note that ``path`` is there, or has changed."""
        stamp = _stamp(path)
        if stamp is None or not stamp[0] or self._taken.get(path) == stamp:
            return
        if path not in self._taken and self._taken_sizes.get(str(path)) == stamp[0]:
            self._taken[path] = stamp
            return
        if path not in self._waiting and path.suffix.lower() not in _UNFINISHED:
            self._waiting[path] = _Waiting(stamp, time.time(), time.monotonic())

    def settled(self) -> Iterator[Closed]:
        """Yield each file that nobody writes any more and that may be footage, once."""
        for path, waiting in list(self._waiting.items()):
            stamp = _stamp(path)
            if stamp is None:
                del self._waiting[path]
            elif stamp != waiting.stamp:
                waiting.stamp, waiting.same_since = stamp, time.monotonic()
            elif _is_complete(path, time.monotonic() - waiting.same_since):
                del self._waiting[path]
                self._taken[path] = stamp
                if is_footage(path):
                    end = stamp[1] / 1e9
                    begin = min(waiting.first_seen, end)
                    yield Closed(path, begin, end, stamp[0], sha256_file(path))


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _is_complete(path: Path, same_s: float) -> bool:
    """Whether a file that has been the same for ``same_s`` is complete."""
    if same_s < _SETTLE_S:
        return False
    writing = _is_written(path)
    return same_s >= _UNSURE_SETTLE_S if writing is None else not writing


def _is_written(path: Path) -> bool | None:
    """Whether somebody has ``path`` open for writing; None where the system does not tell.

    Linux grants a read lease of a file to its owner only while nobody has it open for writing.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except (OSError, AttributeError):
        return None
    finally:
        os.close(file)
    return False
