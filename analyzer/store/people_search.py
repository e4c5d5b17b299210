"""Pictures of bodies as a search finds them: which tracks fit a description, and what is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.store.codec.values import Row, vector_of
from analyzer.store.images import BODIES_NAME, picture_name
from analyzer.store.left_out import is_left_out
from analyzer.store.places import Places
from analyzer.store.reader import CaseReader
from analyzer.types import Description


@dataclass(frozen=True, slots=True)
class FoundBody:
    """One track by its most similar picture, or by its best one where nothing was compared.

    ``similarity`` and ``probability`` are None where nothing was compared; ``picture`` is a path
    inside the case, None where no picture is kept. ``wall_time`` is that of the picture.
    """

    rank: int
    similarity: float | None
    probability: float | None
    body_id: str
    track_id: str
    person: str | None
    status: str
    group: str | None
    upper: str | None
    lower: str | None
    camera: str | None
    video_path: str | None
    video_sha256: str
    pts: int
    t: float
    wall_time: str | None
    height_px: float
    picture: str | None


class PeopleSearch:
    """Tells whether tracks fit a description; each video's clock and camera is read once."""

    def __init__(self, reader: CaseReader, wish: Description) -> None:
        self._reader = reader
        self._wish = wish
        self._places = Places(reader)

    def best_bodies(self) -> Iterator[str]:
        """Yield the best picture of every track, those whose clothes are told surest first."""
        for row in self._reader.iterate(_BEST):
            yield row["id"]

    def found(self, body: str, rank: int, similarity: float | None) -> FoundBody | None:
        """Return picture ``body`` as it is shown, or None where its track does not fit."""
        rows = self._reader.select(_BODY, [body])
        if not rows or rows[0]["track_id"] is None or not self._fits(rows[0]):
            return None
        row = rows[0]
        camera, wall_time = self._places.told(row["video_sha256"], row["t"])
        image = row.pop("image")
        for key in ("t_start", "t_end"):
            del row[key]
        return FoundBody(
            rank=rank,
            similarity=similarity,
            probability=None,
            camera=camera,
            wall_time=wall_time,
            picture=picture_name(image, BODIES_NAME) if image else None,
            **row,
        )

    def fits(self, track: str | None) -> bool:
        """Say whether a track fits the description; a picture without a track fits none."""
        if self._wish.anybody or track is None:
            return self._wish.anybody
        return any(self._fits(row) for row in self._reader.select(_TRACK, [track]))

    def _fits(self, row: Row) -> bool:
        wish = self._wish
        if not (_shows(row["upper"], wish.upper) and _shows(row["lower"], wish.lower)):
            return False
        return self._places.fits(row["video_sha256"], row["t_start"], row["t_end"], wish)


def _shows(told: str | None, wanted: str | None) -> bool:
    return wanted is None or (told is not None and wanted in told.split(" and "))


def looks_of_track(
    reader: CaseReader, track: str, model: str
) -> tuple[list[str], NDArray[np.float32], NDArray[np.float64]]:
    """Return ids, looks (K, D) and qualities (K,) of the pictures of a track, best first."""
    rows = reader.select(_LOOKS, [track, model])
    looks = [vector_of(row["look"]) for row in rows]
    return (
        [row["id"] for row in rows],
        np.stack(looks) if looks else np.zeros((0, 0), np.float32),
        np.array([row["quality"] for row in rows]),
    )


def picture_of(reader: CaseReader, bodies: Iterable[str]) -> bytes:
    """Return the first kept picture among ``bodies``, by id; empty where none is kept."""
    for body in bodies:
        for row in reader.select("SELECT image FROM bodies WHERE id = ?", [body]):
            if row["image"]:
                return reader.picture(row["image"], BODIES_NAME)
    return b""


def best_picture(reader: CaseReader, track: str) -> bytes:
    """Return the best kept picture of the body of a track; empty where none is kept."""
    for row in reader.select(_BEST_OF_TRACK, [track]):
        return reader.picture(row["image"], BODIES_NAME)
    return b""


_BEST_OF_TRACK = f"""
SELECT b.image FROM bodies b JOIN track_tracklets k ON k.tracklet_id = b.tracklet_id
WHERE k.track_id = ? AND b.image <> '' AND NOT {is_left_out("b")}
ORDER BY b.quality DESC, b.id LIMIT 1
"""

_LOOKS = f"""
SELECT b.id, b.look, b.quality FROM bodies b
JOIN track_tracklets k ON k.tracklet_id = b.tracklet_id
WHERE k.track_id = ? AND b.look_model = ? AND b.look IS NOT NULL AND b.quality > 0
      AND NOT {is_left_out("b")}
ORDER BY b.quality DESC, b.id
"""

_BEST = """
SELECT t.best_body_id AS id FROM tracks t LEFT JOIN track_clothing c ON c.track_id = t.id
WHERE t.best_body_id IS NOT NULL
ORDER BY max(coalesce(c.upper_probability, 0), coalesce(c.lower_probability, 0)) DESC, t.id
"""

_TRACK = """
SELECT t.video_sha256, t.t_start, t.t_end, c.upper, c.lower FROM tracks t
LEFT JOIN track_clothing c ON c.track_id = t.id WHERE t.id = ?
"""

_BODY = f"""
SELECT b.id AS body_id, b.pts, b.t, b.height_px, b.image, s.video_sha256, w.track_id, w.person,
       w.status, g.look_group AS "group", c.upper, c.lower, t.t_start, t.t_end,
       (SELECT min(path) FROM files WHERE sha256 = s.video_sha256) AS video_path
FROM bodies b JOIN tracklets k ON k.id = b.tracklet_id JOIN segments s ON s.id = k.segment_id
LEFT JOIN track_tracklets m ON m.tracklet_id = b.tracklet_id
LEFT JOIN tracks t ON t.id = m.track_id
LEFT JOIN track_people w ON w.track_id = m.track_id
LEFT JOIN track_clothing c ON c.track_id = m.track_id
LEFT JOIN look_group_tracks g ON g.track_id = m.track_id
WHERE b.id = ? AND NOT {is_left_out("b")}
"""
