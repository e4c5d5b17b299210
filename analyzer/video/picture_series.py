"""Time-lapses: the numbered pictures of a folder as one recording, where a run is told so.

A series is called by its folder, the common part of its names and the time between two pictures,
as in ``/footage/day 1/IMG_*.jpg (every 10 s)``. That name stands wherever a file's path would.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from analyzer.hashing import sha256_file

FEWEST = 3
"""Pictures from which on numbered names make a series."""

_NAME = re.compile(r"(?P<prefix>.*)\*(?P<suffix>\.\w+) \(every (?P<step>[0-9.]+) s\)", re.DOTALL)
_NUMBERED = re.compile(
    r"(?P<prefix>.*?)(?P<number>[0-9]+)(?P<suffix>\.(jpe?g|jfif|png|webp|tiff?|heic|heif|avif|bmp))",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Series:
    """Numbered pictures of one folder, ``step_s`` seconds apart."""

    folder: Path
    prefix: str
    suffix: str
    step_s: float

    @property
    def path(self) -> Path:
        """What the series is called."""
        return self.folder / f"{self.prefix}*{self.suffix} (every {self.step_s:g} s)"

    def files(self) -> list[Path]:
        """Return the pictures by number; raises OSError where the folder cannot be read."""
        found = []
        for file in self.folder.iterdir():
            parts = _NUMBERED.fullmatch(file.name)
            if parts and (parts["prefix"], parts["suffix"]) == (self.prefix, self.suffix):
                found.append((int(parts["number"]), file))
        return [file for _, file in sorted(found)]


def series_of(path: Path) -> Series | None:
    """Return the series that ``path`` is the name of; None for any other path."""
    found = _NAME.fullmatch(path.name)
    if found is None or path.exists():
        return None
    return Series(path.parent, found["prefix"], found["suffix"], float(found["step"]))


def series_in(folder: Path, names: Iterable[str], step_s: float) -> list[Series]:
    """Return the series of three or more pictures among the file ``names`` of ``folder``."""
    counts: dict[tuple[str, str], int] = {}
    for name in names:
        parts = _NUMBERED.fullmatch(name)
        if parts:
            key = (parts["prefix"], parts["suffix"])
            counts[key] = counts.get(key, 0) + 1
    return [Series(folder, *key, step_s) for key, n in sorted(counts.items()) if n >= FEWEST]


def source_size(path: Path) -> int:
    """Return the bytes of a file, or of all pictures of a series; raises OSError."""
    series = series_of(path)
    if series is None:
        return path.stat().st_size
    return sum(each.stat().st_size for each in series.files())


def source_sha256(path: Path) -> str:
    """Return the SHA-256 of a file; of a series that of its list, ``SHA-256  name`` a line.

    Raises OSError.
    """
    series = series_of(path)
    if series is None:
        return sha256_file(path)
    lines = (f"{sha256_file(file)}  ".encode() + os.fsencode(file.name) for file in series.files())
    return hashlib.sha256(b"\n".join(lines)).hexdigest()
