"""Use cases of `analyzer review`: what a person says of a candidate is recorded, and listed."""

from __future__ import annotations

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
from analyzer.file_names import as_filed
from analyzer.review.decisions import standing_reviews, verdict, verdicts
from analyzer.store.case import Case
from analyzer.store.decisions import Fit, add_review, anchor_of, fit_of, reviews_in, reviews_of
from analyzer.store.people import unknowns_in
from analyzer.store.reader import CaseReader
from analyzer.store.tracks import find_track
from analyzer.types import Decision, Review, Verdict


@dataclass(frozen=True, slots=True)
class ReviewSummary(DecisionSummary):
    """What became of a review: also the track, and the verdict of all its reviews of the person."""

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
    seen: int | None = None,
) -> ReviewSummary:
    """Record what ``by`` says on whether ``track`` shows ``person``, and report it.

    ``seen`` is the number of the last review of the track that was shown to ``by``, 0 for none;
    None where nothing was shown. Raises ConflictError where somebody reviewed the track since,
    UsageError for an unknown track or person, CaseError for what is no case, with nothing changed.
    """
    require_name(by)
    with Case.open(folder, create=False, brief=True) as case:
        with case.reader() as reader:
            track_id = find_track(reader, track)
            person = _required_person(reader, person)
            anchor = anchor_of(reader, track_id)
            _require_seen(reader, track_id, by, seen)
        if anchor is None:
            raise UsageError(f"{track_id}: has no observation to review")
        seq = add_review(case, by, person, decision, note, anchor)
        notes = derive_after(case, report)
        with case.reader() as reader:
            holding = [r for r in reviews_of(reader, track_id) if r.person == person]
            said = verdict(person, holding or [r for r in reviews_in(reader) if r.seq == seq])
        publish_after(case, report)
    return ReviewSummary(seq, notes, track_id, said)


def undo_review(
    folder: Path, seq: int | None, by: str, note: str | None = None, report: bool = True
) -> DecisionSummary:
    """Take back the review ``seq`` of ``by``, or their last one that stands.

    What the reviewer said before it counts again. Raises UsageError where there is none, and for a
    review by somebody else.
    """
    require_name(by)
    with Case.open(folder, create=False, brief=True) as case:
        with case.reader() as reader:
            stand = standing_reviews(reviews_in(reader))
        own = [r for r in stand if r.by == by and (seq is None or r.seq == seq)]
        if not own:
            raise UsageError(f"{folder}: no review {seq or ''} by {by} to undo".replace("  ", " "))
        old = own[-1]
        done = add_review(case, by, old.person, old.decision, note, old.anchor, old.seq)
        notes = derive_after(case, report)
        publish_after(case, report)
    return DecisionSummary(done, notes)


def last_review(reader: CaseReader, track_id: str) -> int:
    """Return the number of the last review, or undo of one, of a track; 0 where there is none."""
    held = {review.seq for review in reviews_of(reader, track_id)}
    about = (r for r in reviews_in(reader) if r.seq in held or r.anchor.track_id == track_id)
    return max((review.seq for review in about), default=0)


def _require_seen(reader: CaseReader, track_id: str, by: str, seen: int | None) -> None:
    if seen is None or seen >= (newest := last_review(reader, track_id)):
        return
    said = next(review for review in reviews_in(reader) if review.seq == newest)
    what = said.decision if said.undoes is None else f"undo of {said.undoes}"
    raise ConflictError(
        f"{track_id}: {said.by} has said {what} ({said.person}) since this was shown to {by}; "
        "look again, then decide"
    )


@dataclass(frozen=True, slots=True)
class ReviewListing:
    """The reviews of a case, each with the track of today that it fits, and what they come to.

    ``outcomes`` are the verdicts by id of the track.
    """

    case: str
    reviews: tuple[tuple[Review, Fit], ...]
    outcomes: tuple[tuple[str, Verdict], ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return {
            "case": self.case,
            "reviews": [
                {
                    "seq": review.seq, "at": review.at, "by": review.by, "person": review.person,
                    "decision": review.decision, "note": review.note,
                    "reviewed_track": review.anchor.track_id, "track_id": fit.track_id,
                    "reason": fit.reason, "video_sha256": review.anchor.video_sha256,
                    "t_start": review.anchor.t_start, "t_end": review.anchor.t_end,
                    "undoes": review.undoes,
                }
                for review, fit in self.reviews
            ],
            "outcomes": [
                {
                    "track_id": track, "person": found.person, "decision": found.decision,
                    "agreed": found.agreed, "reviews": [review.seq for review in found.reviews],
                }
                for track, found in self.outcomes
            ],
        }  # fmt: skip


def list_reviews(folder: Path) -> ReviewListing:
    """Return the reviews of the case at ``folder``; CaseError for what is no case."""
    with CaseReader(folder) as reader:
        reviews = tuple((review, fit_of(reader, review.anchor)) for review in reviews_in(reader))
        tracks = dict.fromkeys(fit.track_id for _, fit in reviews if fit.track_id)
        outcomes = tuple(
            (track, found) for track in tracks for found in verdicts(reviews_of(reader, track))
        )
    return ReviewListing(str(folder), reviews, outcomes)


def _required_person(reader: CaseReader, person: str) -> str:
    """Return the person of the gallery as filed; raises UsageError where there is none."""
    names = reader.people()
    person = as_filed(person, names)
    if person in names:
        return person
    if person in unknowns_in(reader):
        raise UsageError(
            f"{person}: is nobody known; `analyzer cluster` merges and splits unknowns"
        )
    raise UsageError(
        f"{person}: not in the gallery of this case; it has {', '.join(names) or 'nobody'}"
    )
