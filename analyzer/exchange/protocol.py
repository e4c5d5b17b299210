"""Protocol of the formats of a whole case: what each is given and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from analyzer.store.reader import CaseReader


@dataclass(frozen=True, slots=True)
class Options:
    """What a user may say of recordings whose own clock does not tell it."""

    assume_start: datetime | None = None
    assume_zone: ZoneInfo | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """One file: what it holds, how many entries; ``note`` says what was left out, if anything."""

    table: str
    path: Path
    rows: int
    note: str | None = None


Write = Callable[[CaseReader, Path, Options], list[Written]]
"""Writes a case into a folder that exists. Raises OSError where it cannot be written."""
