"""Video names as a person types them, resolved by one rule for every command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatch

from analyzer.errors import UsageError
from analyzer.file_names import escaped, storable
from analyzer.store.ids import short_id

_LEAST_DIGITS = 6
"""Digits of a SHA-256 that may stand for a video: fewer could be a slip of the hand."""

_LISTED = 8

Paths = Mapping[str, Sequence[str]]
"""The videos of a case: SHA-256 to the paths, as stored, under which each was given."""

PATHS_OF_VIDEOS = """
SELECT v.sha256, f.path FROM videos v LEFT JOIN files f ON f.sha256 = v.sha256
ORDER BY f.path, v.sha256
"""
"""Gives the rows that ``by_video`` takes."""


def by_video(rows: Iterable[tuple[str, str | None]]) -> Paths:
    """Return ``Paths`` from pairs of SHA-256 and path; None stands for no path."""
    known: dict[str, list[str]] = {}
    for sha256, path in rows:
        known.setdefault(sha256, []).extend([] if path is None else [path])
    return known


def find_video(known: Paths, text: str) -> str:
    """Return the SHA-256 of the one video of ``known`` that ``text`` names.

    The first of these that fits anything decides: the exact path as stored; the file name, or the
    last parts of the path; the first digits of the SHA-256, six or more. Raises UsageError for none
    or several, with the videos it may have been.
    """
    found = _fitting(known, storable(text)) or _fitting(known, escaped(text))
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"{text!r} names {len(found)} videos: {_told(known, found)}; give a path as written "
            f"here, or at least {_LEAST_DIGITS} digits of the SHA-256"
        )
    raise UsageError(
        f"{text!r} names no video of this case; give a file name, a path as stored, or at least "
        f"{_LEAST_DIGITS} digits of its SHA-256; known: {_told(known, known)}"
    )


def find_videos(known: Paths, text: str) -> list[str]:
    """Return the videos that a pattern with * or ? fits, else the one that ``text`` names.

    Patterns are compared with paths and file names, whatever their case. Raises as ``find_video``.
    """
    pattern = storable(text).lower()
    fitting = [
        sha256
        for sha256, paths in known.items()
        if any(fnmatch(name.lower(), pattern) for path in paths for name in (path, _name(path)))
    ]
    if _fitting(known, storable(text)) or not fitting:
        return [find_video(known, text)]
    return fitting


def _fitting(known: Paths, text: str) -> list[str]:
    rules: tuple[Callable[[str], bool], ...] = (
        lambda sha256: text in known[sha256],
        lambda sha256: any(f"/{path}".endswith(f"/{text}") for path in known[sha256] if text),
        lambda sha256: _is_short_for(text, sha256),
    )
    for fits in rules:
        found = [sha256 for sha256 in known if fits(sha256)]
        if found:
            return found
    return []


def _is_short_for(text: str, video: str) -> bool:
    """Whether ``text`` is a beginning of the SHA-256 of a video, with its stream but for the first.

    The stream is written as in the id of the video (``#2``) or as in its short form (``-2``).
    """
    digits, _, stream = text.lower().replace("-", "#").partition("#")
    sha256, _, own = video.partition("#")
    return len(digits) >= _LEAST_DIGITS and sha256.startswith(digits) and stream == own


def _told(known: Paths, which: Iterable[str]) -> str:
    names = [f"{(*known[sha256], 'no path')[0]} ({short_id(sha256, 12)})" for sha256 in which]
    more = ["…"] if len(names) > _LISTED else []
    return ", ".join(names[:_LISTED] + more) or "none"


def _name(path: str) -> str:
    return path.rpartition("/")[2]
