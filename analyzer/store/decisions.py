"""Decisions of examiners as rows that are only added, and the tracks they concern today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.store.case import Case
from analyzer.store.codec import people
from analyzer.store.codec.values import Row, as_json
from analyzer.store.reader import CaseReader
from analyzer.store.records import utc_now
from analyzer.store.transaction import Transaction
from analyzer.types import SAME_BOX_IOU, Anchor, Box, Decision, Grouping, GroupingAction, Review


@dataclass(frozen=True, slots=True)
class Fit:
    """The track that an anchor belongs to today, or in words why there is none."""

    track_id: str | None
    reason: str | None = None


def add_review(
    case: Case,
    by: str,
    person: str,
    decision: Decision,
    note: str | None,
    anchor: Anchor,
    undoes: int | None = None,
) -> int:
    """Record a review, as of now, and return its number; one may take back another."""
    said = {"by": by, "person": person, "decision": decision, "note": note, "undoes": undoes}
    action = "review" if undoes is None else "undo of a review"
    with case.record(action, {**said, "track": anchor.track_id}, "decisions") as tx:
        seq = append_decision(tx, "reviews", {"at": utc_now(), **said, **people.ANCHOR.row(anchor)})
        tx.detail["review"] = seq
    return seq


def add_grouping(
    case: Case,
    by: str,
    action: GroupingAction,
    names: Sequence[str],
    groups: Sequence[Sequence[Anchor]],
    note: str | None,
    undoes: int | None = None,
) -> int:
    """Record a merge, a split or an undo, as of now, and return its number."""
    said = {"by": by, "note": note, "undoes": undoes}
    tracks = [[anchor.track_id for anchor in group] for group in groups]
    detail = {**said, "names": list(names), "tracks": tracks}
    with case.record(f"{action} of unknowns", detail, "decisions") as tx:
        written = {"names": as_json(list(names)), "groups": people.groups_json(groups)}
        row = {"at": utc_now(), "action": action, **said, **written}
        tx.detail["grouping"] = seq = append_decision(tx, "groupings", row)
    return seq


def append_decision(tx: Transaction, table: str, row: Row) -> int:
    """Append ``row`` with the next number, which is returned."""
    last = tx.db.execute(f"SELECT coalesce(max(seq), 0) FROM {table}").fetchone()[0]
    tx.insert(table, [{"seq": last + 1, **row}])
    return int(last) + 1


def reviews_in(reader: CaseReader) -> tuple[Review, ...]:
    """Return every review of the case, oldest first."""
    return tuple(map(people.REVIEW.value, reader.rows("reviews")))


def reviews_of(reader: CaseReader, track_id: str) -> tuple[Review, ...]:
    """Return the reviews that hold for a track as it is today, oldest first."""
    where = "seq IN (SELECT seq FROM review_tracks WHERE track_id = ?)"
    return tuple(map(people.REVIEW.value, reader.rows("reviews", where, [track_id])))


def seen_together(reader: CaseReader, one: str, other: str) -> bool:
    """Whether two tracks are in view at one moment of one video: they may be two people."""
    return bool(reader.select(_TOGETHER, [one, other]))


_TOGETHER = """
SELECT 1 FROM track_observations a JOIN track_observations b ON b.pts = a.pts
JOIN tracks t ON t.id = a.track_id JOIN tracks u ON u.id = b.track_id
WHERE a.track_id = ? AND b.track_id = ? AND t.video_sha256 = u.video_sha256 LIMIT 1
"""


def groupings_in(reader: CaseReader) -> tuple[Grouping, ...]:
    """Return every merge, split and undo of the case, oldest first."""
    return tuple(map(people.GROUPING.value, reader.rows("groupings")))


def anchor_of(reader: CaseReader, track_id: str) -> Anchor | None:
    """Return what ties a decision on a track to the footage; None when there is no such track.

    The best face, and for a track without a stored face the box in the middle of it.
    """
    found = reader.select(_BEST_FACE, [track_id]) or reader.select(_MIDDLE, [track_id] * 2)
    return people.ANCHOR.value(found[0]) if found else None


_BEST_FACE = """
SELECT t.video_sha256, f.pts, 'face' AS kind, f.x, f.y, f.w, f.h, t.t_start, t.t_end,
       t.id AS track_id, f.id AS face_id
FROM tracks t JOIN faces f ON f.id = t.best_face_id WHERE t.id = ?
"""

_BOX = """
       CASE WHEN o.face_x IS NULL THEN 'person' ELSE 'face' END AS kind,
       coalesce(o.face_x, o.body_x) AS x, coalesce(o.face_y, o.body_y) AS y,
       coalesce(o.face_w, o.body_w) AS w, coalesce(o.face_h, o.body_h) AS h,
"""

_MIDDLE = f"""
SELECT t.video_sha256, o.pts, {_BOX} t.t_start, t.t_end, t.id AS track_id, NULL AS face_id
FROM tracks t JOIN track_observations k ON k.track_id = t.id
JOIN observations o ON o.tracklet_id = k.tracklet_id AND o.pts = k.pts
WHERE t.id = ? ORDER BY o.pts
LIMIT 1 OFFSET (SELECT count(*) / 2 FROM track_observations WHERE track_id = ?)
"""

_AT_MOMENT = """
SELECT t.id, t.t_start, t.t_end, o.{kind}_x, o.{kind}_y, o.{kind}_w, o.{kind}_h
FROM tracks t JOIN track_observations k ON k.track_id = t.id AND k.pts = ?
JOIN observations o ON o.tracklet_id = k.tracklet_id AND o.pts = k.pts
WHERE t.video_sha256 = ? AND o.{kind}_x IS NOT NULL ORDER BY t.number
"""


def fit_of(reader: CaseReader, anchor: Anchor) -> Fit:
    """Return the track of today that shows at the anchor's moment and place what was decided on."""
    kind = "face" if anchor.kind == "face" else "body"
    rows = reader.select(_AT_MOMENT.format(kind=kind), [anchor.pts, anchor.video_sha256])
    keys = [f"{kind}_{key}" for key in "xywh"]
    overlaps = [(anchor.box.iou(Box(*(row[key] for key in keys))), row) for row in rows]
    near = [pair for pair in overlaps if pair[0] >= SAME_BOX_IOU]
    if not near:
        return Fit(None, f"nobody is followed any more where {anchor.track_id} was")
    row = max(near, key=lambda pair: pair[0])[1]
    if not anchor.covers(row["t_start"], row["t_end"]):
        return Fit(
            None,
            f"{row['id']} now lasts from {row['t_start']:.1f} to {row['t_end']:.1f} s, longer than "
            f"the {anchor.t_start:.1f} to {anchor.t_end:.1f} s that were decided on; look again",
        )
    return Fit(row["id"])
