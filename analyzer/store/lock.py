"""Lock of a case: one writer at a time; the kernel releases it when its process dies."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from analyzer.errors import CaseError

LOCK_NAME = "case.lock"

_TRIES, _PAUSE_S = 4, 0.05
"""Tries to take the lock: `writer_of` holds it for an instant."""


class CaseLock:
    """Holds ``case.lock`` until released.

    flock, not lockf: it also keeps out a second holder inside the same process, and is not lost
    when some other code here opens and closes the file. The descriptor does not survive exec, so
    ffmpeg and spawned workers never keep a dead coordinator's lock.
    """

    def __init__(self, folder: Path) -> None:
        """Take the lock of the case at ``folder``; raise CaseError when another analyzer has it.

        Raises OSError where the folder cannot be written.
        """
        self._file = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            _take(self._file)
        except BlockingIOError as error:
            holder = _holder(self._file)
            os.close(self._file)
            raise CaseError(
                f"{folder}: another analyzer is writing this case (process {holder}); "
                "wait until it has ended"
            ) from error
        try:
            os.ftruncate(self._file, 0)
            os.write(self._file, f"{os.getpid()}\n".encode())
        except OSError:
            os.close(self._file)
            raise

    def release(self) -> None:
        """Give the lock back. The file stays: removing it would race with the next holder."""
        os.ftruncate(self._file, 0)
        os.close(self._file)


def _take(file: int) -> None:
    """Lock ``file`` for this process alone; raise BlockingIOError when another one keeps it."""
    for number in range(1, _TRIES + 1):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if number == _TRIES:
                raise
            time.sleep(_PAUSE_S)


def _holder(file: int) -> str:
    return os.read(file, 32).decode("ascii", "replace").strip() or "unknown"


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
