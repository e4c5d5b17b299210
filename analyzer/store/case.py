"""The folder of a case, open for writing: one process works on it, others write in between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from analyzer.errors import CaseBusyError, CaseError
from analyzer.store.connect import DATABASE_NAME, open_for_writing, require_case
from analyzer.store.errors import case_errors
from analyzer.store.images import KINDS
from analyzer.store.lock import LOCK_NAME, WRITE_LOCK_NAME, CaseLock, WriteLock
from analyzer.store.reader import CaseReader
from analyzer.store.transaction import Transaction, recorded

_OURS = {
    DATABASE_NAME,
    f"{DATABASE_NAME}-wal",
    f"{DATABASE_NAME}-shm",
    f"{DATABASE_NAME}-journal",
    LOCK_NAME,
    WRITE_LOCK_NAME,
    *KINDS,
}
"""What an interrupted creation may have left; anything else in the folder is somebody's."""


class Case:
    """A case open for writing: ``folder``, and ``db`` with foreign keys on; a context manager.

    Made by ``Case.open``. Only the thread that opened it may use ``db``.
    """

    def __init__(self, folder: Path, db: Database, write: WriteLock, lock: CaseLock | None) -> None:
        self.folder = folder
        self.db = db
        self._write = write
        self._lock = lock

    @property
    def beside(self) -> bool:
        """Whether another process works on the case, which writes report and manifest later."""
        return self._lock is None

    @classmethod
    def open(cls, folder: Path, create: bool, check: bool = True, brief: bool = False) -> Case:
        """Open the case at ``folder``, or with ``create`` make it where nothing is yet.

        Without ``check`` the database is not read through for damage first, which takes seconds a
        gigabyte; for what only adds to it. ``brief`` is for what takes seconds: it waits for others
        of its kind, and goes on ``beside`` a process that works on the case.

        Raises CaseError, having changed nothing, for a folder that is not a case or holds other
        files, a case that another analyzer is writing, a newer format version, a damaged
        database, and a folder that cannot be written.
        """
        with case_errors(folder):
            _check_folder(folder, create)
            _make_folder(folder)
            write, lock = _locked(folder, brief)
            try:
                db = open_for_writing(folder, create, check and lock is not None)
                for kind in KINDS:
                    (folder / kind).mkdir(exist_ok=True)
            except BaseException:
                _release(write, lock)
                raise
        return cls(folder, db, write, lock)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep everybody else from writing; for what is read, decided and written as one."""
        with case_errors(self.folder):
            self._write.take()
        try:
            yield
        finally:
            self._write.give()

    @contextmanager
    def record(
        self, action: str, detail: Mapping[str, Any] | None = None, scope: str = "", key: str = ""
    ) -> Iterator[Transaction]:
        """Begin a transaction, called ``action`` in the audit log: rows, seals and entry as one.

        With ``scope``, the rows of that seal under ``key`` are sealed at the end. ``detail`` are
        plain values. Raises CaseError where the disk is full or fails, with nothing written.
        """
        with (
            self.writing(),
            recorded(self.db, self.folder, action, detail or {}) as transaction,
        ):
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
        with self.writing(), case_errors(self.folder):
            self.db.execute("VACUUM")

    def close_database(self) -> None:
        """Bring all of the database into ``case.db`` and close it; the locks of the case are kept.

        Raises CaseError while a reader, of another program or of this process, holds the log.
        """
        with case_errors(self.folder):
            self._write.take()
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
            _release(self._write, self._lock)

    def __enter__(self) -> Case:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _locked(folder: Path, brief: bool) -> tuple[WriteLock, CaseLock | None]:
    """Return the locks of the case; ``brief``: those that can be had beside who works on it."""
    write = WriteLock(folder)
    try:
        if not brief:
            return write, CaseLock(folder)
        write.take()
        try:
            return write, CaseLock(folder, brief)
        except CaseBusyError:
            return write, None
    except BaseException:
        write.close()
        raise


def _release(write: WriteLock, lock: CaseLock | None) -> None:
    write.close()
    if lock is not None:
        lock.release()


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
