"""Use cases of `analyzer cluster`: unknown persons and groups by appearance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.commands.decisions import (
    DecisionSummary,
    derive_after,
    publish_after,
    require_name,
)
from analyzer.errors import ConflictError, UsageError
from analyzer.review.decisions import standing
from analyzer.store.case import Case
from analyzer.store.decisions import add_grouping, anchor_of, groupings_in, seen_together
from analyzer.store.looks import confirmed_groups, look_groups_in
from analyzer.store.people import unknowns_in
from analyzer.store.reader import CaseReader
from analyzer.store.tracks import find_track
from analyzer.types import LOOK, Anchor, Grouping, GroupingAction


@dataclass(frozen=True, slots=True)
class UnknownListing:
    """The unknown persons of a case with their tracks, its groups by appearance, and decisions.

    ``looks`` are the groups of several tracks, ``confirmed`` those of which an examiner said so.

    ``in_force`` are the numbers of the decisions that were not undone.
    """

    case: str
    unknowns: dict[str, tuple[str, ...]]
    groupings: tuple[Grouping, ...]
    in_force: frozenset[int]
    looks: dict[str, tuple[str, ...]]
    confirmed: frozenset[str]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        people = [{"name": name, "tracks": tracks} for name, tracks in self.unknowns.items()]
        return {
            "case": self.case,
            "unknowns": people,
            "looks": [
                {"name": name, "tracks": tracks, "confirmed": name in self.confirmed}
                for name, tracks in self.looks.items()
            ],
            "decisions": [
                {
                    "seq": g.seq, "at": g.at, "by": g.by, "action": g.action, "names": g.names,
                    "note": g.note, "undoes": g.undoes, "in_force": g.seq in self.in_force,
                }
                for g in self.groupings
            ],
        }  # fmt: skip


def list_unknowns(folder: Path) -> UnknownListing:
    """Return the unknown persons of the case at ``folder``; CaseError for what is no case."""
    with CaseReader(folder) as reader:
        unknowns, groupings = unknowns_in(reader), tuple(groupings_in(reader))
        looks = {name: t for name, t in look_groups_in(reader).items() if len(t) > 1}
        confirmed = frozenset(confirmed_groups(reader))
    in_force = frozenset(grouping.seq for grouping in standing(groupings))
    return UnknownListing(str(folder), unknowns, groupings, in_force, looks, confirmed)


def merge_unknowns(
    folder: Path,
    names: Sequence[str],
    by: str,
    note: str | None = None,
    report: bool = True,
    seen: int | None = None,
) -> DecisionSummary:
    """Record that the unknown persons, or groups by appearance, ``names`` are one.

    ``seen`` is the number of the last decision that was shown to ``by``, 0 for none. Errors as for
    ``review_track``.
    """
    require_name(by)
    names = list(dict.fromkeys(names))
    if len(names) < 2:
        raise UsageError("a merge needs two different unknown persons or groups")
    if len({name.startswith(LOOK) for name in names}) > 1:
        raise UsageError(
            "a merge is of unknown persons or of groups by appearance; to name whom a group shows, "
            "review its tracks"
        )
    with Case.open(folder, create=False, brief=True) as case:
        with case.reader() as reader:
            _require_seen(reader, seen)
            parts = [_tracks_of(reader, name) for name in names]
            group = [_anchor(reader, track) for part in parts for track in part]
            warnings = _seen_together(reader, parts)
        return _group(case, "merge", names, [group], by, note, warnings, report)


def confirm_look(
    folder: Path,
    name: str,
    by: str,
    note: str | None = None,
    report: bool = True,
    seen: int | None = None,
) -> DecisionSummary:
    """Record that the group by appearance ``name`` is one person, as it is now."""
    require_name(by)
    if not name.startswith(LOOK):
        raise UsageError(f"{name}: only groups by appearance (look-N) are confirmed here")
    with Case.open(folder, create=False, brief=True) as case:
        with case.reader() as reader:
            _require_seen(reader, seen)
            group = [_anchor(reader, track) for track in _tracks_of(reader, name)]
        return _group(case, "merge", [name], [group], by, note, (), report)


def split_unknown(
    folder: Path,
    name: str,
    tracks: Sequence[str],
    by: str,
    note: str | None = None,
    report: bool = True,
    seen: int | None = None,
) -> DecisionSummary:
    """Record that ``tracks`` of the unknown person ``name`` are one other person."""
    require_name(by)
    with Case.open(folder, create=False, brief=True) as case:
        with case.reader() as reader:
            _require_seen(reader, seen)
            members = _tracks_of(reader, name)
            out = [find_track(reader, track) for track in tracks]
            strangers = [track for track in out if track not in members]
            if strangers:
                raise UsageError(
                    f"{strangers[0]}: is not in {name}, which has {', '.join(members)}"
                )
            rest = [track for track in members if track not in out]
            if not rest or not out:
                raise UsageError(f"{name}: a split needs some of its tracks, and not all of them")
            groups = [[_anchor(reader, track) for track in part] for part in (rest, out)]
        return _group(case, "split", [name], groups, by, note, (), report)


def undo_grouping(
    folder: Path,
    seq: int | None,
    by: str,
    note: str | None = None,
    report: bool = True,
    seen: int | None = None,
) -> DecisionSummary:
    """Take back the merge or split ``seq``, or the last one; refused where a later one needs it."""
    require_name(by)
    with Case.open(folder, create=False, brief=True) as case:
        with case.reader() as reader:
            _require_seen(reader, seen)
            in_force = standing(groupings_in(reader))
        chosen = [g for g in in_force if seq is None or g.seq == seq][-1:]
        if not chosen:
            raise UsageError(f"{folder}: no merge or split {seq or ''} to undo".replace("  ", " "))
        (old,) = chosen
        later = [g.seq for g in in_force if g.seq > old.seq and _share(old, g)]
        if later:
            raise UsageError(
                f"{old.action} {old.seq}: {later[-1]} builds on it; undo {later[-1]} first"
            )
        return _group(case, "undo", old.names, [], by, note, (), report, old.seq)


def _group(
    case: Case,
    action: GroupingAction,
    names: Sequence[str],
    groups: Sequence[Sequence[Anchor]],
    by: str,
    note: str | None,
    warnings: Sequence[str],
    report: bool,
    undoes: int | None = None,
) -> DecisionSummary:
    seq = add_grouping(case, by, action, names, groups, note, undoes)
    notes = (*warnings, *derive_after(case, report))
    publish_after(case, report)
    return DecisionSummary(seq, notes)


def _require_seen(reader: CaseReader, seen: int | None) -> None:
    """Raise ConflictError where somebody decided on groups since ``seen``."""
    newer = [g for g in groupings_in(reader) if seen is not None and g.seq > seen]
    if newer:
        raise ConflictError(
            f"{newer[-1].by} has decided on groups ({newer[-1].action} "
            f"{', '.join(newer[-1].names)}) since this was shown; look again, then decide"
        )


def _tracks_of(reader: CaseReader, name: str) -> tuple[str, ...]:
    known = look_groups_in(reader) if name.startswith(LOOK) else unknowns_in(reader)
    if name not in known:
        raise UsageError(
            f"{name}: no such unknown person or group; see `analyzer cluster {reader.folder} list`"
        )
    return known[name]


def _anchor(reader: CaseReader, track: str) -> Anchor:
    anchor = anchor_of(reader, track)
    assert anchor is not None, "a track of the case has observations"
    return anchor


def _share(one: Grouping, other: Grouping) -> bool:
    places = [
        {(a.video_sha256, a.pts, a.box) for group in g.groups for a in group} for g in (one, other)
    ]
    return not places[0].isdisjoint(places[1])


def _seen_together(reader: CaseReader, parts: Sequence[Sequence[str]]) -> list[str]:
    """Warn of tracks of different persons that are in view at one moment: they may be two."""
    return [
        f"{a} and {b} are in view at the same moment; one person cannot be in two places"
        for i, left in enumerate(parts)
        for right in parts[i + 1 :]
        for a in left
        for b in right
        if seen_together(reader, a, b)
    ]
