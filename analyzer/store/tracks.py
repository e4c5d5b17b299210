"""Finds the track that a person means when they type its name."""

from __future__ import annotations

from analyzer.errors import UsageError
from analyzer.store.reader import CaseReader

_LISTED = 5

_NAMED = """
SELECT t.id, (SELECT min(f.path) FROM files f WHERE f.sha256 = t.video_sha256) AS path
FROM tracks t WHERE t.id = ? OR 'T' || t.number = ? ORDER BY path, t.id
"""


def find_track(reader: CaseReader, text: str) -> str:
    """Return the id of the track called ``text``.

    An id as the tables have it, a number as reports show it (T3) where only one video has such a
    track, or FILE:T3 with the end of the path of the video. Raises UsageError for none or several.
    """
    path, _, number = text.rpartition(":")
    found = reader.select(_NAMED, [text, number])
    exact = [row for row in found if row["id"] == text]
    if not exact and path:
        exact = [row for row in found if (row["path"] or "").endswith(path)]
    matching = exact or ([] if path else found)
    if not matching:
        raise UsageError(
            f"{reader.folder}: no track {text}; give its id, T3, or FILE:T3 as the report shows it"
        )
    if len(matching) > 1:
        known = "; ".join(f"{row['id']} in {row['path']}" for row in matching[:_LISTED])
        raise UsageError(f"{text} is a track of {len(matching)} videos: {known}; give one id")
    return str(matching[0]["id"])
