"""Track names as a person types them, resolved to ids."""

from __future__ import annotations

from analyzer.errors import UsageError
from analyzer.store.reader import CaseReader
from analyzer.store.videos import find_video

_LISTED = 5

_NAMED = """
SELECT t.id, t.video_sha256, (SELECT min(path) FROM files WHERE sha256 = t.video_sha256) AS path
FROM tracks t WHERE 'T' || t.number = ? ORDER BY path, t.id
"""


def find_track(reader: CaseReader, text: str) -> str:
    """Return the id of the track called ``text``.

    A number as reports show it (T3) where only one video has such a track, or VIDEO:T3 with the
    video as for ``find_video``; so an id of the tables is a name too. Raises UsageError for none or
    several.
    """
    video, _, number = text.rpartition(":")
    found = reader.select(_NAMED, [number])
    if video:
        sha256 = find_video(reader.known_videos(), video)
        found = [row for row in found if row["video_sha256"] == sha256]
    if not found:
        raise UsageError(
            f"{reader.folder}: no track {text}; give T3, or VIDEO:T3, as the report shows it"
        )
    if len(found) > 1:
        known = "; ".join(f"{row['id']} in {row['path']}" for row in found[:_LISTED])
        raise UsageError(f"{text} is a track of {len(found)} videos: {known}; give one id")
    return str(found[0]["id"])
