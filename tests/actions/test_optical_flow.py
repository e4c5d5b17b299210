"""The flow between samples, and the windows of the whole picture made of it."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.actions import scene
from analyzer.actions.model import ActionModel
from analyzer.actions.optical_flow import SERIES, FlowMeter, Pair
from analyzer.config import ActionSettings
from analyzer.models.registry import trained
from analyzer.types import Frame, Moment

RNG = np.random.default_rng(3)
WALL = np.kron(RNG.integers(40, 200, (15, 40)), np.ones((8, 8))).astype(np.uint8)


def moment(t: float) -> Moment:
    return Moment(round(t * 90_000), t)


def moved(shift: int) -> np.ndarray:
    """A wall 160 px wide that the camera passes, ``shift`` px to the left."""
    return np.ascontiguousarray(WALL[:, shift : shift + 160])


def pair(dt: float, shift: int) -> Pair:
    meter = FlowMeter()
    assert meter.update(moment(0), moved(0)) is None
    found = meter.update(moment(dt), moved(shift))
    assert found is not None
    return found


@pytest.mark.parametrize(("dt", "shift"), [(0.2, 4), (0.1, 2)])
def test_flow_is_per_time_whatever_the_frame_rate(dt: float, shift: int) -> None:
    found = pair(dt, shift)
    inner = found.cells[4:-4, 4:-4]
    assert np.median(inner[..., 0]) == pytest.approx(-4, abs=0.4)
    assert np.median(inner[..., 1]) == pytest.approx(0, abs=0.2)
    told = dict(zip(SERIES, found.series, strict=True))
    assert told["unity"] > 0.95
    assert told["area"] > 0.9
    assert found.moved


def test_nothing_moves_in_a_still_picture_and_a_gap_has_no_flow() -> None:
    still = pair(0.2, 0)
    assert not still.moved
    assert not still.strength.any()
    meter = FlowMeter()
    meter.update(moment(0), moved(0))
    assert meter.update(moment(3), moved(4)) is None
    assert meter.update(moment(3.1), moved(6)) is not None


def frames(end: float, fps: float = 10.0) -> list[Frame]:
    """Somebody shakes in the left half, at 320 × 240."""
    result = []
    for i in range(round(end * fps)):
        small = moved(0).copy()
        small[:, :80] = moved(int(40 + 6 * np.sin(i)))[:, :80]
        luma = np.kron(small, np.ones((2, 2), np.uint8))
        planes = np.concatenate([luma, np.full((120, 320), 128, np.uint8)])
        result.append(Frame(moment(i / fps), planes, 320, 240))
    return result


@pytest.fixture(scope="module")
def model() -> ActionModel:
    return ActionModel.load(trained("action", "default"))


def measured(seen: list[Frame]) -> list[scene.Measured]:
    flow = scene.SceneFlow(ActionSettings())
    return [window for frame in seen for window in flow.update(frame)] + flow.finish()


def test_windows_lie_on_one_grid_wherever_the_pictures_begin(model: ActionModel) -> None:
    seen = frames(6)
    whole = {w.begins: w for w in measured(seen)}
    assert sorted(whole) == [i / 2 for i in range(10)]
    later = {w.begins: w for w in measured([f for f in seen if f.moment.t >= 1.9])}
    assert set(later) <= set(whole)
    for begins in (2.0, 2.5, 4.0):
        # The first acceleration of all needs a picture that was not seen.
        told, wanted = (scene.judge(ws[begins], model) for ws in (later, whole))
        assert told.fighting == pytest.approx(wanted.fighting, abs=0.05)
        assert (told.start, told.end) == (wanted.start, wanted.end)


def test_motion_is_measured_where_it_is(model: ActionModel) -> None:
    window = measured(frames(3))[0]
    assert window.features["fine.place8.strength.max"] > 1
    assert window.features["fine.place8.strength.max"] > 1.5 * window.features["fine.strength.mean"]
    told = scene.judge(window, model)
    assert 0 <= told.fighting <= 1
    assert set(told.features) == set(scene.SHOWN)


def test_where_nothing_moves_nothing_is_told() -> None:
    planes = frames(0.1)[0].planes
    assert measured([Frame(moment(i / 10), planes, 320, 240) for i in range(60)]) == []


@pytest.mark.parametrize(("fps", "decoded"), [(5.0, 10.0), (2.0, 10.0), (3.0, 12.0), (25.0, 25.0)])
def test_pictures_are_decoded_at_a_multiple_of_the_sampling_rate(
    fps: float, decoded: float
) -> None:
    assert scene.flow_fps(fps) == decoded


def test_a_stuttering_recording_has_no_window_twice() -> None:
    stutters = [f for f in frames(6.0) if not (1.95 < f.moment.t < 2.55 or 3.85 < f.moment.t < 4.6)]
    held = [(one.start.pts, one.end.pts) for one in measured(stutters)]
    assert len(held) > 3
    assert len(set(held)) == len(held)
