"""Changes to a gallery: add, check, remove. Pictures are copied in and never deleted."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer.errors import GalleryError, UsageError
from analyzer.faces.calibration import Calibration
from analyzer.file_names import composed, escaped
from analyzer.gallery.check import Finding, UsablePicture, find_faults
from analyzer.gallery.index import PictureDecision, load_index, save_index
from analyzer.gallery.measure import Entry, Reader, read_entries
from analyzer.gallery.sources import PICTURES, require_free_name
from analyzer.video.pictures import decode_picture


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """The pictures of a gallery after a check, and the findings of the check."""

    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]


def show_gallery(source: Path, reader: Reader) -> tuple[Entry, ...]:
    """Return every picture with what is known about it; nothing is written."""
    return read_entries(source, reader, load_index(source))


def add_pictures(
    source: Path, person: str, pictures: Sequence[Path], reader: Reader
) -> tuple[Entry, ...]:
    """Copy ``pictures`` into the folder of ``person`` and return them as the gallery now has them.

    A picture that is already there is used again if it was set aside, and ``check`` does not set it
    aside again: the examiner has decided. Raises, with nothing copied, UsageError for a CSV, for a
    file that is not a picture or a name that cannot be a folder, and GalleryError for a picture
    that cannot be read.
    """
    if source.is_file():
        raise UsageError(f"{source}: add a line person,path to the csv instead")
    if not person.strip() or person.startswith(".") or Path(person).name != person:
        raise UsageError(f"{person!r}: cannot be the name of a folder; give the person's name")
    require_free_name(person, str(source))
    digests = {path: _digest(path) for path in pictures}
    strange = [path for path in pictures if decode_picture(path.read_bytes()) is None]
    if strange:
        raise UsageError(f"{strange[0]}: not a picture; convert it to {PICTURES}")
    folder = _folder_of(source, person)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        index = load_index(source)
        own = {_digest(path): path for path in sorted(folder.iterdir()) if path.is_file()}
        for path, digest in digests.items():
            if digest not in own:
                own[digest] = _copy(path, folder)
            elif (composed(person), digest) in index.decisions:
                used = PictureDecision(True, "examiner", None)
                index.decisions[composed(person), digest] = used
    except OSError as error:
        raise GalleryError(
            f"{folder}: cannot be written ({error.strerror}); copy the gallery to a folder of yours"
        ) from error
    entries = read_entries(source, reader, index)
    save_index(source, index)
    wanted = set(digests.values())
    return tuple(e for e in _of(person, entries) if e.sha256 in wanted)


def check_gallery(source: Path, reader: Reader, calibration: Calibration, write: bool) -> Checked:
    """Find pictures that contradict one another, and with ``write`` set them aside.

    Decisions of an earlier check are made again; decisions of the examiner hold.
    """
    index = load_index(source)
    index.decisions = {k: d for k, d in index.decisions.items() if d.by == "examiner"}
    entries = read_entries(source, reader, index)
    usable = [entry for entry in entries if entry.aside is None]
    findings = find_faults([_picture(entry) for entry in usable], calibration)
    faults = {(finding.person, finding.name): finding for finding in findings}
    for entry in usable:
        finding = faults.get((entry.listed.person, entry.listed.name))
        if finding is not None:
            key = (composed(entry.listed.person), entry.sha256)
            index.decisions[key] = PictureDecision(False, "check", finding.reason)
    if write:
        save_index(source, index)
    return Checked(read_entries(source, reader, index), findings)


def remove_pictures(
    source: Path, person: str, names: Sequence[str], reason: str, reader: Reader
) -> tuple[Entry, ...]:
    """Set pictures of ``person`` aside, all of them if ``names`` is empty; files stay.

    ``names`` are as the gallery lists them, or file names. Raises UsageError for an unknown name,
    with nothing changed.
    """
    index = load_index(source)
    own = _of(person, read_entries(source, reader, index))
    if not own:
        raise UsageError(f"{source}: nobody called {person!r}; see `analyzer gallery list`")
    chosen = [e for e in own if not names or {e.listed.name, e.listed.path.name} & set(names)]
    known = {name for e in own for name in (e.listed.name, e.listed.path.name)}
    missing = [name for name in names if name not in known]
    if missing:
        raise UsageError(
            f"{source}: {person} has no picture {missing[0]}; see `analyzer gallery list`"
        )
    for entry in chosen:
        index.decisions[composed(person), entry.sha256] = PictureDecision(False, "examiner", reason)
    save_index(source, index)
    after = read_entries(source, reader, index)
    names_now = {entry.listed.name for entry in chosen}
    return tuple(e for e in _of(person, after) if e.listed.name in names_now)


def _of(person: str, entries: Iterable[Entry]) -> list[Entry]:
    """Return the pictures of ``person``, in whichever form the name is typed."""
    return [e for e in entries if composed(e.listed.person) == composed(person)]


def _folder_of(source: Path, person: str) -> Path:
    """Return the folder of ``person``, the one that is there if its name is stored otherwise."""
    there = (entry.name for entry in source.iterdir()) if source.is_dir() else ()
    same = (name for name in there if composed(escaped(name)) == composed(person))
    return source / next(same, person)


def _picture(entry: Entry) -> UsablePicture:
    quality, vector = entry.reading.quality, entry.reading.embedding
    assert quality is not None
    assert vector is not None
    kept = entry.decision is not None and entry.decision.used
    listed = entry.listed
    return UsablePicture(listed.name, listed.person, vector, quality.eye_px, kept)


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise GalleryError(
            f"{path}: cannot be read ({error.strerror}); check the path and its permissions"
        ) from error


def _copy(path: Path, folder: Path) -> Path:
    """Copy ``path`` into ``folder`` under its name, or with a number if that is taken."""
    target, number = folder / path.name, 2
    while target.exists():
        target = folder / f"{path.stem}-{number}{path.suffix}"
        number += 1
    shutil.copyfile(path, target)
    return target
