"""Bookmarks of moments, as rows that are only added."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.store.case import Case
from analyzer.store.decisions import append_decision
from analyzer.store.reader import CaseReader
from analyzer.store.records import utc_now


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A moment of a video that ``by`` marked; ``undoes`` names one that this row takes back."""

    seq: int
    at: str
    by: str
    video_sha256: str
    t: float
    track_id: str | None
    note: str | None
    undoes: int | None = None


def add_bookmark(
    case: Case, by: str, video: str, t: float, track: str | None, note: str | None,
    undoes: int | None = None,
) -> int:  # fmt: skip
    """Record a bookmark, or with ``undoes`` that one is taken back, and return its number."""
    row = {"by": by, "video_sha256": video, "t": t, "track_id": track, "note": note}
    action = "bookmark" if undoes is None else "undo of a bookmark"
    with case.record(action, {**row, "undoes": undoes}, "bookmarks") as tx:
        values = {"at": utc_now(), **row, "undoes": undoes}
        tx.detail["bookmark"] = seq = append_decision(tx, "bookmarks", values)
    return seq


def bookmarks_in(reader: CaseReader) -> tuple[Bookmark, ...]:
    """Return the bookmarks that stand, oldest first."""
    found = [Bookmark(**row) for row in reader.rows("bookmarks")]
    undone = {mark.undoes for mark in found}
    return tuple(mark for mark in found if mark.undoes is None and mark.seq not in undone)
