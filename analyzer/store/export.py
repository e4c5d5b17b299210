"""Tables and views of a case as files: CSV, Parquet or JSON lines, row by row."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from analyzer.errors import ConfigError
from analyzer.plugins import ExtensionPoint
from analyzer.store.codec.values import Row
from analyzer.store.reader import CaseReader
from analyzer.store.tables import Type

Write = Callable[[Path, Mapping[str, Type], Iterator[Row]], int]
"""Writes rows to a file as they come, and returns how many; given the columns and their types."""


@dataclass(frozen=True, slots=True)
class Exporter:
    """A format of files; ``name`` is also what their names end in."""

    name: str
    write: Write
    aliases: tuple[str, ...] = ()


EXPORTERS = ExtensionPoint("analyzer.exporters", Exporter)
"""The formats; another package adds one by an entry point of this group."""


def exporter(name: str) -> Exporter:
    """Return the format called ``name``; ConfigError where there is none."""
    found = EXPORTERS.find(name)
    if found is None:
        raise ConfigError(f"{name}: no such format; use one of {', '.join(EXPORTERS.names())}")
    return found


_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet take a text for a formula (OWASP, CSV injection)."""

_ROW_GROUP = 50_000
"""Rows held at once for Parquet: some 20 MB of emotion_timeline, and groups big enough to pack."""


def export_table(reader: CaseReader, name: str, form: str, path: Path) -> int:
    """Write table or view ``name`` to ``path`` and return the number of rows.

    UTF-8, in an order that equal cases share; the file appears whole or not at all. Raises OSError
    where it cannot be written, ConfigError for an unknown format.
    """
    unfinished = path.with_name(f"{path.name}.tmp")
    columns, rows = reader.columns(name), reader.rows(name)
    count = exporter(form).write(unfinished, columns, rows)
    unfinished.replace(path)
    return count


def _write_csv(path: Path, columns: Mapping[str, Type], rows: Iterator[Row]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow(map(harmless, row.values()))
            count += 1
    return count


def harmless(value: Any) -> Any:
    """Return ``value`` harmless to a spreadsheet: paths and names come from strangers.

    Only text is touched, so numbers below zero stay numbers.
    """
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return _plain(value)


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value


def _write_jsonl(path: Path, columns: Mapping[str, Type], rows: Iterator[Row]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            plain = {key: _plain(value) for key, value in row.items()}
            file.write(json.dumps(plain, ensure_ascii=False) + "\n")
            count += 1
    return count


def _write_parquet(path: Path, columns: Mapping[str, Type], rows: Iterator[Row]) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types: dict[Type, pa.DataType] = {
        "TEXT": pa.string(),
        "INTEGER": pa.int64(),
        "REAL": pa.float64(),
        "BLOB": pa.binary(),
    }
    schema = pa.schema([(name, types[kind]) for name, kind in columns.items()])
    count = 0
    with pq.ParquetWriter(path, schema) as writer:
        while group := list(islice(rows, _ROW_GROUP)):
            writer.write_table(pa.Table.from_pylist(group, schema=schema))
            count += len(group)
    return count


for _name, _write in (("csv", _write_csv), ("jsonl", _write_jsonl), ("parquet", _write_parquet)):
    EXPORTERS.add(Exporter(_name, _write))
