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
from analyzer.errors import UsageError
from analyzer.file_names import as_filed
from analyzer.review.decisions import verdict, verdicts
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
) -> ReviewSummary:
    """Record what ``by`` says on whether ``track`` shows ``person``, and report it.

    Raises UsageError for an unknown track or person, CaseError for what is no case, with nothing
    changed.
    """
    require_name(by)
    with Case.open(folder, create=False) as case:
        with case.reader() as reader:
            track_id = find_track(reader, track)
            person = _required_person(reader, person)
            anchor = anchor_of(reader, track_id)
        if anchor is None:
            raise UsageError(f"{track_id}: has no observation to review")
        seq = add_review(case, by, person, decision, note, anchor)
        notes = derive_after(case, report)
        with case.reader() as reader:
            holding = [r for r in reviews_of(reader, track_id) if r.person == person]
            said = verdict(person, holding or [r for r in reviews_in(reader) if r.seq == seq])
        publish_after(case, report)
    return ReviewSummary(seq, notes, track_id, said)


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
