"""Reviews and groupings by examiners, and the verdict they add up to.

Tracks are derived: their numbers and extents change if footage is analysed with other settings. So
a decision is tied to the footage itself by an anchor, and never covers more than the examiner saw.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analyzer.types import Grouping, Review, Verdict


def verdict(person: str, reviews: Sequence[Review]) -> Verdict:
    """Return the verdict of ``reviews`` of one track and ``person``, oldest first, not empty.

    The last review of each reviewer counts. If all agree, that decision holds; if they differ, the
    verdict is inconclusive.
    """
    last = {review.by: review for review in reviews}
    said = {review.decision for review in last.values()}
    agreed = len(said) == 1
    return Verdict(person, said.pop() if agreed else "inconclusive", agreed, tuple(reviews))


def verdicts(reviews: Iterable[Review]) -> tuple[Verdict, ...]:
    """Return one verdict per person for the reviews of one track, sorted by name.

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


def standing_reviews(reviews: Iterable[Review]) -> list[Review]:
    """Return the reviews that were not taken back, in their order."""
    reviews = list(reviews)
    undone = {review.undoes for review in reviews}
    return [r for r in reviews if r.undoes is None and r.seq not in undone]


def standing(groupings: Sequence[Grouping]) -> list[Grouping]:
    """Return the merges and splits that were not revoked, oldest first."""
    undone = {grouping.undoes for grouping in groupings if grouping.action == "undo"}
    return [g for g in groupings if g.action != "undo" and g.seq not in undone]
