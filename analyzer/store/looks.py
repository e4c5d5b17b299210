"""Looks of a case: tracks with their looks, and the links and groups made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.store.case import Case
from analyzer.store.codec.values import vector_of
from analyzer.store.reader import CaseReader
from analyzer.types import LookGroup, LookLink


@dataclass(frozen=True, slots=True, eq=False)
class StoredLook:
    """A track that has a look, with what tells whose it cannot be.

    ``looks`` float32 (K, D) of its pictures and their ``qualities`` (K,); ``moments`` are the pts
    at which it is in view; ``person`` is whom it is named as, None for nobody.
    """

    track_id: str
    video_sha256: str
    t_start: float
    t_end: float
    person: str | None
    looks: NDArray[np.float32]
    qualities: NDArray[np.float64]
    moments: frozenset[int]


def look_models(reader: CaseReader) -> list[str]:
    """Return what made the looks of the case, the one with most pictures first."""
    sql = (
        "SELECT look_model, count(*) AS n FROM bodies WHERE look IS NOT NULL "
        "GROUP BY look_model ORDER BY n DESC, look_model"
    )
    return [row["look_model"] for row in reader.select(sql)]


def stored_looks(reader: CaseReader, model: str) -> list[StoredLook]:
    """Return the tracks with looks by ``model``, by first appearance as for unknown persons."""
    looks: dict[str, list[tuple[float, bytes]]] = {}
    for row in reader.select(_LOOKS, [model]):
        looks.setdefault(row["track_id"], []).append((row["quality"], row["look"]))
    moments: dict[str, set[int]] = {track: set() for track in looks}
    for row in reader.iterate("SELECT track_id, pts FROM track_observations"):
        if row["track_id"] in moments:
            moments[row["track_id"]].add(row["pts"])
    return [
        StoredLook(
            row["id"],
            row["video_sha256"],
            row["t_start"],
            row["t_end"],
            row["person"],
            np.stack([vector_of(blob) for _, blob in looks[row["id"]]]),
            np.array([quality for quality, _ in looks[row["id"]]]),
            frozenset(moments[row["id"]]),
        )
        for row in reader.select(_TRACKS)
        if row["id"] in looks
    ]


_TRACKS = """
SELECT t.id, t.video_sha256, t.t_start, t.t_end,
       CASE WHEN w.status IN ('candidate', 'confirmed') THEN w.person END AS person
FROM tracks t JOIN videos v ON v.sha256 = t.video_sha256
JOIN track_people w ON w.track_id = t.id
ORDER BY v.wall_start IS NULL, julianday(v.wall_start) + t.t_start / 86400, v.sha256, t.number
"""

_LOOKS = """
SELECT k.track_id, b.quality, b.look FROM bodies b
JOIN track_tracklets m ON m.tracklet_id = b.tracklet_id
JOIN track_observations k
     ON k.track_id = m.track_id AND k.pts = b.pts AND k.tracklet_id = b.tracklet_id
WHERE b.look_model = ? AND b.look IS NOT NULL AND b.quality > 0
ORDER BY k.track_id, b.quality DESC, b.id
"""


def look_groups_in(reader: CaseReader) -> dict[str, tuple[str, ...]]:
    """Return the tracks of each group by appearance, by first appearance; groups by number."""
    found: dict[str, list[str]] = {row["name"]: [] for row in reader.rows("look_groups")}
    for member in reader.rows("look_group_tracks"):
        found[member["look_group"]].append(member["track_id"])
    return {name: tuple(tracks) for name, tracks in found.items()}


def confirmed_groups(reader: CaseReader) -> list[str]:
    """Return the names of the groups of which an examiner said that they are one person."""
    return [row["name"] for row in reader.rows("look_groups", "confirmed = 1")]


def write_looks(case: Case, links: Sequence[LookLink], groups: Iterable[LookGroup]) -> None:
    """Write links and groups of the whole case, in place of those that were there."""
    with case.record("appearances compared", {"links": len(links)}, "people") as tx:
        for table in ("look_links", "look_group_tracks", "look_groups"):
            tx.db.table(table).delete_where()
        tx.insert("look_links", map(asdict, links))
        for group in groups:
            own = {"name": group.name, "number": group.number, "tracks": len(group.tracks)}
            tx.insert("look_groups", [{**own, "confirmed": int(group.confirmed)}])
            members = enumerate(group.tracks)
            tx.insert(
                "look_group_tracks",
                ({"track_id": t, "look_group": group.name, "position": n} for n, t in members),
            )
