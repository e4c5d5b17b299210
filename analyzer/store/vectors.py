"""Embeddings of a case, packed per segment for searches that read them all.

The table ``faces`` holds everything known of a face; reading a million embeddings out of it reads
the whole table and hands Python a million rows. ``face_packs`` holds the same numbers again, one
row per segment. Triggers of the schema drop the pack of a segment whenever one of its faces
changes, so that a pack is never out of date and never keeps what was removed from ``faces``.

sqlite-vec was measured against this (benchmarks/search.py) and left out: its search is linear as
well and no faster, and many builds of Python cannot load extensions into SQLite.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.store.case import Case
from analyzer.store.codec.values import Row, vector_of
from analyzer.store.errors import case_errors
from analyzer.store.reader import CaseReader

_EMBEDDED = """
FROM faces f JOIN tracklets k ON k.id = f.tracklet_id
WHERE k.segment_id = ? AND f.embedder = ? AND f.embedding IS NOT NULL ORDER BY f.id
"""

_UNPACKED = """
SELECT id FROM segments s
WHERE NOT EXISTS (SELECT 1 FROM face_packs p WHERE p.segment_id = s.id) ORDER BY id
"""

_EMBEDDERS = """
SELECT DISTINCT f.embedder FROM faces f JOIN tracklets k ON k.id = f.tracklet_id
WHERE k.segment_id = ? AND f.embedding IS NOT NULL ORDER BY f.embedder
"""

NONE = ""
"""The embedder of the empty pack of a segment without embedded faces: it counts as packed."""

_MAPPED_BYTES = 1 << 36
"""How much of the database SQLite may map into memory: reading through its cache takes twice the
time."""


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """The embeddings of one segment, float32 (N, D), in the order of the ids of their faces."""

    segment_id: str
    embeddings: NDArray[np.float32]


def pack_faces(case: Case) -> None:
    """Pack the embeddings of every segment that is not packed yet."""
    with case_errors(case.folder), case.db.atomic():
        for (segment_id,) in case.db.execute(_UNPACKED).fetchall():
            embedders = [name for (name,) in case.db.execute(_EMBEDDERS, [segment_id])]
            for embedder in embedders or [NONE]:
                blobs = case.db.execute(f"SELECT f.embedding {_EMBEDDED}", [segment_id, embedder])
                vectors = [blob for (blob,) in blobs]
                row = {
                    "segment_id": segment_id,
                    "embedder": embedder,
                    "faces": len(vectors),
                    "embeddings": b"".join(vectors),
                }
                case.db.table("face_packs").insert(row)


def packs_in(reader: CaseReader, embedder: str) -> Iterator[Pack]:
    """Yield the packs of embeddings by ``embedder``, one segment at a time."""
    reader.select(f"PRAGMA mmap_size = {_MAPPED_BYTES}")
    sql = (
        "SELECT segment_id, faces, embeddings FROM face_packs WHERE embedder = ? "
        "ORDER BY segment_id"
    )
    for row in reader.iterate(sql, [embedder]):
        vectors = np.frombuffer(row["embeddings"], "<f4").reshape(row["faces"], -1)
        yield Pack(row["segment_id"], vectors)


def faces_of_pack(reader: CaseReader, segment_id: str, embedder: str) -> list[str]:
    """Return the ids of the faces of a pack, in its order."""
    return [row["id"] for row in reader.select(f"SELECT f.id {_EMBEDDED}", [segment_id, embedder])]


def embedder_of_segment(reader: CaseReader, segment_id: str) -> str | None:
    """Return what embedded the faces of a segment; None where none was."""
    found = reader.select(_EMBEDDERS, [segment_id])
    return found[0]["embedder"] if found else None


def embedded_faces(reader: CaseReader) -> dict[str, int]:
    """Return how many faces each embedder embedded, fewest first."""
    return {row["embedder"]: row["faces"] for row in reader.select(_COUNTS)}


_COUNTS = """
SELECT embedder, sum(faces) AS faces FROM face_packs WHERE faces > 0 GROUP BY embedder
ORDER BY faces
"""


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddedFace:
    """One face of a track: float32 (D,) embedding, quality, and the SHA-256 of its crop."""

    id: str
    quality: float
    embedding: NDArray[np.float32]
    image: str


def faces_of_track(reader: CaseReader, track_id: str, embedder: str) -> list[EmbeddedFace]:
    """Return the faces of a track that ``embedder`` embedded, best first."""
    return [
        EmbeddedFace(row["id"], row["quality"], vector_of(row["embedding"]), row["image"])
        for row in reader.select(_OF_TRACK, [track_id, embedder])
    ]


_OF_TRACK = """
SELECT f.id, f.quality, f.embedding, f.image FROM faces f
JOIN track_tracklets k ON k.tracklet_id = f.tracklet_id
WHERE k.track_id = ? AND f.embedder = ? AND f.embedding IS NOT NULL AND f.quality > 0
ORDER BY f.quality DESC, f.id
"""


def face_found(reader: CaseReader, face_id: str) -> Row:
    """Return a face with its video and track, and under whom the track is filed."""
    (row,) = reader.select(_FACE, [face_id])
    return row


_FACE = """
SELECT f.id AS face_id, f.pts, f.t, f.quality, f.eye_px, f.image, s.video_sha256, w.track_id,
       w.person, w.status, (SELECT min(path) FROM files WHERE sha256 = s.video_sha256) AS video_path
FROM faces f JOIN tracklets k ON k.id = f.tracklet_id JOIN segments s ON s.id = k.segment_id
LEFT JOIN track_tracklets m ON m.tracklet_id = f.tracklet_id
LEFT JOIN track_people w ON w.track_id = m.track_id
WHERE f.id = ?
"""
