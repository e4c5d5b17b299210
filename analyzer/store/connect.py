"""Connections to the database of a case: one that writes, any number that read."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from analyzer.errors import CaseError
from analyzer.store.errors import is_full
from analyzer.store.schema import FORMAT, FORMAT_VERSION, migrations

DATABASE_NAME = "case.db"

_BUSY_S = 30.0
"""How long to wait for another program (Datasette, a spreadsheet) that has the database."""


_START_OF_LOG = 1 << 20


def require_case(folder: Path) -> None:
    """Raise CaseError unless ``folder`` holds a case database."""
    if not (folder / DATABASE_NAME).is_file():
        raise CaseError(
            f"{folder}: not a case (no {DATABASE_NAME} there); give the folder of a case, "
            "or make one with `analyzer run ... --case DIR`"
        )


def is_case(folder: Path) -> bool:
    """Whether ``folder`` holds the database of a case, of any version; nothing is changed.

    Of a case that was killed early the log alone may say so.
    """
    database = folder / DATABASE_NAME
    log = folder / f"{DATABASE_NAME}-wal"
    try:
        if not database.is_file() or not database.stat().st_size:
            return False
        if log.is_file() and FORMAT.encode() in log.read_bytes()[:_START_OF_LOG]:
            return True
        with closing(_connect(folder, _IMMUTABLE)) as connection:
            rows = connection.execute("SELECT value FROM case_info WHERE key = 'format'")
            return bool(rows.fetchone() == (FORMAT,))
    except (OSError, sqlite3.Error):
        return False


def open_for_writing(folder: Path, create: bool, check: bool = True) -> Database:
    """Open ``case.db`` under ``folder`` for the holder of its lock, checked and migrated.

    With ``create``, a missing or still empty database is made. Raises CaseError for a database
    that is damaged, of a newer version, or not a case; sqlite3.Error where the disk refuses.
    """
    connection = _connect(folder, "rwc" if create else "rw")
    try:
        # First of all, so that a foreign or damaged database is left as it was.
        damage = connection.execute("PRAGMA quick_check(1)").fetchone()[0] if check else "ok"
        if damage != "ok":
            raise CaseError(
                f"{folder}: the case database is damaged ({damage}); "
                "restore case.db from a copy, or start a new case"
            )
        if not create or _tables(connection):
            _require_version(connection, folder)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        db = Database(connection, execute_plugins=False)
        migrations.apply(db)
    except BaseException:
        connection.close()
        raise
    return db


def open_for_reading(folder: Path) -> Database:
    """Open ``case.db`` under ``folder`` so that nothing is changed, on a read-only medium too.

    Raises CaseError as open_for_writing does, and for a case that an older version made and that
    no writer has brought up to date yet; sqlite3.Error where the disk refuses.
    """
    mode = _reading_mode(folder)
    try:
        return _read_only(folder, mode)
    except sqlite3.OperationalError:
        # A plain connection needs room for its shared memory, which a full disk does not have.
        if mode != _PLAIN or not is_full(folder):
            raise
        return _read_only(folder, _IMMUTABLE)


def _read_only(folder: Path, mode: str) -> Database:
    connection = _connect(folder, mode)
    try:
        connection.execute("PRAGMA query_only = ON")
        _require_version(connection, folder)
        db = Database(connection, execute_plugins=False)
        if migrations.pending(db):
            raise CaseError(
                f"{folder}: made by an older version; run `analyzer derive` on it once to update it"
            )
    except BaseException:
        connection.close()
        raise
    return db


_PLAIN, _IMMUTABLE = "rw", "ro&immutable=1"


def _reading_mode(folder: Path) -> str:
    """Choose how to read a database in WAL mode.

    A log with content must be read with the database (mode=ro leaves it for the writer to fold in).
    Without one, a plain connection is right where it can be had: mode=ro would leave -wal and -shm
    files behind, and immutable would not notice a writer that starts meanwhile. Where nothing can
    be written, no writer can start, and immutable is the only mode that works.
    """
    log = folder / f"{DATABASE_NAME}-wal"
    if log.exists() and log.stat().st_size:
        return "ro"
    writable = all(
        os.access(path, os.W_OK, effective_ids=True) for path in (folder, folder / DATABASE_NAME)
    )
    return _PLAIN if writable else _IMMUTABLE


def _connect(folder: Path, mode: str) -> sqlite3.Connection:
    uri = f"{(folder / DATABASE_NAME).resolve().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=_BUSY_S)


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}


def _require_version(connection: sqlite3.Connection, folder: Path) -> None:
    """Raise CaseError unless the database is a case that this version understands."""
    info: dict[str, str] = {}
    if "case_info" in _tables(connection):
        info = dict(connection.execute("SELECT key, value FROM case_info"))
    if info.get("format") != FORMAT or not info.get("format_version", "").isdigit():
        raise CaseError(f"{folder}: {DATABASE_NAME} is not a case database; choose another folder")
    version = int(info["format_version"])
    if version > FORMAT_VERSION:
        raise CaseError(
            f"{folder}: format version {version} is newer than this analyzer reads "
            f"({FORMAT_VERSION}); update analyzer"
        )
