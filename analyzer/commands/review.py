"""What an examiner decides about a case: recorded once and for all, then derived and reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer.commands.policy import under_policy
from analyzer.commands.publish import publish
from analyzer.custody.manifest import renew_manifest
from analyzer.errors import UsageError
from analyzer.pipeline.derive_people import derive_people, named_people
from analyzer.pipeline.run_record import last_run
from analyzer.review.decisions import standing
from analyzer.review.decisions import verdict as combine
from analyzer.store.case import Case
from analyzer.store.decisions import (
    add_grouping,
    add_review,
    anchor_of,
    groupings_in,
    reviews_in,
    reviews_of,
    seen_together,
)
from analyzer.store.people import unknowns_in
from analyzer.store.reader import CaseReader
from analyzer.store.tracks import find_track
from analyzer.types import Anchor, Decision, Grouping, GroupingAction, Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a decision: its number, and in a line each what else must be known."""

    seq: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviewOutcome(Outcome):
    """The same for a review: the track, and what all of its reviews come to for the person."""

    track_id: str
    verdict: Verdict


def review_track(
    folder: Path,
    track: str,
    person: str,
    decision: Decision,
    by: str,
    note: str | None = None,
    report: bool = True,
) -> ReviewOutcome:
    """Record what ``by`` says on whether ``track`` shows ``person``, and report it.

    Raises UsageError for an unknown track or person, CaseError for what is no case, with nothing
    changed.
    """
    _require_name(by)
    with Case.open(folder, create=False) as case:
        with case.reader() as reader:
            track_id = find_track(reader, track)
            _require_person(reader, person)
            anchor = anchor_of(reader, track_id)
        if anchor is None:
            raise UsageError(f"{track_id}: has no observation to review")
        seq = add_review(case, by, person, decision, note, anchor)
        notes = _follow(case, report)
        with case.reader() as reader:
            holding = [r for r in reviews_of(reader, track_id) if r.person == person]
            said = combine(person, holding or [r for r in reviews_in(reader) if r.seq == seq])
        _publish(case, report)
    return ReviewOutcome(seq, notes, track_id, said)


def merge_unknowns(
    folder: Path, names: Sequence[str], by: str, note: str | None = None, report: bool = True
) -> Outcome:
    """Record that the unknown persons ``names`` are one; errors as for ``review_track``."""
    _require_name(by)
    names = list(dict.fromkeys(names))
    if len(names) < 2:
        raise UsageError("a merge needs two different unknown persons")
    with Case.open(folder, create=False) as case:
        with case.reader() as reader:
            parts = [_tracks_of(reader, name) for name in names]
            group = [_anchor(reader, track) for part in parts for track in part]
            warnings = _seen_together(reader, parts)
        return _group(case, "merge", names, [group], by, note, warnings, report)


def split_unknown(
    folder: Path,
    name: str,
    tracks: Sequence[str],
    by: str,
    note: str | None = None,
    report: bool = True,
) -> Outcome:
    """Record that ``tracks`` of the unknown person ``name`` are one other person."""
    _require_name(by)
    with Case.open(folder, create=False) as case:
        with case.reader() as reader:
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
    folder: Path, seq: int | None, by: str, note: str | None = None, report: bool = True
) -> Outcome:
    """Take back the merge or split ``seq``, or the last one; refused where a later one needs it."""
    _require_name(by)
    with Case.open(folder, create=False) as case:
        with case.reader() as reader:
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
) -> Outcome:
    seq = add_grouping(case, by, action, names, groups, note, undoes)
    notes = (*warnings, *_follow(case, report))
    _publish(case, report)
    return Outcome(seq, notes)


def _follow(case: Case, report: bool) -> tuple[str, ...]:
    """Derive the people of the case again; return what must be known."""
    before = named_people(case)
    with case.reader() as reader:
        last = last_run(reader)
    settings, _ = under_policy(case, last.settings, None)
    embedder = last.embedder if settings.embedding.enabled else None
    notes = derive_people(case, settings, embedder, before)
    return (
        notes if report else (*notes, f"the report is as before; `analyzer report {case.folder}`")
    )


def _publish(case: Case, report: bool) -> None:
    if report:
        with case.reader() as reader:
            settings = last_run(reader).settings
        publish(case, settings.report)
    else:
        renew_manifest(case)


def _require_name(by: str) -> None:
    if not by.strip():
        raise UsageError("--by: give the name of the person who decides")


def _require_person(reader: CaseReader, person: str) -> None:
    names = reader.people()
    if person in names:
        return
    if person in unknowns_in(reader):
        raise UsageError(
            f"{person}: is nobody known; `analyzer cluster` merges and splits unknowns"
        )
    raise UsageError(
        f"{person}: not in the gallery of this case; it has {', '.join(names) or 'nobody'}"
    )


def _tracks_of(reader: CaseReader, name: str) -> tuple[str, ...]:
    unknowns = unknowns_in(reader)
    if name not in unknowns:
        raise UsageError(
            f"{name}: no such unknown person; see `analyzer cluster {reader.folder} list`"
        )
    return unknowns[name]


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
