"""Measurement of gallery pictures: each is hashed, checked for quality and embedded once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from analyzer.config import EmbeddingSettings
from analyzer.detection.protocol import Detector
from analyzer.faces.crops import face_jpeg
from analyzer.faces.embedders import FaceEmbedder
from analyzer.faces.landmarks import Landmarker
from analyzer.faces.quality import assess_quality, shortcomings
from analyzer.file_names import composed, escaped
from analyzer.gallery.index import Index, PictureDecision, Reading, load_index
from analyzer.gallery.sources import Listed, list_pictures
from analyzer.types import GalleryFace
from analyzer.video.pictures import decode_picture

SECOND_FACE_RATIO = 0.4
"""A second face of at least this share of the largest face's height makes a picture ambiguous.
Smaller ones are people in the background of a portrait, or false detections on a badge."""

LEAST_EYE_PX, LEAST_SHARPNESS = 20.0, 16.0
"""Quality floors of gallery pictures. Each takes part in every comparison, so it must be better
than a face of footage: two blurred pictures of different people match in 7 of 100 cases, a blurred
and a sharp one in 2 of 1,000 (models/identity/CARD.md)."""


@dataclass(slots=True)
class Reader:
    """Measuring pipeline of gallery pictures; ``floors`` are those of a run, or stricter."""

    detector: Detector
    embedder: FaceEmbedder
    floors: EmbeddingSettings = field(default_factory=EmbeddingSettings)
    _landmarker: Landmarker | None = None

    def __post_init__(self) -> None:
        self.floors = replace(
            self.floors,
            min_eye_px=max(self.floors.min_eye_px, LEAST_EYE_PX),
            min_sharpness=max(self.floors.min_sharpness, LEAST_SHARPNESS),
        )

    @property
    def key(self) -> str:
        """Identifier of everything that a reading depends on besides the picture."""
        floors = self.floors
        limits = (floors.min_eye_px, floors.max_yaw, floors.max_pitch, floors.min_sharpness)
        return f"{self.detector.name} {self.embedder.fingerprint} {limits}"

    def read(self, data: bytes) -> Reading:
        """Return the measurements of the picture file with the contents ``data``."""
        picture = decode_picture(data)
        if picture is None:
            return Reading("not a picture that can be read; save it as JPEG or PNG")
        found = sorted(self.detector.detect(picture), key=lambda face: -face.box.area)
        if not found:
            return Reading("no face found; use a sharper or larger portrait")
        likely = [face for face in found if face.box.h > SECOND_FACE_RATIO * found[0].box.h]
        if len(likely) > 1:
            return Reading(f"shows {len(likely)} faces; crop it to the person")
        face = found[0]
        if face.landmarks is None:
            self._landmarker = self._landmarker or Landmarker()
            face = self._landmarker.complete(picture, face)
        assert face.landmarks is not None
        quality = assess_quality(picture, face.box, face.landmarks)
        short = shortcomings(quality, self.floors)
        if short:
            return Reading(f"insufficient quality: {', '.join(short)}", face.box, quality)
        embedding = self.embedder.embed(picture, face.box, face.landmarks)
        return Reading(None, face.box, quality, embedding)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One listed picture with what is known about it.

    ``sha256`` is empty if it cannot be read; ``copy_of`` names a picture of the same person with
    the same contents.
    """

    listed: Listed
    sha256: str
    data: bytes
    reading: Reading
    decision: PictureDecision | None
    copy_of: str | None = None

    @property
    def aside(self) -> str | None:
        """The reason why the picture is not used, or None."""
        if self.copy_of is not None:
            return f"the same file as {self.copy_of}"
        if self.reading.reason is not None:
            return self.reading.reason
        if self.decision is not None and not self.decision.used:
            return self.decision.reason or "set aside"
        return None


def read_entries(source: Path, reader: Reader, index: Index) -> tuple[Entry, ...]:
    """Return every picture of the gallery; missing readings are measured and put into ``index``.

    A picture that cannot be read, or shows no face or several, does not stop the others. Raises
    GalleryError if there is no such gallery or no picture in it.
    """
    entries = []
    first: dict[tuple[str, str], str] = {}
    for listed in list_pictures(source):
        entry = _entry(listed, reader, index)
        name = first.setdefault((listed.person, entry.sha256), listed.name)
        if entry.sha256 and name != listed.name:
            entry = replace(entry, copy_of=name)
        entries.append(entry)
    return tuple(entries)


def _entry(listed: Listed, reader: Reader, index: Index) -> Entry:
    try:
        data = listed.path.read_bytes()
    except OSError as error:
        return Entry(listed, "", b"", Reading(f"cannot be read ({error.strerror})"), None)
    digest = hashlib.sha256(data).hexdigest()
    reading = index.readings.get((digest, reader.key))
    if reading is None:
        reading = index.readings[digest, reader.key] = reader.read(data)
    return Entry(
        listed, digest, data, reading, index.decisions.get((composed(listed.person), digest))
    )


def load_gallery(
    source: Path,
    detector: Detector,
    embedder: FaceEmbedder,
    floors: EmbeddingSettings | None = None,
) -> tuple[GalleryFace, ...]:
    """Return the pictures of a gallery for a run: used with their embedding, or set aside.

    ``source`` is a folder or a CSV (see ``list_pictures``) and is only read: decisions and
    embeddings of its index are used, and nothing is written. Raises GalleryError like
    ``read_entries`` and ``load_index``.
    """
    reader = Reader(detector, embedder, floors or EmbeddingSettings())
    entries = read_entries(source, reader, load_index(source))
    return tuple(_face(entry, embedder.name) for entry in entries)


def _face(entry: Entry, embedder: str) -> GalleryFace:
    listed, reading, reason = entry.listed, entry.reading, entry.aside
    if reason is not None or reading.box is None:
        return GalleryFace(
            listed.person, escaped(str(listed.path)), entry.sha256, "set aside", reason
        )
    picture = decode_picture(entry.data)
    assert picture is not None
    return GalleryFace(
        person=listed.person,
        path=escaped(str(listed.path)),
        sha256=entry.sha256,
        status="used",
        jpeg=face_jpeg(picture, reading.box),
        embedder=embedder,
        embedding=reading.embedding,
    )


def fingerprint(faces: Iterable[GalleryFace]) -> str:
    """Return a SHA-256 that changes with any name, picture, status or embedder, not with paths."""
    lines = sorted(f"{f.person}\0{f.sha256}\0{f.status}\0{f.embedder}" for f in faces)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
