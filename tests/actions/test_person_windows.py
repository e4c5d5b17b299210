"""The windows of one person: where they lie, what they hold, and when nothing can be told."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from analyzer.actions.classifier import Surroundings, not_faster, person_windows
from analyzer.actions.features import BODY_IN_FACES, measure, slope
from analyzer.actions.model import ActionModel
from analyzer.config import ActionSettings
from analyzer.models.registry import trained
from analyzer.tracking.merge import merge
from analyzer.types import (
    ACTIONS,
    ActionWindow,
    Box,
    Detection,
    Moment,
    Observation,
    SegmentSpan,
    Tracklet,
)

PICTURE = (1280.0, 720.0)
H = 120.0

Path = Callable[[float], Box]


def at(x: float, y: float = 200, w: float = 0.33 * H, h: float = H) -> Box:
    return Box(x, y, w, h)


def observed(
    path: Path, start: float = 0, end: float = 6, step: float = 0.2, face: bool = False
) -> list[Observation]:
    rng = np.random.default_rng(5)
    result = []
    for i in range(round((end - start) / step)):
        t = start + i * step
        box = path(t)
        dx, dy, dw, dh = rng.normal(0, 0.012 * H, 4)
        box = Box(box.x + dx, box.y + dy, box.w + dw, box.h + dh)
        found = Detection(box, 0.9, "face" if face else "person")
        kinds = (found, None) if face else (None, found)
        result.append(Observation(Moment(round(t * 90_000), t), *kinds, "detected"))
    return result


@pytest.fixture(scope="module")
def model() -> ActionModel:
    return ActionModel.load(trained("action", "default"))


def windows(
    model: ActionModel, observations: Sequence[Observation], settings: ActionSettings | None = None
) -> tuple[ActionWindow, ...]:
    """The windows of a person without flow."""
    around = Surroundings(PICTURE, {}, {})
    return person_windows(observations, around, model, settings or ActionSettings())


def test_a_glimpse_is_unknown(model: ActionModel) -> None:
    glimpse = windows(model, observed(lambda t: at(400), end=0.6))
    assert glimpse
    assert {w.label for w in glimpse} == {"unknown"}


def test_a_face_has_the_speed_of_a_body() -> None:
    face = observed(
        lambda t: at(100 + 0.7 * H * t, w=0.1 * H, h=H / BODY_IN_FACES), end=2, face=True
    )
    features = measure(face, PICTURE)
    assert features["face_only"] == 1
    assert features["speed"] == pytest.approx(0.7, rel=0.2)


def test_somebody_held_is_measured_as_somebody_who_hardly_moves() -> None:
    def standing(shift: float) -> dict[str, float]:
        boxes = [at(300 + shift * i, h=H + shift * i) for i in range(10)]
        seen = [Detection(box, 0.9, "person") for box in boxes]
        moments = [Moment(i * 18_000, i / 5) for i in range(10)]
        held = [Observation(m, None, s, "held") for m, s in zip(moments, seen, strict=True)]
        return measure(held, PICTURE)

    assert standing(0.0) == pytest.approx(standing(1e-9), abs=1e-6)
    assert standing(0.0)["still"] == 1


def test_probabilities_sum_to_one_and_a_fight_is_not_told_of_one_person(model: ActionModel) -> None:
    told = windows(model, observed(lambda t: at(100 + 30 * t * t)))
    assert len(told) >= 9
    for window in told:
        assert window.probabilities.dtype == np.float32
        assert window.probabilities.shape == (len(ACTIONS),)
        assert window.probabilities.sum() == pytest.approx(1, abs=1e-6)
        assert window.probabilities[ACTIONS.index("fighting")] == 0
        assert window.features["speed"] >= 0


def test_windows_begin_on_one_grid_whatever_the_track(model: ActionModel) -> None:
    told = windows(model, observed(lambda t: at(400), 3.37, 7.1))
    begins = [w.begins for w in told]
    assert begins == [2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0]
    assert all(w.start.t >= b and w.end.t < b + 2 for w, b in zip(told, begins, strict=True))
    assert windows(model, []) == ()


@pytest.mark.parametrize("cut", [3.0, 4.3])
def test_a_cut_through_a_track_leaves_no_trace(cut: float, model: ActionModel) -> None:
    whole = observed(lambda t: at(100 + 10 * t * t), end=8)
    pts = round(cut * 90_000)
    spans = [SegmentSpan(0, 0, 0, pts), SegmentSpan(1, pts - 180_000, pts, 900_000)]
    segments = []
    for span in spans:
        part = tuple(o for o in whole if span.lead_pts <= o.moment.pts < span.end_pts)
        actions = windows(model, part)
        segments.append([Tracklet(1, part, actions=actions)])
    joined = merge([(0, 1), (1, 1)], segments, spans, 1)
    expected = windows(model, whole)
    assert [w.features for w in joined.actions] == [w.features for w in expected]
    for got, wanted in zip(joined.actions, expected, strict=True):
        assert got.probabilities == pytest.approx(wanted.probabilities, abs=1e-6)


def test_a_wild_box_does_not_bend_the_slope() -> None:
    t = np.arange(10) * 0.2
    values = 3.0 * t
    values[4] = 100
    assert slope(t, values) == pytest.approx(3.0)


def test_nobody_runs_at_the_speed_of_a_walk() -> None:
    runs = np.eye(len(ACTIONS), dtype=np.float32)[ACTIONS.index("running")]
    slow, fast = {"speed": 0.6, "depth_speed": 0.3}, {"speed": 0.9, "depth_speed": 0.9}
    assert ACTIONS[not_faster(runs, slow).argmax()] == "walking"
    assert ACTIONS[not_faster(runs, fast).argmax()] == "running"
    assert not_faster(runs, slow).sum() == 1
