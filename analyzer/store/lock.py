"""Locks of a case: one that works on it, one that writes now; the kernel frees those of the dead.

``case.lock`` says who works on the case, a run for hours. ``write.lock`` says who writes into it
now: whoever works on it takes it for each transaction, so that what takes seconds (a review, an
entry of the audit log) finds its place between two of them.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from analyzer.errors import CaseBusyError

LOCK_NAME = "case.lock"
WRITE_LOCK_NAME = "write.lock"

_TRIES, _PAUSE_S = 4, 0.05
"""Tries to take the lock: `writer_of` holds it for an instant."""

_PATIENCE_S = 60.0
"""How long to wait for who holds a lock only briefly."""

_BRIEFLY = "briefly"
"""Stands behind the process in ``case.lock`` where it is held for seconds only."""


class CaseLock:
    """Holds ``case.lock`` until released.

    flock, not lockf: it also keeps out a second holder inside the same process, and is not lost
    when some other code here opens and closes the file. The descriptor does not survive exec, so
    ffmpeg and spawned workers never keep a dead coordinator's lock.
    """

    def __init__(self, folder: Path, brief: bool = False) -> None:
        """Take the lock of the case at ``folder``; raise CaseBusyError when another one has it.

        Who holds it ``brief`` is waited for. Raises OSError where the folder cannot be written.
        """
        self._file = _opened(folder / LOCK_NAME)
        try:
            _take(self._file)
        except BlockingIOError as error:
            holder = _holder(self._file)
            os.close(self._file)
            raise _busy(folder, holder) from error
        try:
            os.ftruncate(self._file, 0)
            word = f" {_BRIEFLY}" if brief else ""
            os.pwrite(self._file, f"{os.getpid()}{word}\n".encode(), 0)
        except OSError:
            os.close(self._file)
            raise

    def release(self) -> None:
        """Give the lock back. The file stays: removing it would race with the next holder."""
        os.ftruncate(self._file, 0)
        os.close(self._file)


class WriteLock:
    """``write.lock`` of the case at ``folder``: taken as often as given back, by one thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = _opened(folder / WRITE_LOCK_NAME)
        self._depth = 0

    def take(self) -> None:
        """Wait until nobody else writes; CaseBusyError where that takes longer than a minute."""
        if not self._depth:
            until = time.monotonic() + _PATIENCE_S
            while not _taken(self._file):
                if time.monotonic() > until:
                    raise _busy(self._folder, "unknown")
                time.sleep(_PAUSE_S / 5)
        self._depth += 1

    def give(self) -> None:
        """Give back what was taken last."""
        self._depth -= 1
        if not self._depth:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give back all that was taken, for good."""
        os.close(self._file)


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)


def _busy(folder: Path, holder: str) -> CaseBusyError:
    return CaseBusyError(
        f"{folder}: another analyzer is writing this case (process {holder}); "
        "wait until it has ended"
    )


def _take(file: int) -> None:
    """Lock ``file`` for this process alone; raise BlockingIOError when another one keeps it."""
    until = time.monotonic() + _PATIENCE_S
    tries = 0
    while not _taken(file):
        tries += 1
        brief = _BRIEFLY in _content(file) and time.monotonic() < until
        if tries >= _TRIES and not brief:
            raise BlockingIOError
        time.sleep(_PAUSE_S)


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _content(file: int) -> str:
    return os.pread(file, 32, 0).decode("ascii", "replace")


def _holder(file: int) -> str:
    return _content(file).removesuffix(f"{_BRIEFLY}\n").strip() or "unknown"


def writer_of(folder: Path) -> str | None:
    """Return the number of the process that holds the case at ``folder`` now, None if nobody does.

    Changes nothing, never waits.
    """
    try:
        file = os.open(folder / LOCK_NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _holder(file)
    finally:
        os.close(file)
    return None
