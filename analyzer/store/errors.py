"""Errors of SQLite and of the disk, as one line that says what to do."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analyzer.errors import CaseError, UsageError

_FULL = "the disk is full; free some space and run the same command again"
_READ_ONLY = (
    "cannot be written; copy the case to a folder you may write to, or mend its permissions"
)
_DAMAGED = "the case database is damaged; restore case.db from a copy, or start a new case"
_BUSY = "the case database is in use by another program; close that program and try again"
_BROKEN = "the disk reported an error; check the disk, then run the same command again"

_BY_SQLITE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_IOERR: _BROKEN,
}

_BY_ERRNO = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _READ_ONLY,
    errno.EPERM: _READ_ONLY,
    errno.EIO: _BROKEN,
}


@contextmanager
def case_errors(folder: Path) -> Iterator[None]:
    """Raise CaseError for what a user can mend; let everything else (our own mistakes) through.

    Wrap only code that touches the case at ``folder``: an OSError is taken to be about it.
    """
    try:
        yield
    except sqlite3.Error as error:
        # The low byte is SQLite's primary code; the rest says where it arose.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        advice = _BY_SQLITE.get(code)
        if advice is None:
            raise
        # SQLite calls it a disk error too when there is no room for its shared memory.
        if code == sqlite3.SQLITE_IOERR and is_full(folder):
            advice = _FULL
        raise CaseError(f"{folder}: {advice} ({error})") from error
    except OSError as error:
        advice = _BY_ERRNO.get(error.errno or 0, "check the folder and try again")
        raise CaseError(f"{folder}: {advice} ({error.strerror or error})") from error


@contextmanager
def output_errors(path: Path, option: str) -> Iterator[None]:
    """Raise UsageError where ``path``, which a user gave as ``option``, cannot be written.

    Wrap only code that writes there: an OSError is taken to be about it.
    """
    try:
        yield
    except (FileExistsError, NotADirectoryError) as error:
        file = next((place for place in (path, *path.parents) if place.is_file()), path)
        raise UsageError(f"{file}: is a file, not a folder; choose another {option}") from error
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be written ({error.strerror or error}); choose another {option}"
        ) from error


_LEAST_FREE = 1 << 20
"""Bytes without which the database cannot take a segment."""


def is_full(folder: Path) -> bool:
    """Whether the disk of ``folder`` has no room for what a command writes at least."""
    try:
        return shutil.disk_usage(folder).free < _LEAST_FREE
    except OSError:
        return False


def obstacle(folder: Path) -> str | None:
    """Return in words why the case at ``folder`` cannot be written now; None where it can."""
    with case_errors(folder):
        writable = all(
            os.access(path, os.W_OK, effective_ids=True)
            for path in (folder, *folder.glob("case.db"))
        )
        if not writable:
            return f"{folder}: {_READ_ONLY}"
        if is_full(folder):
            return f"{folder}: {_FULL}"
    return None
