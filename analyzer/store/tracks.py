"""Finds the track that a person means when they type its name."""

from __future__ import annotations

from typing import Any

from analyzer.errors import UsageError
from analyzer.store.reader import CaseReader

_LISTED = 5

_NAMED = """
SELECT t.id, f.path FROM tracks t LEFT JOIN files f ON f.sha256 = t.video_sha256
WHERE t.id = ? OR 'T' || t.number = ? ORDER BY f.path, t.id
"""


def find_track(reader: CaseReader, text: str) -> str:
    """Return the id of the track called ``text``.

    An id as the tables have it, a number as reports show it (T3) where only one video has such a
    track, or FILE:T3 with the path of the video or the last parts of it. Raises UsageError for none
    or several.
    """
    path, _, number = text.rpartition(":")
    found = reader.select(_NAMED, [text, number])
    exact = [row for row in found if row["id"] == text]
    if not exact and path:
        exact = [row for row in found if f"/{row['path'] or ''}".endswith(f"/{path}")]
    matching = _one_a_track(exact or ([] if path else found))
    if not matching:
        raise UsageError(
            f"{reader.folder}: no track {text}; give its id, T3, or FILE:T3 as the report shows it"
        )
    if len(matching) > 1:
        known = "; ".join(f"{row['id']} in {row['path']}" for row in matching[:_LISTED])
        raise UsageError(f"{text} is a track of {len(matching)} videos: {known}; give one id")
    return str(matching[0]["id"])


def _one_a_track(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the first row of each track: a recording may lie at several paths."""
    return list({row["id"]: row for row in reversed(rows)}.values())[::-1]
