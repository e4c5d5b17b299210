"""Input files of a run: from files, folders (recursive) and glob patterns."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from analyzer.errors import UsageError

NOT_FOOTAGE = frozenset(
    """
    .txt .md .csv .json .jsonl .toml .xml .html .htm .css .js .pdf .doc .docx .xls .xlsx .rtf .log
    .ini .cfg .jpg .jpeg .png .gif .bmp .webp .tif .tiff .svg .ico .mp3 .wav .aac .ogg .flac .zip
    .gz .7z .rar .tar .db .sqlite .sqlite3 .db-wal .db-shm .lock .py .sh .bat .exe .dll .idx .sha256
    .md5 .srt .vtt
    """.split()  # noqa: SIM905
)
"""Suffixes that are passed over inside a folder. Anything else is tried, whatever its name says;
a file that is named on the command line is always tried."""


def find_files(inputs: Iterable[str], case: Path) -> list[Path]:
    """Return the files to analyse, each once, in a stable order, as absolute paths.

    A path that does not exist is returned too, so that it is reported and the rest goes on; so are,
    at the end, patterns that match nothing. Files inside ``case`` are left out. Raises UsageError
    when nothing at all is left to try.
    """
    inputs = list(inputs)
    own = case.resolve()
    found: dict[Path, None] = {}
    unmatched: dict[Path, None] = {}
    for text in inputs:
        paths = list(_expand(text))
        if not paths and not Path(text).is_dir():
            unmatched.setdefault(_absolute(text))
        for absolute in map(_absolute, paths):
            if own != absolute and own not in absolute.parents:
                found.setdefault(absolute)
    if not found:
        raise UsageError(
            f"no footage found in {', '.join(inputs)}; give video files, folders that hold some, "
            "or a pattern in quotes"
        )
    return [*found, *unmatched]


def _absolute(path: str | Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - links are kept, ".." is not


def _expand(text: str) -> Iterator[Path]:
    path = Path(text)
    if path.is_dir():
        yield from _walk(path)
    elif not path.exists() and glob.has_magic(text):
        for match in sorted(glob.glob(text, recursive=True)):
            yield from _walk(Path(match)) if Path(match).is_dir() else [Path(match)]
    else:
        yield path


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or not path.is_file() or path.suffix.lower() in NOT_FOOTAGE:
            continue
        if path.suffix or not _is_text(path):
            yield path


def _is_text(path: Path) -> bool:
    """Whether a file without suffix is plain text, such as a LICENSE: no recording is."""
    try:
        with path.open("rb") as file:
            start = file.read(4096)
        start.decode()
    except (OSError, UnicodeDecodeError):
        return False
    return bool(start) and b"\0" not in start
