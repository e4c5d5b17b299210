"""A recorded transaction: rows, their seals and their audit entry, all or none."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from analyzer.store import audit
from analyzer.store.errors import case_errors
from analyzer.store.seals import Seals, kept, seal, unseal


class Transaction:
    """What may be done inside ``Case.record``; ``detail`` of the audit entry may be added to.

    ``head`` is the hash of that entry once the transaction has ended.
    """

    def __init__(self, db: Database, detail: Mapping[str, Any]) -> None:
        self.db = db
        self.detail = dict(detail)
        self.head = ""
        self._seals: Seals = {}

    def insert(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Insert ``rows``, which have the same columns; ValueError for what is not finite."""
        # Not insert_all of sqlite-utils: it looks at every value for what it might have to convert,
        # which took longer than analysing a picture in which nothing moves.
        checked = (_finite(table, row) for row in rows)
        for first in checked:
            columns = ", ".join(first)
            marks = ", ".join(f":{column}" for column in first)
            sql = f"INSERT INTO {table} ({columns}) VALUES ({marks})"
            self.db.conn.executemany(sql, chain([first], checked))

    def seal(self, scope: str, key: str = "") -> None:
        """Seal the rows of ``scope`` under ``key`` as they are now."""
        self._seals |= seal(self.db, scope, key)

    def unseal(self, scope: str, key: str = "") -> None:
        """Forget the seal of rows that are removed."""
        self._seals |= unseal(self.db, scope, key)

    def outdate(self, scope: str, key: str = "") -> None:
        """Forget the seal, if there is one, of rows that stand until they are derived again."""
        if kept(self.db, scope, key):
            self.unseal(scope, key)

    @property
    def entry(self) -> dict[str, Any]:
        """What the audit log is to hold."""
        return {**self.detail, "seals": self._seals} if self._seals else self.detail


@contextmanager
def recorded(
    db: Database, folder: Path, action: str, detail: Mapping[str, Any]
) -> Iterator[Transaction]:
    """Begin a transaction on the case at ``folder``; log ``action`` at its end, or undo it all.

    Raises CaseError where the disk is full or fails, with nothing written.
    """
    with case_errors(folder), db.atomic():
        transaction = Transaction(db, detail)
        yield transaction
        transaction.head = audit.append(db, action, transaction.entry)


def _finite(table: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return ``row``; SQLite would turn NaN into NULL and keep infinities that readers trip on."""
    for column, value in row.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"expected a finite number in {table}.{column}, got {value}")
    return row
