"""What reviews come to, and which merges are in force."""

from dataclasses import replace

from analyzer.review.decisions import standing, standing_reviews, verdicts
from analyzer.types import Anchor, Box, Grouping, Review

ANCHOR = Anchor("ab" * 32, 512, "face", Box(1, 2, 3, 4), 5.0, 9.0, "ab:T1", "ab:0:1:512")


def review(seq: int, by: str, decision: str, person: str = "Ann") -> Review:
    return Review(seq, f"2026-01-0{seq}", by, person, decision, None, ANCHOR)


def outcome(*reviews: Review) -> list[tuple[str, str, bool]]:
    return [(v.person, v.decision, v.agreed) for v in verdicts(reviews)]


def test_one_reviewer_decides() -> None:
    assert outcome(review(1, "A", "confirmed")) == [("Ann", "confirmed", True)]


def test_two_who_agree_confirm_and_two_who_differ_leave_it_open() -> None:
    first = review(1, "A", "confirmed")
    assert outcome(first, review(2, "B", "confirmed")) == [("Ann", "confirmed", True)]
    assert outcome(first, review(2, "B", "rejected")) == [("Ann", "inconclusive", False)]
    assert outcome(first, review(2, "B", "inconclusive")) == [("Ann", "inconclusive", False)]


def test_the_last_word_of_a_reviewer_counts_whatever_the_order_of_rows() -> None:
    changed = [review(3, "B", "rejected"), review(1, "B", "confirmed"), review(2, "A", "rejected")]
    assert outcome(*changed) == [("Ann", "rejected", True)]


def test_two_confirmed_persons_contradict_each_other() -> None:
    found = outcome(review(1, "A", "confirmed", "Bob"), review(2, "A", "confirmed", "Ann"))
    assert found == [("Ann", "inconclusive", False), ("Bob", "inconclusive", False)]


def test_a_decision_covers_no_more_than_was_seen() -> None:
    assert ANCHOR.covers(5.0, 9.0)
    assert ANCHOR.covers(6.0, 8.0), "a part of what was seen"
    assert not ANCHOR.covers(5.0, 12.0)
    assert not ANCHOR.covers(1.0, 9.0)


def test_a_review_taken_back_gives_way_to_the_one_before() -> None:
    said = [review(1, "A", "rejected"), review(2, "A", "confirmed")]
    undo = replace(said[1], seq=3, undoes=2)
    assert outcome(*standing_reviews([*said, undo])) == [("Ann", "rejected", True)]


def test_what_was_undone_is_not_in_force() -> None:
    merge = Grouping(1, "t", "A", "merge", ("unknown-1", "unknown-2"), None, ((ANCHOR,),))
    split = replace(merge, seq=2, action="split")
    undo = replace(merge, seq=3, action="undo", groups=(), undoes=1)
    assert standing([merge, split, undo]) == [split]
