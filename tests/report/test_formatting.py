"""How names are written and ordered."""

from __future__ import annotations

import pytest

from analyzer.emotions.quality_gate import Floors
from analyzer.report import formatting
from analyzer.types import Clothing


def test_numbers_in_names_are_ordered_as_numbers() -> None:
    names = ["unknown-10", "Zoë", "unknown-2", "unknown-1", "7 b", "10 a", "unknown-²"]
    assert sorted(names, key=formatting.natural) == [
        "7 b", "10 a", "Zoë", "unknown-1", "unknown-2", "unknown-10", "unknown-²",
    ]  # fmt: skip


def test_a_name_may_break_after_its_signs_and_stays_text() -> None:
    assert formatting.breakable("in/cam_1.<b>") == "in/<wbr>cam_<wbr>1.<wbr>&lt;b&gt;"


@pytest.mark.parametrize(
    ("gate", "kind"),
    [
        ({"sharpness": 9.0, "eye_px": 10.0}, "face under 48 px wide"),
        ({"sharpness": 9.0, "yaw": -62.0}, "head turned over 50°"),
        ({"sharpness": 9.0, "pitch": 33.0}, "head tilted down over 20°"),
        ({"sharpness": 9.0, "pitch": -33.0}, "head tilted up over 25°"),
        ({"sharpness": 1.23}, "too blurred (sharpness under 3.5)"),
    ],
)
def test_reasons_are_counted_without_what_was_measured(gate: dict[str, float], kind: str) -> None:
    floors = Floors(face_px=48, sharpness=3.5, yaw_deg=50, down_deg=20, up_deg=25)
    reason = floors.reason(**gate)
    assert formatting.kind_of_reason(str(reason)) == kind
    assert formatting.kind_of_reason("may not be a face") == "may not be a face"


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ("yaw 62°, limit 50°", "head turned 62°, limit 50°"),
        ("pitch 31°", "head tilted 31°"),
        ("looks down 31°, limit 20°", "head tilted down 31°, limit 20°"),
        ("may not be a face", "may not be a face"),
    ],
)
def test_reasons_are_told_in_words_of_everyday(stored: str, words: str) -> None:
    assert formatting.plain_reason(stored) == words


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (Clothing("red", 0.93, "blue", 0.86), "red upper, blue lower"),
        (Clothing("white and black", 0.9), "white and black upper, lower not told"),
        (Clothing(reason="infra-red picture"), "clothes not told: infra-red picture"),
        (Clothing(), "clothes not told"),
    ],
)
def test_clothes_say_what_is_told_and_what_is_not(told: Clothing, words: str) -> None:
    assert formatting.clothes(told) == words


def test_the_probability_of_clothes_is_never_rounded_to_certainty() -> None:
    told = Clothing("red", 0.997, reason="lower half not seen")
    assert formatting.sure_of_clothes(told) == "probability: upper > 0.99; lower half not seen"
