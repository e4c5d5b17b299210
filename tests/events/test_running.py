"""Speeds in body heights a second, on made-up tracks."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.events.running import RUN_SPEED, ground_of, least_speed, speeds, usual_speeds
from analyzer.types import ActionWindow, Box, Detection, Moment, Observation


def walk(speed: float, foot: float = 500.0, half: bool = False) -> list[Observation]:
    """Return 4 s of somebody whose height in px is half of where the feet are.

    With ``half`` only the upper half is seen.
    """
    height = foot / 2
    seen = []
    for n in range(20):
        x = 100 + speed * height * n / 5
        shown = height / 2 if half else height
        box = Box(x, foot - shown, height / 3, shown)
        body = Detection(box, 0.9, "person")
        seen.append(Observation(Moment(n * 200, n / 5), None, body, "detected"))
    return seen


def window(start: float) -> ActionWindow:
    moments = (Moment(round(t * 1000), t) for t in (start, start + 2))
    return ActionWindow(*moments, np.full(8, 0.125, np.float32), {}, start, 10)


PEOPLE = [walk(0.8, foot) for foot in (300.0, 500.0, 700.0)]


def test_the_ground_is_learned_from_the_tracks() -> None:
    ground = ground_of(PEOPLE)
    assert ground is not None
    assert ground.height(400.0) == pytest.approx(200.0, rel=0.02)
    assert ground.height(2000.0) == pytest.approx(350.0, rel=0.02), "not beyond what was seen"
    assert ground_of(PEOPLE[:2]) is None, "two people tell too little"
    assert ground_of([]) is None


def test_a_half_hidden_walker_does_not_run() -> None:
    hidden = walk(0.8, 500.0, half=True)
    (alone,) = speeds(hidden, [window(0.0)], None)
    assert alone > RUN_SPEED, "in heights of its own box"
    (told,) = speeds(hidden, [window(0.0)], ground_of(PEOPLE))
    assert told == pytest.approx(0.8, rel=0.05)


def test_neither_a_jump_nor_to_and_fro_is_fast() -> None:
    still = walk(0.0)
    box = still[10].body
    assert box is not None
    jumped = still[:10] + [
        Observation(one.moment, None, Detection(Box(900, 250, 83, 250), 0.9, "person"), one.seen)
        for one in still[10:]
    ]
    assert speeds(jumped, [window(1.0)], None)[0] < 0.1
    away = walk(2.0)
    to_and_fro = [
        Observation(still[n].moment, None, (away if n % 2 else still)[1].body, "detected")
        for n in range(20)
    ]
    assert speeds(to_and_fro, [window(0.0)], None)[0] < RUN_SPEED
    assert speeds(away, [window(0.0)], None)[0] == pytest.approx(2.0, rel=0.01)
    assert np.isnan(speeds(away, [window(30.0)], None)[0]), "nobody was seen then"


def test_a_runner_is_faster_than_the_others_where_there_are_enough() -> None:
    others = usual_speeds([np.array([1.0, 2.0, np.nan, 3.0])] * 5 + [np.array([np.nan])])
    assert least_speed(others) == pytest.approx(2.5)
    assert least_speed(others[1:]) == RUN_SPEED, "four are known"
    assert least_speed(np.full(9, 0.5)) == RUN_SPEED
