"""Reference data of a case: the gallery of known people, and the list of cameras."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from analyzer.config import Settings
from analyzer.detection.registry import make_face_detector
from analyzer.faces.embedders import make_face_embedder
from analyzer.gallery.index import load_index
from analyzer.gallery.measure import fingerprint, load_gallery
from analyzer.gallery.sources import list_gallery
from analyzer.models.registry import load_registry
from analyzer.pipeline.clocks import judge_again
from analyzer.pipeline.derive import KnownPeople
from analyzer.pipeline.run_record import RecordedRun
from analyzer.types import GalleryFace
from analyzer.video.cameras import Camera, read_cameras


def require_gallery(folder: Path | None) -> None:
    """Raise GalleryError where ``folder`` is given and is no gallery, before anything is written.

    Its pictures are not read yet.
    """
    if folder is not None:
        list_gallery(folder)
        load_index(folder)


def use_gallery(run: RecordedRun, folder: Path | None, settings: Settings) -> KnownPeople:
    """Return the people of ``folder``, written into the case, or else those already in the case.

    The record of the run names them. Raises GalleryError when ``folder`` cannot be used at all.
    """
    people = _known_people(run, folder, settings)
    run.writer.use_gallery(people.fingerprint)
    return people


def _known_people(run: RecordedRun, folder: Path | None, settings: Settings) -> KnownPeople:
    if not settings.embedding.enabled:
        return KnownPeople((), None, ())
    noted: tuple[str, ...] = ()
    if folder is None:
        with run.case.reader() as reader:
            faces = reader.gallery()
    else:
        noted = list_gallery(folder).notes
        faces = _read(folder, settings)
        run.writer.write_gallery(str(folder), faces)
    aside = [face for face in faces if face.embedding is None]
    notes = [*noted, *(f"{face.person}: {face.path}: set aside, {face.reason}" for face in aside)]
    used = tuple(face for face in faces if face.embedding is not None)
    if faces and not used:
        notes.append("nobody can be compared, since every picture was set aside; add better ones")
    return KnownPeople(used, fingerprint(faces) if faces else None, tuple(notes))


def _read(folder: Path, settings: Settings) -> tuple[GalleryFace, ...]:
    installed = load_registry().installed
    return load_gallery(
        folder,
        make_face_detector(settings.faces, installed),
        make_face_embedder(settings.embedding, installed),
        settings.embedding,
    )


def given_cameras(path: Path | None) -> tuple[Camera, ...]:
    """Return the cameras of the TOML file at ``path``, none without one; raises ConfigError."""
    return () if path is None else read_cameras(path)


def use_cameras(run: RecordedRun, cameras: Sequence[Camera]) -> None:
    """Write the cameras that were given, if any, and settle which clocks count by them.

    Those in the case stay otherwise.
    """
    if cameras:
        run.writer.write_cameras(cameras)
        judge_again(run)
