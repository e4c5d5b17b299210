"""Falls as courses of events: what comes before, what comes after, and tracks that break."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.events.falls import Course, falls
from analyzer.events.outline import Outline, Predecessors, outline_of
from analyzer.types import ACTIONS, ActionWindow, Box, Detection, Moment, Observation


def window(start: float, label: str, share: float = 0.9, **features: float) -> ActionWindow:
    p = np.full(len(ACTIONS), (1 - share) / (len(ACTIONS) - 1), np.float32)
    p[ACTIONS.index(label)] = share
    reason = "cut off" if label == "unknown" else None
    moments = (Moment(round(t * 1000), t) for t in (start, start + 2))
    return ActionWindow(*moments, p, features, start, 10, reason)


def windows(text: str, **features: float) -> list[ActionWindow]:
    """Return a window every half second: s(tanding), w(alking), f(alling), l(ying), s(i)tting, ?"""
    names = {"s": "standing", "w": "walking", "f": "falling", "l": "lying", "i": "sitting",
             "?": "unknown"}  # fmt: skip
    return [window(n / 2, names[one], **features) for n, one in enumerate(text)]


def told(text: str, **features: float) -> list[tuple[float, float]]:
    found = windows(text, **features)
    of_all = falls(Course(found, 0, stood=False))
    return [(found[one.first].begins, found[one.last].begins) for one in of_all]


@pytest.mark.parametrize(
    ("course", "why"),
    [
        ("ssssfflllll", "stands, falls, lies"),
        ("ssssllllll", "stood, then lies: nobody saw the descent"),
        ("wwwwfff", "the track ends while falling"),
        ("ffflllll", "the track begins with the fall"),
    ],
)
def test_a_course_of_events_is_a_fall(course: str, why: str) -> None:
    assert len(told(course)) == 1, why


@pytest.mark.parametrize(
    ("course", "why"),
    [
        ("ssssffsssss", "up again at once"),
        ("lllllllll", "lies and never stood"),
        ("iiiiiilllll", "lies down from a seat"),
        ("iiiiiifffff", "was never upright, and was seen before"),
        ("ssssiiiii", "sits down"),
    ],
)
def test_another_course_is_none(course: str, why: str) -> None:
    assert told(course) == [], why


def test_whoever_leaves_at_the_border_does_not_fall() -> None:
    assert told("ssssff??", border=0.7) == []
    assert len(told("ssssfflllll", border=0.7)) == 1, "stays on the ground before the border"


def test_what_belongs_to_one_fall_is_told_once() -> None:
    assert told("ssssfffllllll") == [(2.0, 6.0)]
    assert told("ssssff?lllll") == [(2.0, 5.5)], "the posture could not be told for a moment"


def test_a_fall_that_is_seen_whole_scores_more() -> None:
    def score(text: str) -> float:
        (one,) = falls(Course(windows(text), 0, stood=False))
        return one.score

    assert score("ssssfflllll") > score("ffflllll"), "nobody saw it stand"
    assert score("ssssfflllll") > score("ssssff??"), "nobody saw it stay"


def test_somebody_who_stood_in_another_track_fell() -> None:
    lies = windows("?lllllll")
    assert falls(Course(lies, 0, stood=False)) == []
    assert len(falls(Course(lies, 0, stood=True))) == 1
    before = windows("sss")
    later = [window(2 + n / 2, "lying") for n in range(6)]
    (one,) = falls(Course([*before, *later], len(before), stood=False))
    assert one.first == 3


def bodies(begins: float, *boxes: tuple[float, float, float, float]) -> Outline:
    seen = [
        Observation(
            Moment(n, begins + n / 5), None, Detection(Box(*box), 0.9, "person"), "detected"
        )
        for n, box in enumerate(boxes)
    ]
    found = outline_of(seen)
    assert found is not None
    return found


def test_a_track_goes_on_where_and_when_another_ended() -> None:
    stood = bodies(0.0, *[(100, 100, 40, 120)] * 10)
    lies = bodies(2.4, (80, 190, 120, 40), (80, 190, 120, 40))
    assert Predecessors([lies, stood]).of(lies) == 1
    assert Predecessors([lies, None]).of(lies) is None
    assert Predecessors([stood]).of(bodies(5.0, (80, 190, 120, 40))) is None, "too late"
    assert Predecessors([stood]).of(bodies(2.4, (400, 190, 120, 40))) is None, "elsewhere"
    crouched = bodies(0.0, *[(100, 180, 60, 50)] * 10)
    assert Predecessors([crouched, stood]).of(lies) == 1, "who stood rather than who was nearer"
    assert outline_of([]) is None
