"""Tables of labels: reading a CSV file that must have certain columns."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from analyzer.errors import AnalyzerError


def read_rows(table: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows of a CSV file, by the names of its columns.

    Raises AnalyzerError if it cannot be read, has no row, or lacks one of ``columns``.
    """
    try:
        with table.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AnalyzerError(f"{table}: not a readable csv file ({error})") from error
    missing = [name for name in columns if not rows or name not in rows[0]]
    if missing:
        raise AnalyzerError(
            f"{table}: the column {missing[0]!r} is missing or there is no row; "
            f"columns are {', '.join(columns)}"
        )
    return rows
