"""Vectors of a case, packed per segment for searches that read them all.

The tables ``faces`` and ``bodies`` hold everything known of a picture; reading a million vectors
out of them reads the whole table and hands Python a million rows. ``face_packs`` and ``look_packs``
hold the same numbers again, one row per segment. Triggers of the schema drop the pack of a segment
whenever one of its pictures changes, so that a pack is never out of date and never keeps what was
removed.

sqlite-vec was measured against this (benchmarks/search.py) and left out: its search is linear as
well and no faster, and many builds of Python cannot load extensions into SQLite.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.identity.nearest import Probe, nearest
from analyzer.store.case import Case
from analyzer.store.codec.values import Row, vector_of
from analyzer.store.errors import case_errors
from analyzer.store.left_out import is_left_out
from analyzer.store.reader import CaseReader


@dataclass(frozen=True, slots=True)
class VectorKind:
    """Where the vectors of one kind of picture lie: its table and columns, and those of packs."""

    table: str
    vector: str
    model: str
    packs: str
    packed: str

    @property
    def of_segment(self) -> str:
        """SQL of the pictures of a segment (?) with a vector by a model (?), in order of id."""
        return (
            f"FROM {self.table} f JOIN tracklets k ON k.id = f.tracklet_id WHERE k.segment_id = ? "
            f"AND f.{self.model} = ? AND f.{self.vector} IS NOT NULL ORDER BY f.id"
        )


FACES = VectorKind("faces", "embedding", "embedder", "face_packs", "embeddings")
LOOKS = VectorKind("bodies", "look", "look_model", "look_packs", "looks")

NONE = ""
"""The model of the empty pack of a segment without vectors: it counts as packed."""

_MAPPED_BYTES = 1 << 36
"""How much of the database SQLite may map into memory: reading through its cache takes twice the
time."""


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """The vectors of one segment, float32 (N, D), in the order of the ids of their pictures."""

    segment_id: str
    vectors: NDArray[np.float32]


def pack_vectors(case: Case, kind: VectorKind) -> None:
    """Pack the vectors of every segment that is not packed yet."""
    unpacked = (
        "SELECT id FROM segments s WHERE NOT EXISTS "
        f"(SELECT 1 FROM {kind.packs} p WHERE p.segment_id = s.id) ORDER BY id"
    )
    with case.writing(), case_errors(case.folder), case.db.atomic():
        for (segment_id,) in case.db.execute(unpacked).fetchall():
            models = [name for (name,) in case.db.execute(_models(kind), [segment_id])]
            for model in models or [NONE]:
                blobs = case.db.execute(
                    f"SELECT f.{kind.vector} {kind.of_segment}", [segment_id, model]
                )
                vectors = [blob for (blob,) in blobs]
                row = {
                    "segment_id": segment_id,
                    kind.model: model,
                    kind.table: len(vectors),
                    kind.packed: b"".join(vectors),
                }
                case.db.table(kind.packs).insert(row)


def packs_in(reader: CaseReader, kind: VectorKind, model: str) -> Iterator[Pack]:
    """Yield the packs of vectors by ``model``, one segment at a time."""
    reader.select(f"PRAGMA mmap_size = {_MAPPED_BYTES}")
    sql = (
        f"SELECT segment_id, {kind.table} AS count, {kind.packed} AS vectors FROM {kind.packs} "
        f"WHERE {kind.model} = ? ORDER BY segment_id"
    )
    for row in reader.iterate(sql, [model]):
        vectors = np.frombuffer(row["vectors"], "<f4").reshape(row["count"], -1)
        yield Pack(row["segment_id"], vectors)


def ids_of_pack(reader: CaseReader, kind: VectorKind, segment_id: str, model: str) -> list[str]:
    """Return the ids of the pictures of a pack, in its order."""
    found = reader.select(f"SELECT f.id {kind.of_segment}", [segment_id, model])
    return [row["id"] for row in found]


def by_distance(
    reader: CaseReader, kind: VectorKind, model: str, probe: Probe, first: int
) -> Iterator[tuple[str, float]]:
    """Yield (id, distance) of every picture with a vector by ``model``, the nearest first.

    The ``first`` ones are looked for at once, then four times as many, and so on. Their ids are
    read as they are asked for, which takes longer than to measure the distances.
    """
    ids: dict[str, list[str]] = {}
    stored = vectors_by_model(reader, kind).get(model, 0)
    done, count = 0, first
    while done < stored:
        packs = ((pack.segment_id, pack.vectors) for pack in packs_in(reader, kind, model))
        hits = nearest(probe, packs, min(count, stored))[done:]
        for hit in hits:
            segment = str(hit.key)
            if segment not in ids:
                ids[segment] = ids_of_pack(reader, kind, segment, model)
            yield ids[segment][hit.row], hit.distance
        done, count = done + len(hits), count * 4


def model_of_segment(reader: CaseReader, kind: VectorKind, segment_id: str) -> str | None:
    """Return what made the vectors of a segment; None where there are none."""
    found = reader.select(_models(kind), [segment_id])
    return found[0][kind.model] if found else None


def vectors_by_model(reader: CaseReader, kind: VectorKind) -> dict[str, int]:
    """Return of how many pictures each model made vectors, fewest first."""
    sql = (
        f"SELECT {kind.model} AS model, sum({kind.table}) AS count FROM {kind.packs} "
        f"WHERE {kind.table} > 0 GROUP BY {kind.model} ORDER BY count"
    )
    return {row["model"]: row["count"] for row in reader.select(sql)}


def _models(kind: VectorKind) -> str:
    return (
        f"SELECT DISTINCT f.{kind.model} FROM {kind.table} f "
        "JOIN tracklets k ON k.id = f.tracklet_id "
        f"WHERE k.segment_id = ? AND f.{kind.vector} IS NOT NULL ORDER BY f.{kind.model}"
    )


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


_OF_TRACK = f"""
SELECT f.id, f.quality, f.embedding, f.image FROM faces f
JOIN track_tracklets k ON k.tracklet_id = f.tracklet_id
WHERE k.track_id = ? AND f.embedder = ? AND f.embedding IS NOT NULL AND f.quality > 0
      AND NOT {is_left_out("f")}
ORDER BY f.quality DESC, f.id
"""


def face_found(reader: CaseReader, face_id: str) -> Row:
    """Return a face with its video and track, and under whom the track is filed."""
    (row,) = reader.select(_FACE, [face_id])
    return row


def face_left_out(reader: CaseReader, face_id: str) -> bool:
    """Whether a face lies in a part of the picture that its camera leaves out."""
    return bool(reader.select(_LEFT_OUT, [face_id]))


_LEFT_OUT = f"SELECT 1 FROM faces f WHERE f.id = ? AND {is_left_out('f')}"

_FACE = """
SELECT f.id AS face_id, f.pts, f.t, f.quality, f.eye_px, f.image, s.video_sha256, w.track_id,
       w.person, w.status, (SELECT min(path) FROM files WHERE sha256 = s.video_sha256) AS video_path
FROM faces f JOIN tracklets k ON k.id = f.tracklet_id JOIN segments s ON s.id = k.segment_id
LEFT JOIN track_tracklets m ON m.tracklet_id = f.tracklet_id
LEFT JOIN track_people w ON w.track_id = m.track_id
WHERE f.id = ?
"""
