"""Decisions made in a page, written by the functions that the command line uses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from analyzer.commands.bookmarks import list_bookmarks, mark_moment, undo_bookmark
from analyzer.commands.cluster import confirm_look, merge_unknowns, split_unknown, undo_grouping
from analyzer.commands.review import review_track, undo_review
from analyzer.errors import UsageError
from analyzer.types import Decision

_LONGEST = 4000
"""Characters of a note: a page of text."""


def text_of(values: Mapping[str, Any], name: str) -> str:
    """Return what a page sent as ``name``; UsageError for what is no text of sensible length."""
    value = values.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST:
        raise UsageError(f"{name}: give a text of up to {_LONGEST} characters")
    return value


def note_of(values: Mapping[str, Any]) -> str | None:
    """Return the note that a page sent; None for none."""
    return text_of(values, "note") if values.get("note") else None


def number_of(values: Mapping[str, Any], name: str) -> int:
    """Return the whole number that a page sent as ``name``; UsageError for anything else."""
    value = values.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise UsageError(f"{name}: give a number")
    return value


def texts_of(values: Mapping[str, Any], name: str) -> list[str]:
    """Return the texts that a page sent as ``name``; UsageError for anything else."""
    value = values.get(name)
    if not isinstance(value, list) or len(value) > _LONGEST:
        raise UsageError(f"{name}: give a list")
    return [text_of({name: one}, name) for one in value]


def review(case: Path, by: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Record a review of a track; ConflictError where somebody decided since it was shown."""
    decision = text_of(values, "decision")
    if decision not in get_args(Decision):
        raise UsageError(f"decision: one of {', '.join(get_args(Decision))}")
    done = review_track(
        case, text_of(values, "track"), text_of(values, "person"), decision, by,  # type: ignore[arg-type]
        note_of(values), report=False, seen=number_of(values, "seen"),
    )  # fmt: skip
    said = done.verdict
    return {"seq": done.seq, "verdict": said.decision, "agreed": said.agreed}


def undo(case: Path, by: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Take back a review of one's own."""
    return {"seq": undo_review(case, number_of(values, "review"), by, report=False).seq}


def group(case: Path, by: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Merge, split or confirm groups, or undo the last decision on them."""
    action, note = text_of(values, "action"), note_of(values)
    seen = number_of(values, "seen")
    if action == "merge":
        done = merge_unknowns(case, texts_of(values, "names"), by, note, False, seen)
    elif action == "split":
        name, tracks = text_of(values, "name"), texts_of(values, "tracks")
        done = split_unknown(case, name, tracks, by, note, False, seen)
    elif action == "confirm":
        done = confirm_look(case, text_of(values, "name"), by, note, False, seen)
    elif action == "undo":
        done = undo_grouping(case, None, by, note, False, seen)
    else:
        raise UsageError(f"action: {action!r} is none of merge, split, confirm, undo")
    return {"seq": done.seq, "notes": list(done.notes)}


def bookmark(case: Path, by: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Mark a moment."""
    t = values.get("t")
    if isinstance(t, bool) or not isinstance(t, int | float) or not 0 <= t < 1e9:
        raise UsageError("t: give seconds since the first frame")
    track = text_of(values, "track") if values.get("track") else None
    seq = mark_moment(case, text_of(values, "video"), float(t), track, by, note_of(values))
    return {"seq": seq}


def unmark(case: Path, by: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Take back a bookmark of one's own."""
    return {"seq": undo_bookmark(case, number_of(values, "bookmark"), by)}


def bookmarks(case: Path) -> list[dict[str, Any]]:
    """Return the bookmarks of the case as plain values."""
    return list_bookmarks(case)
