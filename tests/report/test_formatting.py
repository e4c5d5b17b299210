"""How names are written and ordered."""

from __future__ import annotations

from analyzer.report import formatting


def test_numbers_in_names_are_ordered_as_numbers() -> None:
    names = ["unknown-10", "Zoë", "unknown-2", "unknown-1", "7 b", "10 a", "unknown-²"]
    assert sorted(names, key=formatting.natural) == [
        "7 b", "10 a", "Zoë", "unknown-1", "unknown-2", "unknown-10", "unknown-²",
    ]  # fmt: skip


def test_a_name_may_break_after_its_signs_and_stays_text() -> None:
    assert formatting.breakable("in/cam_1.<b>") == "in/<wbr>cam_<wbr>1.<wbr>&lt;b&gt;"
