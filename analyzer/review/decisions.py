"""Reviews and groupings by examiners, and the verdict they add up to. Pure, no database.

Tracks are derived: their numbers and extents change when footage is analysed with other settings. A
decision is therefore tied to the footage itself, by an anchor, and never covers more of it than the
examiner saw.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from analyzer.types import Box, Kind

Decision = Literal["confirmed", "rejected", "inconclusive"]
GroupingAction = Literal["merge", "split", "undo"]

EXTENT_S = 1.0
"""How far a track may reach beyond what was reviewed and still be the track that was reviewed."""

SAME_BOX_IOU = 0.5
"""Two boxes of one moment that overlap this much are of one person."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where in the footage the person of a decision is seen.

    One box at one moment (``pts``) of one video, and the extent of the whole track then, in seconds
    since the first frame. ``track_id`` and ``face_id`` are what they were called then.
    """

    video_sha256: str
    pts: int
    kind: Kind
    box: Box
    t_start: float
    t_end: float
    track_id: str
    face_id: str | None

    def covers(self, t_start: float, t_end: float) -> bool:
        """Whether a track of that extent shows nothing that was not part of the decision."""
        return t_start >= self.t_start - EXTENT_S and t_end <= self.t_end + EXTENT_S


@dataclass(frozen=True, slots=True)
class Review:
    """One reviewer's word on whether a track shows a person; never changed, only followed."""

    seq: int
    at: str
    by: str
    person: str
    decision: Decision
    note: str | None
    anchor: Anchor


@dataclass(frozen=True, slots=True)
class Grouping:
    """An examiner's word on which unknown tracks are one person.

    The anchors of one group are one person, those of different groups are different persons: a
    merge has one group, a split two. ``action`` undo has none and takes ``undoes`` back. ``names``
    are the unknowns as they were called then.
    """

    seq: int
    at: str
    by: str
    action: GroupingAction
    names: tuple[str, ...]
    note: str | None
    groups: tuple[tuple[Anchor, ...], ...]
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the reviews of one track and one person come to; ``agreed`` among several reviewers."""

    person: str
    decision: Decision
    agreed: bool
    reviews: tuple[Review, ...]


def verdict(person: str, reviews: Sequence[Review]) -> Verdict:
    """Return what ``reviews`` of one track and ``person``, oldest first and not empty, come to.

    The last word of each reviewer counts. When all of them say the same, that holds; when they
    differ, it is inconclusive.
    """
    last = {review.by: review for review in reviews}
    said = {review.decision for review in last.values()}
    agreed = len(said) == 1
    return Verdict(person, said.pop() if agreed else "inconclusive", agreed, tuple(reviews))


def verdicts(reviews: Iterable[Review]) -> tuple[Verdict, ...]:
    """Return a verdict a person for the reviews of one track, by name.

    Two persons confirmed for one track contradict each other: both become inconclusive.
    """
    by_person: dict[str, list[Review]] = {}
    for review in sorted(reviews, key=lambda review: review.seq):
        by_person.setdefault(review.person, []).append(review)
    found = [verdict(person, said) for person, said in sorted(by_person.items())]
    if sum(v.decision == "confirmed" for v in found) < 2:
        return tuple(found)
    return tuple(
        Verdict(v.person, "inconclusive", False, v.reviews) if v.decision == "confirmed" else v
        for v in found
    )


def standing(groupings: Sequence[Grouping]) -> list[Grouping]:
    """Return the merges and splits that were not taken back, oldest first."""
    undone = {grouping.undoes for grouping in groupings if grouping.action == "undo"}
    return [g for g in groupings if g.action != "undo" and g.seq not in undone]
