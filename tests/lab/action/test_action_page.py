"""`analyzer evaluate action` on one of the samples, with its page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from analyzer.cli.evaluate import evaluate
from tests.places import LOBBY as CLIP


@pytest.mark.slow
def test_figures_are_printed_and_written_as_a_page(tmp_path: Path) -> None:
    table, page = tmp_path / "labels.csv", tmp_path / "page.html"
    rows = [f"{CLIP},walk,,anna,lobby,cam1", f"{CLIP},none,,,lobby,cam1"]
    table.write_text("\n".join(["path,label,intervals,subject,scene,camera", *rows]))
    done = CliRunner().invoke(
        evaluate, ["action", "--data", str(table), "--html", str(page), "--json"]
    )
    assert done.exception is None, done.output
    result = json.loads(done.stdout)
    assert result["windows"]["n"] > 15
    assert 0 <= result["windows"]["answered"] <= 1
    assert result["fighting"]["n"] == 1
    text = page.read_text()
    assert "An answer was given in" in text
    assert "Fights" in text
