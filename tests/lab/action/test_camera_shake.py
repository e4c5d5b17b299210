"""A moving camera, made from a steady one."""

from __future__ import annotations

import numpy as np

from analyzer.actions.optical_flow import FlowMeter
from analyzer.lab.action.camera_shake import camera_path, displaced
from analyzer.types import Moment

RNG = np.random.default_rng(2)
WALL = np.kron(RNG.integers(40, 200, (15, 20)), np.ones((8, 8))).astype(np.uint8)


def test_a_displaced_picture_flows_as_far_as_its_camera() -> None:
    meter = FlowMeter()
    assert meter.update(Moment(0, 0.0), displaced(WALL, np.array([0.0, 0.0]))) is None
    pair = meter.update(Moment(200, 0.2), displaced(WALL, np.array([3.0, -2.0])))
    assert pair is not None
    flow = np.median(pair.cells[4:-4, 4:-4].reshape(-1, 2), axis=0)
    assert np.allclose(flow, (3, -2), atol=0.4)


def test_a_camera_shakes_about_its_place_or_pans() -> None:
    pans = shakes = 0
    for seed in range(20):
        path = camera_path(40, 10.0, np.random.default_rng(seed))
        assert path.shape == (40, 2)
        if path[:, 1].any():
            shakes += 1
            assert 0.4 < path.std() < 2.1
        else:
            pans += 1
            steps = np.diff(path[:, 0])
            assert np.allclose(steps, steps[0])
    assert pans
    assert shakes
