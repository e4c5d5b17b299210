"""The example report: made by its script from the case of the demo, and opened."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.places import ROOT
from tests.report.hands import open_page, problems, script, text, wait_for

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def example(samples_case: tuple[Path, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the example, made as ``make example`` makes it."""
    case = tmp_path_factory.mktemp("example") / "case"
    program = ROOT / "samples/make_example.sh"
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    told = subprocess.run(
        [program, samples_case[0], case],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stderr[-2000:]
    return case / "report"


def test_the_first_page_tells_who_was_confirmed_where(browser: Any, example: Path) -> None:
    open_page(browser, (example / "index.html").as_uri())
    told = text(browser, "#summary")
    assert "Barack Obama was confirmed by reviewers in 1 of 3 tracks" in told
    assert "Corridor T5" in told and "Lobby T1" in told and "Store T1" in told
    wait_for(browser, "document.body.dataset.people")
    assert script(browser, "document.querySelectorAll('#people-list tr').length") >= 4
    assert script(browser, "[...document.images].every(i => !i.complete || i.naturalWidth > 0)")
    assert problems(browser) == []


def test_the_page_of_a_recording_plays_and_shows_the_evidence(browser: Any, example: Path) -> None:
    (page,) = (p for p in example.glob("video-*.html") if "corridor_cam2" in p.read_text())
    open_page(browser, f"{page.as_uri()}#track=T5&t=14.5")
    wait_for(browser, "document.getElementById('video').readyState >= 2")
    assert "confirmed by A. Examiner" in text(browser, "main")
    assert script(browser, "document.getElementById('face-figure').hidden") is False
    assert script(browser, "document.querySelectorAll('#film img').length") >= 2
    assert problems(browser) == []


def test_the_page_of_the_person_has_a_route_over_three_cameras(example: Path) -> None:
    page = (example / "person-1.html").read_text(encoding="utf-8")
    assert page.count('class="stop"') >= 3
    assert "Plan of the cameras" in page and "m away" in page
