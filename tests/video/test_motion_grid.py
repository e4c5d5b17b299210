"""The grid tells where something changed: all of it, nothing beside it, and packs without loss."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.config_detection import MotionSettings
from analyzer.types import Moment, MotionSecond, SegmentSpan
from analyzer.video.motion import MotionGate
from analyzer.video.motion_grid import (
    COLUMNS,
    ROWS,
    MotionGrid,
    cells_of,
    pack_cells,
    unpack_cells,
    weights_of,
)
from tests.video.test_motion import room, with_face

PTS = 90_000


def measured(first: float, last: float) -> tuple[MotionSecond, ...]:
    """A face walks from x 100 to x 500 between the second ``first`` and ``last`` of twelve."""
    gate, grid = MotionGate(MotionSettings()), MotionGrid(SegmentSpan(0, 0, PTS, 12 * PTS))
    for i in range(60):
        t = i / 5
        picture = room(i)
        if first <= t < last:
            with_face(picture, round(100 + 400 * (t - first) / (last - first)))
        grid.update(Moment(round(t * PTS), t), gate.update(picture, t))
    return grid.seconds()


def test_the_seconds_and_places_are_those_of_the_face() -> None:
    seconds = measured(4.0, 7.0)
    assert [int(second.start.t) for second in seconds] == [4, 5, 6, 7], "it leaves at 7.0"
    for second in seconds[:3]:
        assert second.end.t - second.start.t == pytest.approx(0.8)
        rows, columns = np.nonzero(second.cells)
        assert set(rows) <= {9, 10, 11}, "a face of 20 px around y 200, cells of 20 px"
        x = 100 + 400 * (second.start.t - 4.0) / 3
        assert columns.min() * 20 <= x + 8 and columns.max() * 20 + 20 >= x - 8
    assert seconds[0].cells.max() > 60


def test_the_lead_of_a_segment_is_left_to_the_one_before() -> None:
    assert measured(0.0, 1.0)[0].start.t == 1.0, "from 1 s on it is the segment's own stretch"


def test_cells_come_back_as_they_were_packed() -> None:
    rng = np.random.default_rng(1)
    for shape in ((ROWS, COLUMNS), (7, 5), (1, 1)):
        cells = (rng.integers(0, 256, shape) * (rng.random(shape) < 0.2)).astype(np.uint8)
        assert np.array_equal(unpack_cells(pack_cells(cells), *shape), cells)
        assert len(pack_cells(cells)) == -(-cells.size // 8) + np.count_nonzero(cells)


def test_one_changed_pixel_is_never_nothing() -> None:
    changed = np.zeros((180, 320), np.uint8)
    changed[170, 315] = 1
    cells = cells_of(changed)
    assert cells[-1, -1] == 3 and np.count_nonzero(cells) == 1
    assert cells_of(np.ones((9, 13), np.uint8)).min() == 255


def test_weights_are_the_shares_of_a_region() -> None:
    whole = weights_of((0.0, 0.0, 1.0, 1.0), ROWS, COLUMNS)
    assert whole.sum() == pytest.approx(1.0) and np.ptp(whole) < 1e-12
    part = weights_of((0.25, 0.0, 0.28125, 1 / 9), ROWS, COLUMNS)
    assert part[0, 8] == pytest.approx(0.5) and part[1, 8] == pytest.approx(0.5)
    assert np.count_nonzero(part > 1e-9) == 2
