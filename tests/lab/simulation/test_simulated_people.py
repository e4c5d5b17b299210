"""The simulation shows what a camera would: postures with the shapes that real people have."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.actions.model import PERSON_ACTIONS
from analyzer.actions.person_features import MEASURES, STEPS
from analyzer.config import ActionSettings
from analyzer.lab.action.labels import Clip, read_intervals
from analyzer.lab.action.window_labels import fell_at, window_label
from analyzer.lab.simulation.body import STANDING, Build, Floats, points, pose
from analyzer.lab.simulation.people import Simulated, simulate
from analyzer.lab.simulation.windows import shown, simulated_windows

BUILD = Build(1.8, 1.0)
HEADING = np.zeros(1)


def extent(posed: Floats, towards: float = np.pi / 2) -> Floats:
    """Length, width and height in metres of a pose that faces x."""
    found, radii = points(posed[None], BUILD, HEADING, towards)
    low, high = (found[0] - radii[:, None]).min(0), (found[0] + radii[:, None]).max(0)
    assert low[2] == pytest.approx(0, abs=1e-9)
    return np.asarray(high - low)


def test_bodies_have_the_size_of_bodies() -> None:
    assert extent(STANDING)[2] == pytest.approx(1.8, rel=0.06)
    seated = extent(pose(hip_l=90, hip_r=90, knee_l=90, knee_r=90))
    assert 1.2 < seated[2] < 1.45
    lying = extent(pose(tilt=90))
    assert lying[1] == pytest.approx(1.8, rel=0.06)
    assert lying[2] < 0.6
    jumping, radii = points(pose(lift=0.3)[None], BUILD, HEADING, 0.0)
    assert (jumping[0, :, 2] - radii).min() == pytest.approx(0.3)


@pytest.fixture(scope="module")
def seen() -> list[Simulated]:
    return list(simulate(40, 5))


def test_standing_is_upright_and_lying_is_low(seen: list[Simulated]) -> None:
    shapes: dict[str, list[float]] = {}
    for one in seen:
        assert len(one.observations) == len(one.labels) == len(one.flow)
        for observation, label in zip(one.observations, one.labels, strict=True):
            assert observation.body is not None
            box = observation.body.box
            assert box.x >= 0
            assert box.y2 <= one.picture[1] + 1e-6
            shapes.setdefault(label, []).append(box.w / box.h)
    assert np.median(shapes["standing"]) < 0.55 < np.median(shapes["sitting"]) < 1
    assert np.median(shapes["lying"]) > 1.2


def test_the_same_seed_gives_the_same_windows() -> None:
    first, again = (simulated_windows(6, 2, ActionSettings()) for _ in range(2))
    assert (first[0] == again[0]).all()
    assert (first[1] == again[1]).all()
    assert first[0].shape[1:] == (STEPS, len(MEASURES))
    assert set(first[1]) <= set(range(len(PERSON_ACTIONS)))


def test_a_window_between_two_actions_shows_none() -> None:
    assert shown(["standing"] * 10) == "standing"
    assert shown(["standing"] * 5 + ["walking"] * 5) is None
    assert shown(["standing"] * 4 + ["falling"] * 3 + ["lying"] * 3) == "falling"
    assert shown(["standing"] * 9 + ["falling"]) is None


def test_a_fall_labelled_as_a_whole_teaches_its_parts(seen: list[Simulated]) -> None:
    clip = _clip("fall")
    told = [window_label(clip, t, 2.0, 10.0, 4.0) for t in (0.0, 1.5, 3.0, 3.9, 5.0)]
    assert told == ["standing", "standing", "falling", None, "lying"]
    assert window_label(clip, 0.0, 2.0, 10.0, None) is None
    intervals = _clip("fall", "Falling (BW)[3 to 9]; Standing[0 to 3]")
    assert window_label(intervals, 0.5, 2.0, 10.0, None) == "standing"
    assert window_label(intervals, 2.5, 2.0, 10.0, None) == "falling"
    assert window_label(intervals, 5.0, 2.0, 10.0, None) == "lying"
    assert window_label(_clip("jump"), 3.0, 2.0, 10.0, None) == "standing"
    assert [window_label(_clip("run"), t, 2.0, 8.0, None) for t in (1.0, 5.0)] == [None, "running"]
    fallen = next(one for one in seen if "falling" in one.labels)
    at = fell_at([fallen.observations])
    down = [
        o.moment.t
        for o, label in zip(fallen.observations, fallen.labels, strict=True)
        if label == "falling"
    ]
    assert at is not None
    assert min(down) - 0.6 <= at <= max(down) + 0.6


def _clip(label: str, intervals: str = "") -> Clip:
    from pathlib import Path

    return Clip(Path("x"), "s/x", label, read_intervals(intervals), "one", "", "")
