"""Fights as events: who takes part, where, and how sure, on made-up windows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzer.events.fights import fight_events
from analyzer.events.levels import Levels
from analyzer.types import Box, Event, Moment, PairWindow

LEVELS = Levels(alarm=0.8, to_check=0.6)
HERE, THERE = Box(100, 100, 80, 160), Box(400, 100, 80, 160)


def at(t: float) -> Moment:
    return Moment(round(t * 1000), t)


def window(begins: float, fighting: float, *tracks: str, box: Box = HERE) -> PairWindow:
    return PairWindow(tracks, at(begins), at(begins + 2), fighting, {}, box, begins)


def fights(*windows: PairWindow, levels: Levels = LEVELS) -> list[Event]:
    return list(fight_events(windows, levels, join_s=1.0))


def test_a_fight_of_two_names_the_two_and_their_place() -> None:
    (event,) = fights(
        window(0, 0.2, "a", "b"), window(1, 0.9, "a", "b"), window(1.5, 0.8, "a", "b")
    )
    assert (event.kind, event.level, event.tracks) == ("fighting", "alarm", ("a", "b"))
    assert (event.start.t, event.end.t, event.peak.t) == (1.0, 3.5, 2.0)
    assert event.score == pytest.approx(0.85) and event.box == HERE


def test_who_stands_beside_a_fight_takes_no_part() -> None:
    seen = [
        w
        for begins in (0, 0.5, 1)
        for w in (window(begins, 0.9, "a", "b"), window(begins, 0.7, "b", "c"))
    ]
    (event,) = fights(*seen)
    assert event.tracks == ("a", "b")


def test_who_is_followed_anew_is_still_of_the_same_fight() -> None:
    windows = [
        window(0, 0.9, "a", "b"), window(0.5, 0.9, "b"), window(3, 0.9, "c", "d"),
    ]  # fmt: skip
    (event,) = fights(*windows)
    assert event.tracks == ("a", "b", "c", "d"), "the same place, half a second later"
    moved = replace(windows[-1], box=THERE)
    assert [e.tracks for e in fights(*windows[:-1], moved)] == [("a", "b"), ("c", "d")]
    later = replace(windows[-1], start=at(3.6), end=at(5.6), begins=3.6)
    assert len(fights(*windows[:-1], later)) == 2, "more than a second later"


def test_where_nobody_is_followed_a_fight_is_at_most_to_be_checked() -> None:
    (event,) = fights(window(0, 0.95))
    assert (event.level, event.tracks, event.box) == ("to check", (), HERE)
    (event,) = fights(window(0, 0.95), window(0.5, 0.95, "a"))
    assert (event.level, event.tracks) == ("alarm", ("a",))


def test_a_weak_fight_is_kept_below_the_levels_unless_a_sure_one_is_there() -> None:
    weak = window(0, 0.55, "a", "b")
    assert [e.level for e in fights(weak)] == ["below"]
    sure = window(0.5, 0.9, "a", "b")
    assert [(e.level, e.start.t) for e in fights(weak, sure)] == [("alarm", 0.5)]
    assert [e.level for e in fights(sure, levels=Levels())] == ["below"], "nothing was measured"
    assert fights(window(0, 0.4, "a", "b")) == []


def test_two_fights_at_one_time_are_two() -> None:
    here = [window(t, 0.65, "a", "b") for t in (0, 0.5, 1)]
    there = [window(t, 0.97, "c", "d", box=THERE) for t in (0.5, 1)]
    found = fights(*here, *there)
    assert [(e.tracks, e.level) for e in found] == [(("a", "b"), "to check"), (("c", "d"), "alarm")]
    weak = [window(t, 0.55, "e", "f", box=THERE) for t in (0.5, 1)]
    assert [e.level for e in fights(*here, *weak)] == ["to check", "below"], "not hidden by another"


def test_a_level_below_what_is_kept_at_all_keeps_the_fight_whole() -> None:
    low = Levels(alarm=0.8, to_check=0.3)
    whole = [window(t, p, "a", "b") for t, p in ((0, 0.35), (0.5, 0.6), (1, 0.35))]
    (event,) = fights(*whole, levels=low)
    assert (event.start.t, event.end.t, event.level) == (0.0, 3.0, "to check")
