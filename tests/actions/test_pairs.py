"""Groups of one or two people: who is near whom, how they move, and what moves around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from analyzer.actions.flow_map import QUANTITIES, active_place, covered, packed, unpacked
from analyzer.actions.model import ActionModel
from analyzer.actions.pair_features import Seen, may_be_near
from analyzer.actions.pairs import (
    SHOWN_OF_PAIR,
    MeasuredPair,
    lone_places,
    measured_pairs,
    pair_windows,
)
from analyzer.config import ActionSettings
from analyzer.errors import CaseError
from analyzer.models.registry import trained
from analyzer.types import Box, Detection, Moment, Observation, PairWindow, SceneWindow

PICTURE = (640.0, 480.0)
SETTINGS = ActionSettings()
H = 120.0
HERE = Box(100, 200, 80, 120)

Course = Callable[[float], float]


def person(x: Course, y: float = 200, end: float = 4.0) -> list[Observation]:
    """Return a person at 5 samples a second whose left edge is at ``x`` (seconds)."""
    found = []
    for i in range(round(end * 5)):
        t = i / 5
        box = Detection(Box(x(t), y, H / 3, H), 0.9, "person")
        found.append(Observation(Moment(round(t * 90_000), t), None, box, "detected"))
    return found


def flow(at: Box | None) -> bytes:
    """Return a map of motion in ``at`` alone: 4 px, half of it sudden."""
    planes = np.zeros((len(QUANTITIES), 24, 32), np.float32)
    if at is not None:
        planes[QUANTITIES.index("strength")] = 4 * covered(at, PICTURE)
        planes[QUANTITIES.index("jerk")] = 2 * covered(at, PICTURE)
    return packed(planes)


def scene(at: Box | None = None, fighting: float = 0.5) -> list[SceneWindow]:
    return [
        SceneWindow(Moment(round(t * 90_000), t), Moment(round((t + 2) * 90_000), t + 2), fighting,
                    {}, t, flow(at))
        for t in (0.0, 0.5, 1.0, 1.5, 2.0)
    ]  # fmt: skip


def groups(
    *people: list[Observation], windows: Sequence[SceneWindow] | None = None
) -> dict[tuple[str, ...], MeasuredPair]:
    """Return the groups of the window from 1 s to 3 s; people are a, b, c."""
    named = list(zip("abc", people, strict=False))
    found = measured_pairs(named, scene() if windows is None else windows, PICTURE, SETTINGS)
    return {one.tracks: one for one in found if one.begins == 1.0}


def test_pairs_are_people_near_each_other_and_of_one_size() -> None:
    a, b, far = person(lambda _: 100), person(lambda _: 150), person(lambda _: 400)
    assert set(groups(a, b, far)) == {("a",), ("b",), ("c",), ("a", "b")}
    passing = person(lambda t: 400 - 120 * t)
    assert ("a", "b") in groups(a, passing), "near at some moment of the window"
    small = [o for o in person(lambda _: 150) if o.body is not None]
    child = [
        Observation(
            o.moment, None, Detection(Box(150, 270, 15, 45), 0.9, "person"), o.seen
        )
        for o in small
    ]  # fmt: skip
    assert ("a", "b") not in groups(a, child), "a third of the height: farther away"


def test_struggle_stays_in_its_place_and_walking_does_not() -> None:
    struggle = groups(
        person(lambda t: 100 + 15 * (round(t * 5) % 2)),
        person(lambda t: 130 - 15 * (round(t * 5) % 2)),
    )[("a", "b")].features
    walk = groups(person(lambda t: 100 + 60 * t), person(lambda t: 130 + 60 * t))[("a", "b")]
    assert struggle["stays"] > 0.8 > 0.2 > walk.features["stays"]
    assert struggle["to_each_other"] > 1.0 > 0.1 > walk.features["to_each_other"]
    assert struggle["jerk.most"] > 1 > 0.1 > walk.features["jerk.most"]
    assert walk.features["as_one"] == pytest.approx(60 / H, rel=0.05)


def test_the_flow_of_a_pair_is_that_of_its_place() -> None:
    a, b = person(lambda _: 100), person(lambda _: 140)
    here = groups(a, b, windows=scene(HERE))[("a", "b")].features
    there = groups(a, b, windows=scene(Box(400, 200, 80, 120)))[("a", "b")].features
    assert here["in.strength"] > 5 * there["in.strength"]
    assert here["focus.jerk"] > 1 > 0 > there["focus.jerk"]
    assert here["kind.jerk"] == pytest.approx(0.5, rel=0.1)


def test_the_shipped_model_knows_every_quantity_and_heeds_the_whole_picture() -> None:
    model = ActionModel.load(trained("action", "default"))
    people = [person(lambda t: 100 + 15 * (round(t * 5) % 2)), person(lambda _: 140)]
    assert set(model.about["pair_features"]) <= set(groups(*people)[("a", "b")].features)
    named = list(zip("ab", people, strict=True))
    calm, wild = (
        pair_windows(named, scene(HERE, fighting), PICTURE, model, SETTINGS)
        for fighting in (0.1, 0.9)
    )
    assert [w.tracks for w in calm[:3]] == [("a",), ("b",), ("a", "b")]
    assert all(a.fighting + 0.4 < b.fighting for a, b in zip(calm, wild, strict=True))
    both = calm[2]
    assert (both.box.x, both.box.h) == (100, H) and set(both.features) == set(SHOWN_OF_PAIR)
    assert (both.start.t, both.end.t, both.begins) == (0.0, 1.8, 0.0)


def test_nobody_is_judged_where_nothing_moved_or_the_case_is_older() -> None:
    a, b = person(lambda _: 100), person(lambda _: 140)
    older = [SceneWindow(w.start, w.end, w.fighting, {}, w.begins) for w in scene()]
    assert groups(a, b, windows=older) == groups(a, b, windows=[]) == {}


def test_a_place_of_nobody_is_where_motion_is_most_sudden() -> None:
    moving = Box(400, 200, 160, 160)
    windows = scene(moving, fighting=0.7)
    told = PairWindow(("a",), windows[0].start, windows[0].end, 0.1, {}, moving, 0.0)
    places = lone_places(windows, [told], PICTURE)
    assert [p.begins for p in places] == [0.5, 1.0, 1.5, 2.0]
    assert {(p.tracks, p.fighting) for p in places} == {((), 0.7)}
    assert places[0].box == Box(400, 200, 160, 160)
    assert active_place(b"", PICTURE) == Box(0, 0, *PICTURE)


def test_a_map_comes_back_within_its_steps() -> None:
    planes = np.abs(np.random.default_rng(0).normal(0, 5, (7, 24, 32))).astype(np.float32)
    back = unpacked(packed(planes))
    assert np.abs(back - planes).max() < 0.03 * (1 + planes.max())
    assert not unpacked(packed(np.full_like(planes, 0.05))).any(), "noise"


def test_a_map_that_was_tampered_with_is_refused_in_a_line() -> None:
    with pytest.raises(CaseError, match="analyzer verify"):
        unpacked(b"flow")


def test_who_is_far_away_all_the_time_need_not_be_compared() -> None:
    def seen(x: float) -> Seen:
        return Seen({n: (n / 5, x, 100.0, 40.0, 100.0) for n in range(10)}, 100.0)

    people = [seen(0.0), seen(80.0), seen(600.0), Seen({}, 0.0)]
    assert may_be_near(people) == [(0, 1)]
    assert may_be_near(people[2:]) == []
