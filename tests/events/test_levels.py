"""Measured levels of events, and what the settings make of them."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from analyzer.config import Settings
from analyzer.errors import ModelError
from analyzer.events.levels import KINDS, UNMEASURED, Levels, levels_of, measured_levels, state_of


def written(folder: Path, **kinds: object) -> Path:
    (folder / "model.json").write_text("{}")
    path = folder / "levels.json"
    path.write_text(json.dumps({"kinds": kinds}))
    return path


def test_the_shipped_model_has_measured_levels_of_every_kind() -> None:
    found = levels_of(Settings())
    assert set(found) == set(KINDS)
    for levels in found.values():
        assert 0.5 <= levels.to_check <= levels.alarm


def test_null_is_a_level_that_no_score_reaches(tmp_path: Path) -> None:
    path = written(tmp_path, falling={"alarm": None, "to_check": 0.7})
    found = measured_levels(path)
    assert found["falling"] == Levels(math.inf, 0.7)
    assert found["fighting"] == UNMEASURED
    assert found["falling"].of(1.0) == "to check"


def test_a_score_of_the_settings_takes_the_place_of_the_measured_one(tmp_path: Path) -> None:
    written(tmp_path, falling={"alarm": 0.8, "to_check": 0.6})
    settings = Settings().with_values("actions", model=str(tmp_path))
    assert levels_of(settings)["falling"] == Levels(0.8, 0.6)
    shy = settings.with_values("events", falling=0.9)
    assert levels_of(shy)["falling"] == Levels(0.9, 0.9), "no alarm below what is told at all"
    eager = settings.with_values("events", falling=0.3)
    assert levels_of(eager)["falling"] == Levels(0.8, 0.3)


def test_levels_of_another_form_are_refused_and_other_ones_derive_anew(tmp_path: Path) -> None:
    settings = Settings().with_values("actions", model=str(tmp_path))
    written(tmp_path, falling={"alarm": 0.8, "to_check": 0.6})
    before = state_of(settings)
    path = written(tmp_path, falling={"alarm": 0.9, "to_check": 0.6})
    assert state_of(settings) != before
    (tmp_path / "other").mkdir()
    broken = written(tmp_path / "other", falling={"alarm": 0.9})
    with pytest.raises(ModelError, match=r"levels\.json"):
        measured_levels(broken)
    path.unlink()
    assert state_of(settings) == "unmeasured"


def test_without_actions_no_model_of_them_is_needed() -> None:
    settings = Settings().with_values("actions", model="no such model")
    with pytest.raises(ModelError):
        levels_of(settings)
    off = settings.with_values("actions", enabled=False)
    assert set(levels_of(off).values()) == {UNMEASURED} and state_of(off) == "no actions"
