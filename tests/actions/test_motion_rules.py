"""The first, honest action classifier: says what boxes can tell, and unknown otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from analyzer.actions.features import BODY_IN_FACES, measure, slope
from analyzer.actions.infer import MotionRules
from analyzer.config import ActionSettings
from analyzer.tracking.merge import WINDOW_T, merge
from analyzer.types import ACTIONS, Box, Detection, Moment, Observation, SegmentSpan, Tracklet

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


def labels(observations: Sequence[Observation]) -> set[str]:
    windows = MotionRules().windows(observations, ActionSettings(), PICTURE)
    # Windows that hang over an end of the track may be too short to tell.
    return {w.label for w in windows if w.features["observations"] >= 9}


@pytest.mark.parametrize(
    ("label", "path"),
    [
        ("standing", lambda t: at(400)),
        ("walking", lambda t: at(100 + 0.7 * H * t)),
        ("walking", lambda t: at(400, 200 + 0.5 * H * t)),
        ("running", lambda t: at(60 + 1.9 * H * t, w=0.5 * H)),
        ("lying", lambda t: at(400, 400, 2 * H, 0.6 * H)),
    ],
)
def test_what_boxes_can_tell_is_told(label: str, path: Path) -> None:
    assert labels(observed(path, end=5)) == {label}


def test_somebody_coming_nearer_walks() -> None:
    def nearer(t: float) -> Box:
        h = H * 8 / (8 - 1.1 * t)
        return Box(600 - 0.165 * h, 300 - h / 2, 0.33 * h, h)

    assert labels(observed(nearer, end=5)) == {"walking"}


@pytest.mark.parametrize(
    "path",
    [
        lambda t: at(400, w=0.75 * H),
        lambda t: at(-5),
        lambda t: at(400, 200 + 40 * t, 0.3 * H + 30 * t, H - 20 * t),
        lambda t: at(100 + 2 * H * t, w=2.2 * H),
    ],
    ids=["too wide to stand", "cut off", "changing posture", "lying and fast"],
)
def test_what_boxes_cannot_tell_is_unknown(path: Path) -> None:
    assert "unknown" in labels(observed(path, end=4))
    assert labels(observed(path, end=4)) <= {"unknown", "lying"}


def test_a_face_alone_or_a_glimpse_is_unknown() -> None:
    assert labels(observed(lambda t: at(400, w=20, h=24), face=True)) == {"unknown"}
    glimpse = MotionRules().windows(observed(lambda t: at(400), end=0.6), ActionSettings(), PICTURE)
    assert glimpse
    assert {w.label for w in glimpse} == {"unknown"}


def test_a_face_has_the_speed_of_a_body() -> None:
    face = observed(
        lambda t: at(100 + 0.7 * H * t, w=0.1 * H, h=H / BODY_IN_FACES), end=2, face=True
    )
    features = measure(face, PICTURE)
    assert features["face_only"] == 1
    assert features["speed"] == pytest.approx(0.7, rel=0.2)


def test_probabilities_sum_to_one_and_what_cannot_be_told_is_zero() -> None:
    for window in MotionRules().windows(
        observed(lambda t: at(100 + 30 * t * t)), ActionSettings(), PICTURE
    ):
        assert window.probabilities.dtype == np.float32
        assert window.probabilities.shape == (len(ACTIONS),)
        assert window.probabilities.sum() == pytest.approx(1, abs=1e-6)
        for label in ("sitting", "falling", "fighting"):
            assert window.probabilities[ACTIONS.index(label)] == 0


def test_windows_begin_on_one_grid_whatever_the_track() -> None:
    settings = ActionSettings()
    windows = MotionRules().windows(observed(lambda t: at(400), 3.37, 7.1), settings)
    begins = [w.features[WINDOW_T] for w in windows]
    assert begins == [2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0]
    assert all(w.start.t >= b and w.end.t < b + 2 for w, b in zip(windows, begins, strict=True))
    assert MotionRules().windows([], settings) == ()


@pytest.mark.parametrize("cut", [3.0, 4.3])
def test_a_cut_through_a_track_leaves_no_trace(cut: float) -> None:
    whole = observed(lambda t: at(100 + 10 * t * t), end=8)
    pts = round(cut * 90_000)
    spans = [SegmentSpan(0, 0, 0, pts), SegmentSpan(1, pts - 180_000, pts, 900_000)]
    segments = []
    for span in spans:
        part = tuple(o for o in whole if span.lead_pts <= o.moment.pts < span.end_pts)
        actions = MotionRules().windows(part, ActionSettings(), PICTURE)
        segments.append([Tracklet(1, part, actions=actions)])
    joined = merge([(0, 1), (1, 1)], segments, spans, 1)
    expected = MotionRules().windows(whole, ActionSettings(), PICTURE)
    assert [w.features for w in joined.actions] == [w.features for w in expected]
    assert [w.label for w in joined.actions] == [w.label for w in expected]


def test_a_wild_box_does_not_bend_the_slope() -> None:
    t = np.arange(10) * 0.2
    values = 3.0 * t
    values[4] = 100
    assert slope(t, values) == pytest.approx(3.0)
