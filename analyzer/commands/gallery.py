"""Use cases of `analyzer gallery`: a folder of known persons is listed, checked and changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.config import load_settings
from analyzer.detection.registry import make_face_detector
from analyzer.faces.calibration import calibration_of
from analyzer.faces.embedders import make_face_embedder
from analyzer.gallery import manage, sources
from analyzer.gallery.measure import Entry, Reader
from analyzer.models.registry import load_registry


@dataclass(frozen=True, slots=True, eq=False)
class GalleryListing:
    """Pictures of a gallery, used or set aside; ``notes`` name what was passed over."""

    source: Path
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return {
            "gallery": str(self.source),
            "people": sorted({e.listed.person for e in self.entries if e.aside is None}),
            "pictures": [_picture(entry) for entry in self.entries],
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True, eq=False)
class GalleryCheck:
    """A gallery after a check. ``findings`` hold person, path, kind, reason and other picture."""

    listing: GalleryListing
    findings: tuple[dict[str, Any], ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return self.listing.as_dict() | {"findings": list(self.findings)}


def add_pictures(
    source: Path, person: str, pictures: Sequence[Path], config: Path | None = None
) -> GalleryListing:
    """Copy ``pictures`` of ``person`` into the gallery; see ``gallery.manage`` for errors."""
    return GalleryListing(source, manage.add_pictures(source, person, pictures, _reader(config)))


def list_gallery(source: Path, config: Path | None = None) -> GalleryListing:
    """Return every picture of the gallery; nothing is written."""
    entries = manage.show_gallery(source, _reader(config))
    return GalleryListing(source, entries, sources.list_gallery(source).notes)


def remove_pictures(
    source: Path, person: str, names: Sequence[str], reason: str, config: Path | None = None
) -> GalleryListing:
    """Set pictures of ``person`` aside, all of them if ``names`` is empty."""
    done = manage.remove_pictures(source, person, names, reason, _reader(config))
    return GalleryListing(source, done)


def check_gallery(source: Path, config: Path | None = None, *, write: bool) -> GalleryCheck:
    """Find pictures that cannot be right or are of no use, and with ``write`` set them aside."""
    reader = _reader(config)
    done = manage.check_gallery(source, reader, calibration_of(reader.embedder.name), write=write)
    told: list[tuple[str | None, ...]] = []
    for entry in done.entries:
        if entry.copy_of is not None or entry.reading.reason is not None:
            kind = "duplicate" if entry.copy_of else "of no use"
            listed = entry.listed
            told.append((listed.person, listed.name, kind, entry.aside, entry.copy_of))
    told += [(f.person, f.name, f.kind, f.reason, f.other) for f in done.findings]
    columns = ("person", "path", "kind", "reason", "other")
    findings = tuple(dict(zip(columns, row, strict=True)) for row in told)
    return GalleryCheck(GalleryListing(source, done.entries), findings)


def _reader(config: Path | None) -> Reader:
    settings = load_settings(config)
    installed = load_registry().installed
    return Reader(
        make_face_detector(settings.faces, installed),
        make_face_embedder(settings.embedding, installed),
        settings.embedding,
    )


def _picture(entry: Entry) -> dict[str, Any]:
    quality = entry.reading.quality
    return {
        "person": entry.listed.person,
        "path": entry.listed.name,
        "sha256": entry.sha256 or None,
        "status": "used" if entry.aside is None else "set aside",
        "reason": entry.aside,
        "decided_by": None if entry.decision is None else entry.decision.by,
        "quality": None if quality is None else round(quality.score, 3),
        "eye_px": None if quality is None else round(quality.eye_px, 1),
    }
