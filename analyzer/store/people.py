"""People of a whole case as derivation left them: unknown persons and verdicts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.store.case import Case
from analyzer.store.codec.people import VERDICT
from analyzer.store.codec.values import vector_of
from analyzer.store.reader import CaseReader
from analyzer.types import Unknown, Verdict


@dataclass(frozen=True, slots=True, eq=False)
class NobodyKnown:
    """A track that was compared and matches nobody, with what tells who it may be.

    ``embeddings`` float32 (K, D), best face first, and their ``qualities`` (K,); ``moments`` are
    the pts at which it is in view.
    """

    track_id: str
    video_sha256: str
    embeddings: NDArray[np.float32]
    qualities: NDArray[np.float64]
    moments: frozenset[int]


_FACES_OF_A_TRACK = 8
"""The best faces of a track that are compared: more only cost time, squared."""

_TRACKS = """
SELECT t.id, t.video_sha256 FROM tracks t JOIN videos v ON v.sha256 = t.video_sha256
WHERE t.identity = 'unknown'
ORDER BY v.wall_start IS NULL, julianday(v.wall_start) + t.t_start / 86400, v.sha256, t.number
"""

_FACES = """
SELECT k.track_id, f.quality, f.embedding FROM faces f
JOIN track_tracklets m ON m.tracklet_id = f.tracklet_id JOIN tracks t ON t.id = m.track_id
JOIN track_observations k ON k.track_id = t.id AND k.pts = f.pts AND k.tracklet_id = f.tracklet_id
WHERE t.identity = 'unknown' AND f.embedder = ? AND f.quality > 0
ORDER BY k.track_id, f.quality DESC, f.id
"""

_MOMENTS = """
SELECT k.track_id, k.pts FROM track_observations k JOIN tracks t ON t.id = k.track_id
WHERE t.identity = 'unknown'
"""


def nobody_known(reader: CaseReader, embedder: str) -> list[NobodyKnown]:
    """Return the tracks with faces by ``embedder`` that match nobody, by first appearance.

    Videos whose clock is known come first, by the time as stored; the others by SHA-256: the order
    never depends on the names of files or on the order in which they were given.
    """
    faces: dict[str, list[tuple[float, bytes]]] = {}
    for row in reader.select(_FACES, [embedder]):
        faces.setdefault(row["track_id"], []).append((row["quality"], row["embedding"]))
    moments: dict[str, set[int]] = {}
    for row in reader.select(_MOMENTS):
        moments.setdefault(row["track_id"], set()).add(row["pts"])
    return [
        _nobody(row["id"], row["video_sha256"], faces[row["id"]], moments[row["id"]])
        for row in reader.select(_TRACKS)
        if row["id"] in faces
    ]


def _nobody(
    track_id: str, video: str, faces: list[tuple[float, bytes]], moments: set[int]
) -> NobodyKnown:
    best = faces[:_FACES_OF_A_TRACK]
    return NobodyKnown(
        track_id,
        video,
        np.stack([vector_of(blob) for _, blob in best]),
        np.array([quality for quality, _ in best]),
        frozenset(moments),
    )


def unknowns_in(reader: CaseReader) -> dict[str, tuple[str, ...]]:
    """Return the tracks of each unknown person, by first appearance; persons by number."""
    found: dict[str, list[str]] = {row["name"]: [] for row in reader.rows("clusters")}
    for member in reader.rows("cluster_tracks"):
        found[member["cluster"]].append(member["track_id"])
    return {name: tuple(tracks) for name, tracks in found.items()}


def write_people(
    case: Case,
    unknowns: Iterable[Unknown],
    fits: Iterable[tuple[int, str]],
    verdicts: Iterable[tuple[str, Verdict]],
) -> None:
    """Write the people of the whole case, in place of what was there.

    ``fits`` are (review, track) for every review that holds; ``verdicts`` are (track, verdict).
    """
    people = list(unknowns)
    with case.record("people derived", {"unknowns": len(people)}, "people") as tx:
        for table in ("cluster_tracks", "clusters", "review_tracks", "verdicts"):
            tx.db.table(table).delete_where()
        for unknown in people:
            name, tracks = unknown.name, unknown.tracks
            tx.insert("clusters", [{"name": name, "number": unknown.number, "tracks": len(tracks)}])
            tx.insert(
                "cluster_tracks",
                (
                    {"track_id": track, "cluster": name, "position": position}
                    for position, track in enumerate(tracks)
                ),
            )
        tx.db.execute(_BEST_FACES)
        tx.insert("review_tracks", ({"seq": seq, "track_id": track} for seq, track in fits))
        tx.insert("verdicts", (VERDICT.row(found, track_id=track) for track, found in verdicts))


_BEST_FACES = """
UPDATE clusters SET best_face_id = (
    SELECT f.id FROM cluster_tracks k JOIN tracks t ON t.id = k.track_id
    JOIN faces f ON f.id = t.best_face_id WHERE k.cluster = clusters.name
    ORDER BY f.quality DESC, f.id LIMIT 1)
"""
