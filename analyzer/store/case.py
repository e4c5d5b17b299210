"""The folder of a case, open for writing by one process at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from analyzer.errors import CaseError
from analyzer.store.connect import DATABASE_NAME, open_for_writing, require_case
from analyzer.store.errors import case_errors
from analyzer.store.images import KINDS
from analyzer.store.lock import LOCK_NAME, CaseLock
from analyzer.store.reader import CaseReader
from analyzer.store.transaction import Transaction, recorded

_OURS = {
    DATABASE_NAME,
    f"{DATABASE_NAME}-wal",
    f"{DATABASE_NAME}-shm",
    f"{DATABASE_NAME}-journal",
    LOCK_NAME,
    *KINDS,
}
"""What an interrupted creation may have left; anything else in the folder is somebody's."""


class Case:
    """A case open for writing: ``folder``, and ``db`` with foreign keys on; a context manager.

    Made by ``Case.open``. Only the thread that opened it may use ``db``.
    """

    def __init__(self, folder: Path, db: Database, lock: CaseLock) -> None:
        self.folder = folder
        self.db = db
        self._lock = lock

    @classmethod
    def open(cls, folder: Path, create: bool, check: bool = True) -> Case:
        """Open the case at ``folder``, or with ``create`` make it where nothing is yet.

        Without ``check`` the database is not read through for damage first, which takes seconds a
        gigabyte; for what only adds to it.

        Raises CaseError, having changed nothing, for a folder that is not a case or holds other
        files, a case that another analyzer is writing, a newer format version, a damaged
        database, and a folder that cannot be written.
        """
        with case_errors(folder):
            _check_folder(folder, create)
            _make_folder(folder)
            lock = CaseLock(folder)
            try:
                db = open_for_writing(folder, create, check)
                for kind in KINDS:
                    (folder / kind).mkdir(exist_ok=True)
            except BaseException:
                lock.release()
                raise
        return cls(folder, db, lock)

    @contextmanager
    def record(
        self, action: str, detail: Mapping[str, Any] | None = None, scope: str = "", key: str = ""
    ) -> Iterator[Transaction]:
        """Begin a transaction, called ``action`` in the audit log: rows, seals and entry as one.

        With ``scope``, the rows of that seal under ``key`` are sealed at the end. ``detail`` are
        plain values. Raises CaseError where the disk is full or fails, with nothing written.
        """
        with recorded(self.db, self.folder, action, detail or {}) as transaction:
            yield transaction
            if scope:
                transaction.seal(scope, key)

    def log(self, action: str, detail: Mapping[str, Any]) -> str:
        """Add an entry to the audit log and return its hash; raises as ``record``."""
        with self.record(action, detail) as transaction:
            pass
        return transaction.head

    def reader(self) -> CaseReader:
        """Return a reader of what is committed; close it before the manifest is written."""
        return CaseReader(self.folder)

    def vacuum(self) -> None:
        """Write the database anew without the room that removed rows took."""
        with case_errors(self.folder):
            self.db.execute("VACUUM")

    def close_database(self) -> None:
        """Bring all of the database into ``case.db`` and close it; the lock of the case is kept.

        Raises CaseError while a reader, of another program or of this process, holds the log.
        """
        with case_errors(self.folder):
            busy, _, _ = self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                raise CaseError(
                    f"{self.folder}: another program is reading the case database; close it and "
                    "try again"
                )
            self.db.conn.close()

    def close(self) -> None:
        """Close the database, folding its log in, then give the lock back."""
        try:
            self.db.conn.close()
        finally:
            self._lock.release()

    def __enter__(self) -> Case:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _check_folder(folder: Path, create: bool) -> None:
    if not create:
        require_case(folder)
        return
    if not folder.exists() or (folder / DATABASE_NAME).is_file():
        return
    if not folder.is_dir():
        raise CaseError(f"{folder}: is a file, not a folder; choose another --case")
    if any(entry.name not in _OURS for entry in folder.iterdir()):
        raise CaseError(
            f"{folder}: holds other files and is not a case; choose a new or empty folder"
        )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CaseError(
            f"{folder}: cannot be written ({error.strerror}); choose another --case"
        ) from error
