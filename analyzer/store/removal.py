"""Faces and bodies to remove from a case: of a person, of videos, of old recordings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from analyzer.store.codec.values import Row
from analyzer.store.reader import CaseReader


@dataclass(frozen=True, slots=True)
class Removal:
    """What is removed: rows of ``faces`` and ``bodies`` with their crops, and gallery pictures.

    ``looks`` counts the vectors among the bodies, ``images`` are SHA-256 of all crops.
    """

    what: str
    videos: tuple[str, ...]
    tracklets: tuple[str, ...]
    people: tuple[str, ...]
    faces: int
    embeddings: int
    bodies: int
    looks: int
    gallery_pictures: int
    images: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON: names of videos, and counts."""
        return {
            "what": self.what,
            "faces": self.faces,
            "embeddings": self.embeddings,
            "bodies": self.bodies,
            "looks": self.looks,
            "gallery_pictures": self.gallery_pictures,
            "videos": list(self.videos),
        }


def tracklets_of_person(reader: CaseReader, name: str) -> list[str]:
    """Return the ids of the tracklets of all tracks that are filed under ``name``."""
    return [row["tracklet_id"] for row in reader.select(_OF_PERSON, [name])]


_OF_PERSON = """
SELECT k.tracklet_id FROM track_tracklets k JOIN appearances a ON a.track_id = k.track_id
WHERE a.person = ? ORDER BY k.tracklet_id
"""


def tracklets_of_video(reader: CaseReader, sha256: str) -> list[str]:
    """Return the ids of all tracklets of a video."""
    return [row["id"] for row in reader.select(_OF_VIDEO, [sha256])]


_OF_VIDEO = """
SELECT k.id FROM tracklets k JOIN segments s ON s.id = k.segment_id WHERE s.video_sha256 = ?
"""


def names_filed(reader: CaseReader) -> list[str]:
    """Return every name under which somebody appears, or stands in the gallery."""
    filed = reader.select("SELECT DISTINCT person FROM appearances WHERE person IS NOT NULL")
    return sorted({*reader.people(), *(row["person"] for row in filed)})


def recorded_before(reader: CaseReader, day: date) -> list[str]:
    """Return the videos recorded before ``day``; analysed before, where that is not known."""
    return sorted(row["sha256"] for row in reader.select(_RECORDED, [day.isoformat()]))


_RECORDED = """
SELECT v.sha256 FROM videos v JOIN files f ON f.sha256 = v.sha256 JOIN runs r ON r.id = f.run_id
GROUP BY v.sha256 HAVING substr(coalesce(v.wall_start, min(r.started_at)), 1, 10) < ?
"""


def removal_of(
    reader: CaseReader, what: str, tracklets: Sequence[str], people: Sequence[str]
) -> Removal:
    """Return what goes with the pictures of ``tracklets`` and the gallery's ``people``."""
    faces = _each(reader, _FACES, tracklets)
    bodies = _each(reader, _BODIES, tracklets)
    pictures = _each(reader, _PICTURES, people)
    segments = {key.rpartition(":")[0] for key in tracklets}
    return Removal(
        what=what,
        videos=tuple(sorted({row["video_sha256"] for row in _each(reader, _VIDEO, segments)})),
        tracklets=tuple(tracklets),
        people=tuple(people),
        faces=len(faces),
        embeddings=sum(row["embedded"] for row in faces + pictures),
        bodies=len(bodies),
        looks=sum(row["looked"] for row in bodies),
        gallery_pictures=len(pictures),
        images=tuple(sorted({row["image"] for row in faces + bodies + pictures if row["image"]})),
    )


def _each(reader: CaseReader, sql: str, keys: Iterable[str]) -> list[Row]:
    return [row for key in keys for row in reader.select(sql, [key])]


_FACES = "SELECT image, embedding IS NOT NULL AS embedded FROM faces WHERE tracklet_id = ?"
_BODIES = "SELECT image, look IS NOT NULL AS looked FROM bodies WHERE tracklet_id = ?"
_PICTURES = "SELECT image, embedding IS NOT NULL AS embedded FROM gallery_faces WHERE person = ?"
_VIDEO = "SELECT video_sha256 FROM segments WHERE id = ?"
