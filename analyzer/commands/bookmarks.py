"""Use cases of bookmarks: moments that an examiner marks, lists and takes back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from analyzer.commands.decisions import require_name
from analyzer.custody.manifest import renew_manifest
from analyzer.errors import UsageError
from analyzer.store.bookmarks import add_bookmark, bookmarks_in
from analyzer.store.case import Case
from analyzer.store.reader import CaseReader
from analyzer.store.tracks import find_track
from analyzer.store.videos import find_video


def mark_moment(
    folder: Path, video: str, t: float, track: str | None, by: str, note: str | None = None
) -> int:
    """Mark second ``t`` of ``video`` for ``by``; return the number of the bookmark.

    Raises UsageError for an unknown video or track.
    """
    require_name(by)
    with Case.open(folder, create=False, check=False, brief=True) as case:
        with case.reader() as reader:
            sha256 = find_video(reader.known_videos(), video)
            track = None if track is None else find_track(reader, track)
        seq = add_bookmark(case, by, sha256, t, track, note)
        renew_manifest(case)
    return seq


def undo_bookmark(folder: Path, seq: int, by: str) -> int:
    """Take back the bookmark ``seq`` of ``by``; UsageError where there is none of theirs."""
    require_name(by)
    with Case.open(folder, create=False, check=False, brief=True) as case:
        with case.reader() as reader:
            own = [mark for mark in bookmarks_in(reader) if (mark.seq, mark.by) == (seq, by)]
        if not own:
            raise UsageError(f"{folder}: no bookmark {seq} by {by}")
        (old,) = own
        done = add_bookmark(case, by, old.video_sha256, old.t, old.track_id, None, old.seq)
        renew_manifest(case)
    return done


def list_bookmarks(folder: Path) -> list[dict[str, Any]]:
    """Return the bookmarks that stand, oldest first, as plain values."""
    with CaseReader(folder) as reader:
        return [asdict(mark) for mark in bookmarks_in(reader)]
