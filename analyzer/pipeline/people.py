"""The known people of a case: from a gallery folder, or from what the case already holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analyzer.config import Settings
from analyzer.detection.face_detectors import make_face_detector
from analyzer.faces.embedding import make_face_embedder
from analyzer.gallery.measure import fingerprint, load_gallery
from analyzer.models.registry import load_registry
from analyzer.pipeline.run_record import RecordedRun
from analyzer.types import GalleryFace


@dataclass(frozen=True, slots=True, eq=False)
class KnownPeople:
    """Gallery pictures that candidates are computed from; ``fingerprint`` None without a gallery.

    ``notes`` say in a line each which pictures were set aside and why.
    """

    faces: tuple[GalleryFace, ...]
    fingerprint: str | None
    notes: tuple[str, ...]


def known_people(run: RecordedRun, folder: Path | None, settings: Settings) -> KnownPeople:
    """Return the people of ``folder``, written into the case, or else those already in the case.

    Raises GalleryError when ``folder`` cannot be used at all.
    """
    if not settings.embedding.enabled:
        return KnownPeople((), None, ())
    if folder is None:
        with run.case.reader() as reader:
            _, faces = reader.gallery()
    else:
        faces = _read(folder, settings)
        run.writer.write_gallery(str(folder), faces)
    used = tuple(face for face in faces if face.embedding is not None)
    aside = (face for face in faces if face.embedding is None)
    notes = tuple(f"{face.path}: set aside, {face.reason}" for face in aside)
    return KnownPeople(used, fingerprint(faces) if faces else None, notes)


def _read(folder: Path, settings: Settings) -> tuple[GalleryFace, ...]:
    installed = load_registry().installed
    return load_gallery(
        folder,
        make_face_detector(settings.faces, installed),
        make_face_embedder(settings.embedding, installed),
        settings.embedding,
    )
