"""A report of one file, opened alone."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.report.hands import click, cursor, open_page, problems, requests, script, text, wait_for
from tests.report.reading import build_report


@pytest.fixture(scope="module")
def one_file(player_case: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one file, alone in a folder."""
    built = build_report(player_case[0], tmp_path_factory.mktemp("out") / "one", one_file=True)
    assert sorted(path.name for path in built.parent.iterdir()) == ["index.html", "report.format"]
    alone = tmp_path_factory.mktemp("alone") / "gate.html"
    shutil.copyfile(built, alone)
    return alone


def test_it_needs_nothing_beside_it(
    browser: Any, one_file: Path, player_case: tuple[Path, str]
) -> None:
    open_page(browser, one_file.as_uri())
    assert "candidate seen" in text(browser, "#events")
    assert script(browser, "[...document.images].every(i => !i.src || i.src.startsWith('data:'))")
    address = f"{one_file.as_uri()}#page=video-{player_case[1][:12]}&track=T2&t=5"
    open_page(browser, address)
    wait_for(browser, "document.getElementById('video').readyState >= 2")
    click(browser, "#track .pad", 0.5)
    assert cursor(browser) == pytest.approx(6.0, abs=0.1)
    assert script(browser, "location.hash").startswith("#page=video-")
    wait_for(browser, "Math.abs(document.getElementById('video').currentTime - 6) < 0.15")
    asked = [url for url in requests(browser) if not url.startswith(("data:", "blob:"))]
    assert {url.split("#")[0] for url in asked} == {one_file.as_uri()}
    assert problems(browser) == []


def test_people_are_listed_and_every_track_has_one_body(browser: Any, one_file: Path) -> None:
    open_page(browser, one_file.as_uri() + "#page=index&people&upper=blue")
    wait_for(browser, "document.body.dataset.people")
    assert script(browser, "document.querySelectorAll('#people-list img').length") >= 4
    assert script(browser, "document.querySelectorAll('#people-list .nopicture').length") == 0
    browser.execute_script("document.querySelector('#people-list .path a').click()")
    wait_for(browser, "document.body.dataset.track")
    assert script(browser, "document.querySelectorAll('#film [data-key^=\"5 \"]').length") == 1
    assert script(browser, "document.querySelectorAll('#film .nopicture').length") == 0
    assert problems(browser) == []


def test_links_between_its_pages_work(browser: Any, one_file: Path) -> None:
    open_page(browser, one_file.as_uri())
    browser.execute_script("document.querySelector('#files a').click()")
    wait_for(browser, "document.body.dataset.track")
    browser.execute_script("document.querySelector('.jump a[href*=method]').click()")
    wait_for(browser, "document.body.className.includes('method')")
    assert "What the figures mean" in text(browser, "main")
