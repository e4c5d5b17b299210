"""Picture lists of a gallery: a folder per person, or a CSV."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from analyzer.errors import GalleryError, UsageError
from analyzer.file_names import composed, escaped, is_system_file, reserved, system_folder
from analyzer.video.file_kind import head_of, other_kind

PICTURES = "JPEG, PNG, HEIC, WebP, TIFF, AVIF, BMP, GIF or JPEG 2000"
"""What a picture may be, whatever its suffix."""


_PICTURE_SUFFIXES = frozenset(
    """
    .jpg .jpeg .jpe .jfif .png .bmp .webp .tif .tiff .heic .heif .avif .gif .jp2
    """.split()  # noqa: SIM905
)
"""Suffixes of files that are listed whatever they hold: one that is damaged is named."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One picture of one person; ``name`` is its path inside the gallery, both as text.

    Forms of one name that differ only in how accented letters are stored are one person, called as
    filed first.
    """

    person: str
    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Listing:
    """The pictures of a gallery in a stable order, and what was passed over, in words."""

    pictures: tuple[Listed, ...]
    notes: tuple[str, ...]


def list_gallery(source: Path) -> Listing:
    """Return the pictures of the gallery at ``source``.

    A folder holds one folder per person (any depth), or one picture per person. Content says what
    is a picture. A CSV has the columns person and path, relative to the folder of the CSV. Raises
    GalleryError if it is missing, is not such a CSV, lists no picture, or files somebody under a
    name that a case gives to unknown people.
    """
    found = _Listing()
    if source.is_dir():
        found.read_folder(source)
    elif source.is_file() and source.suffix.lower() == ".csv":
        found.read_table(source)
    else:
        raise GalleryError(
            f"{source}: no such gallery folder; give a folder with one folder per person, or a csv "
            "with the columns person and path"
        )
    if not found.pictures:
        raise GalleryError(
            f"{source}: no picture in this gallery; put {PICTURES} files into one folder per person"
        )
    return Listing(tuple(found.pictures), tuple(found.notes))


def list_pictures(source: Path) -> tuple[Listed, ...]:
    """Return the pictures of ``list_gallery``; raises as it does."""
    return list_gallery(source).pictures


def require_free_name(name: str, where: str) -> None:
    """Raise UsageError for a name that a case gives to people who are not known."""
    if reserved(name):
        other = f"Person {re.sub(r'[^0-9]', '', name) or 'A'}"
        raise UsageError(
            f"{where}: {name!r} is what a case calls people whose name is not known; file the "
            f"person under another name, such as {other!r}"
        )


@dataclass(slots=True, eq=False)
class _Listing:
    """A gallery as far as it is read."""

    pictures: list[Listed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)
    _entered: set[tuple[int, int]] = field(default_factory=set)

    def read_folder(self, source: Path) -> None:
        """List the pictures of a folder of persons."""
        for entry in sorted(source.iterdir(), key=lambda path: path.name):
            if self._aside(entry):
                continue
            if entry.is_dir():
                self._read_person(entry, source)
            elif (problem := _no_picture(entry)) is None:
                self._add(entry.stem, entry.relative_to(source), entry)
            elif problem:
                self.notes.append(f"{_shown(entry)}: {problem}")

    def _read_person(self, folder: Path, source: Path) -> None:
        before = len(self.pictures)
        for path in self._files_of(folder):
            problem = _no_picture(path)
            if problem is None:
                self._add(folder.name, path.relative_to(source), path)
            elif problem:
                self.notes.append(f"{_shown(folder.name)}: {_shown(path)}: {problem}")
        if len(self.pictures) == before:
            self.notes.append(f"{_shown(folder.name)}: no picture in {_shown(folder)}")

    def _files_of(self, folder: Path) -> Iterator[Path]:
        """Yield the files below ``folder`` by path; linked folders are entered once."""
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in self._entered:
                self.notes.append(f"{_shown(folder)}: this folder was read before; a link to it")
                return
            self._entered.add((status.st_dev, status.st_ino))
            entries = sorted(folder.iterdir())
        except OSError as error:
            self.notes.append(f"{_shown(folder)}: cannot be read ({error.strerror})")
            return
        for entry in entries:
            if self._aside(entry):
                continue
            if entry.is_dir():
                yield from self._files_of(entry)
            else:
                yield entry

    def _aside(self, entry: Path) -> bool:
        """Whether an entry is none of the gallery; what a system or a NAS made is noted."""
        if entry.is_dir() and system_folder(entry.name) is not None:
            self.notes.append(f"{_shown(entry)}: passed over, a NAS or a system made this folder")
            return True
        return entry.name.startswith(".") or is_system_file(entry.name)

    def _add(self, person: str, name: Path | str, path: Path) -> None:
        person = escaped(person)
        require_free_name(person, str(path.parent if path.parent.name == person else path))
        called = self._names.setdefault(composed(person), person)
        self.pictures.append(Listed(called, escaped(Path(name).as_posix()), path))

    def read_table(self, table: Path) -> None:
        """List the pictures of a csv."""
        seen = set()
        for number, row in enumerate(_rows(table), start=2):
            person, name = (row.get("person") or "").strip(), (row.get("path") or "").strip()
            if not person or not name:
                raise GalleryError(
                    f"{table}: line {number} names no person or no path; the columns are "
                    "person,path"
                )
            if (person, name) not in seen:
                seen.add((person, name))
                self._add(person, name, table.parent / name)


def _rows(table: Path) -> list[dict[str, str]]:
    try:
        with table.open(newline="", encoding="utf-8-sig") as file:
            return list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise GalleryError(f"{table}: cannot be read ({error}); save it as UTF-8 csv") from error


def _no_picture(path: Path) -> str | None:
    """Return why a file is not listed: "" where nobody would take it for a picture; else None.

    What may be a picture and cannot be read is listed, so that it is named with its person.
    """
    try:
        if path.is_symlink() and not path.exists():
            return f"a broken link to {_shown(path.readlink())}"
        if not path.is_file():
            return "not a file"
        if path.suffix.lower() in _PICTURE_SUFFIXES:
            return None
        return None if other_kind(head_of(path)) is None else ""
    except OSError:
        return None


def _shown(name: str | Path) -> str:
    return escaped(os.fspath(name))
