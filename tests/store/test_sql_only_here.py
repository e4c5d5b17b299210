"""SQL stands in ``analyzer/store`` alone: nobody else knows tables, nor opens the database."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import analyzer

_PACKAGE = Path(analyzer.__file__).parent
_SQL = re.compile(
    r"\b(SELECT\s.*\sFROM\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|DELETE\s+FROM\s|UPDATE\s+\w+\s+SET\s"
    r"|PRAGMA\s+\w|(CREATE|DROP|ALTER)\s+(TABLE|VIEW|INDEX|TRIGGER)\s|^\s*VACUUM\b)",
    re.DOTALL,
)
_METHODS = {"execute", "executemany", "executescript", "query", "read_sql", "read_sql_query"}
_DRIVERS = {"sqlite3", "sqlite_utils"}


def breaches(source: str) -> Iterator[str]:
    """Yield what in ``source`` belongs into the store, with its line."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Constant(value=str(text)) if _SQL.search(text):
                yield f"{node.lineno}: SQL {text.split()[0]}"
            case ast.Call(func=ast.Attribute(attr=name)) if name in _METHODS:
                yield f"{node.lineno}: .{name}(...)"
            case ast.Import(names=names) if _DRIVERS & {name.name.split(".")[0] for name in names}:
                yield f"{node.lineno}: imports a driver of the database"
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] in _DRIVERS:
                yield f"{node.lineno}: imports a driver of the database"


def test_nobody_but_the_store_speaks_sql() -> None:
    outside = [p for p in _PACKAGE.rglob("*.py") if not p.is_relative_to(_PACKAGE / "store")]
    found = [
        f"{p.relative_to(_PACKAGE)}:{line}" for p in outside for line in breaches(p.read_text())
    ]
    assert len(outside) > 100 and found == []


@pytest.mark.parametrize(
    "source",
    [
        'rows = reader.select("SELECT path FROM files")',
        "db.conn.execute(sql)",
        'X = f"DELETE FROM {table}"',
        'X = """\nUPDATE videos SET derived_hash = NULL\n"""',
        "from sqlite_utils import Database",
        "import sqlite3",
    ],
)
def test_each_kind_of_breach_is_seen(source: str) -> None:
    assert len(list(breaches(source))) == 1


def test_the_word_select_in_a_sentence_is_no_sql() -> None:
    assert list(breaches('"""Select what to update; from all sources, delete nothing."""')) == []
