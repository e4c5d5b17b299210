"""Rows of people: unknown persons, reviews, groupings and verdicts."""

from __future__ import annotations

import json
from collections.abc import Iterator

from analyzer.store.codec.values import Row
from analyzer.types import Anchor, Box, Grouping, Review, Unknown, Verdict


def unknown_row(unknown: Unknown) -> Row:
    """Return the row of ``clusters``, without its best face."""
    return {"name": unknown.name, "number": unknown.number, "tracks": len(unknown.tracks)}


def member_rows(unknown: Unknown) -> Iterator[Row]:
    """Yield the rows of ``cluster_tracks``."""
    for position, track in enumerate(unknown.tracks):
        yield {"track_id": track, "cluster": unknown.name, "position": position}


def verdict_row(track: str, found: Verdict) -> Row:
    """Return the row of ``verdicts``; ``track`` is an id."""
    return {
        "track_id": track,
        "person": found.person,
        "decision": found.decision,
        "agreed": int(found.agreed),
    }


def anchor_row(anchor: Anchor) -> Row:
    """Return the columns of ``reviews`` that tie a decision to the footage."""
    box = anchor.box
    return {
        "track_id": anchor.track_id,
        "video_sha256": anchor.video_sha256,
        "face_id": anchor.face_id,
        "pts": anchor.pts,
        "kind": anchor.kind,
        **{"x": box.x, "y": box.y, "w": box.w, "h": box.h},
        "t_start": anchor.t_start,
        "t_end": anchor.t_end,
    }


def anchor_of(row: Row) -> Anchor:
    """Return the anchor of a row that has the columns of ``anchor_row``."""
    return Anchor(
        row["video_sha256"],
        row["pts"],
        row["kind"],
        Box(row["x"], row["y"], row["w"], row["h"]),
        row["t_start"],
        row["t_end"],
        row["track_id"],
        row["face_id"],
    )


def review_of(row: Row) -> Review:
    """Return the review of a row of ``reviews``."""
    return Review(
        row["seq"],
        row["at"],
        row["by"],
        row["person"],
        row["decision"],
        row["note"],
        anchor_of(row),
    )


def grouping_of(row: Row) -> Grouping:
    """Return the grouping of a row of ``groupings``."""
    return Grouping(
        row["seq"],
        row["at"],
        row["by"],
        row["action"],
        tuple(json.loads(row["names"])),
        row["note"],
        tuple(tuple(map(anchor_of, group)) for group in json.loads(row["groups"])),
        row["undoes"],
    )
