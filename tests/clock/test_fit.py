"""Offset, drift and jumps are found through misread digits and stutter."""

from __future__ import annotations

import math

import pytest

from analyzer.clock.fit import Reading, fit


def plain(t: float, clock: float) -> Reading:
    """One picture shows whole seconds: it may stand anywhere in the second after."""
    return Reading(t, math.floor(clock) + 0.5, 0.5)


def change(t: float, clock: float) -> Reading:
    return Reading(t, clock, 0.02, 2)


def test_offset_and_drift() -> None:
    clock = [1000.3 + 1.01 * t for t in range(0, 61, 6)]
    readings = [plain(t, c) for t, c in zip(range(0, 61, 6), clock, strict=True)]
    found = fit([*readings, change(0.7 / 1.01, 1001.0), change(59.7 / 1.01, 1060.0)])
    assert found is not None
    assert found.at(0.0) == pytest.approx(1000.3, abs=0.1)
    assert found.drift == pytest.approx(0.01, abs=0.001)
    assert found.drift_sure
    assert len(found.pieces) == 1


def test_a_misread_digit_is_left_out() -> None:
    readings = [plain(t, 1000.0 + t) for t in (0, 10, 20, 30, 40, 50)]
    readings[3] = plain(30.0, 1630.0)
    found = fit(readings)
    assert found is not None
    assert found.at(30.0) == pytest.approx(1030.0, abs=0.6)
    assert len(found.pieces) == 1


def test_a_jump_is_a_new_piece() -> None:
    readings = [plain(t, 5000.0 + t - (3600 if t >= 30 else 0)) for t in range(0, 60, 5)]
    found = fit(readings)
    assert found is not None
    assert [round(piece.t) for piece in found.pieces] == [0, 30]
    assert found.at(10.0) == pytest.approx(5010.0, abs=0.6)
    assert found.at(40.0) == pytest.approx(1440.0, abs=0.6)


def test_a_digit_misread_for_a_while_is_no_jump() -> None:
    readings = [plain(t, 5000.0 + t - (480 if 20 <= t <= 25 else 0)) for t in range(0, 60, 5)]
    found = fit(readings)
    assert found is not None
    assert len(found.pieces) == 1


@pytest.mark.parametrize("values", [(7.0, 7.0, 7.0, 7.0), (3.0, 900.0, 41.0, 7.0), (5.0, 6.0)])
def test_what_does_not_count_is_no_clock(values: tuple[float, ...]) -> None:
    assert fit([plain(10.0 * i, value) for i, value in enumerate(values)]) is None


def test_a_file_that_runs_too_slowly_is_told_by_the_rate() -> None:
    found = fit([plain(t, 1000.0 + 2 * t) for t in range(0, 30, 3)])
    assert found is not None
    assert found.pieces[0].rate == pytest.approx(2.0, abs=0.02)
