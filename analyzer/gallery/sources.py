"""Picture lists of a gallery: a folder per person, or a CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analyzer.errors import GalleryError

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})


@dataclass(frozen=True, slots=True)
class Listed:
    """One picture of one person; ``name`` is its path inside the gallery."""

    person: str
    name: str
    path: Path


def list_pictures(source: Path) -> tuple[Listed, ...]:
    """Return the pictures of the gallery at ``source`` in a stable order.

    A folder holds one folder per person (any depth), or one picture per person. A CSV has the
    columns person and path, relative to the folder of the CSV. Raises GalleryError if it is
    missing, is not such a CSV, or lists no picture.
    """
    if source.is_dir():
        found = tuple(_in_folder(source))
    elif source.is_file() and source.suffix.lower() == ".csv":
        found = tuple(_in_table(source))
    else:
        raise GalleryError(
            f"{source}: no such gallery folder; give a folder with one folder per person, or a csv "
            "with the columns person and path"
        )
    if not found:
        raise GalleryError(
            f"{source}: no picture in this gallery; put {', '.join(sorted(PICTURE_SUFFIXES))} "
            "files into one folder per person"
        )
    return found


def _in_folder(folder: Path) -> Iterator[Listed]:
    for entry in sorted(folder.iterdir(), key=lambda path: path.name):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            for path in sorted(entry.rglob("*")):
                if path.is_file() and path.suffix.lower() in PICTURE_SUFFIXES:
                    yield Listed(entry.name, path.relative_to(folder).as_posix(), path)
        elif entry.suffix.lower() in PICTURE_SUFFIXES:
            yield Listed(entry.stem, entry.name, entry)


def _in_table(table: Path) -> Iterator[Listed]:
    try:
        with table.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise GalleryError(f"{table}: cannot be read ({error}); save it as UTF-8 csv") from error
    seen = set()
    for number, row in enumerate(rows, start=2):
        person, name = (row.get("person") or "").strip(), (row.get("path") or "").strip()
        if not person or not name:
            raise GalleryError(
                f"{table}: line {number} names no person or no path; the columns are person,path"
            )
        if (person, name) not in seen:
            seen.add((person, name))
            yield Listed(person, name, table.parent / name)
