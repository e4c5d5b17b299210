"""Every page before axe-core, light and dark: no serious problem."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from tests.report.hands import open_page, page, wait_for
from tests.report.reading import build_report
from tests.report.report_case import LOBBY, NIGHT, make_route_case

AXE = resources.files("selenium_axe_python").joinpath("axe-core", "axe.min.js")


def serious(browser: Any) -> list[list[Any]]:
    """Return what axe-core finds serious or critical in the page."""
    browser.execute_script(AXE.read_text(encoding="utf-8"))
    found = browser.execute_async_script(
        "const done = arguments[0];"
        "axe.run(document, {resultTypes: ['violations']}).then((r) => done(r.violations.map("
        "(v) => [v.impact, v.id, v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160))])))"
    )
    return [one for one in found if one[0] in ("serious", "critical")]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index", "video", "empty", "person-1", "method", "print"])
def test_axe_finds_nothing_serious(
    browser: Any, report_folder: Path, name: str, theme: str
) -> None:
    videos = {"video": LOBBY, "empty": NIGHT}
    address = (report_folder / f"{name}.html").as_uri()
    open_page(browser, page(report_folder, videos[name]) if name in videos else address)
    browser.execute_script(f"document.documentElement.dataset.theme = '{theme}'")
    assert serious(browser) == []


@pytest.mark.parametrize("name", ["index", "person-2"])
def test_the_list_of_people_and_a_route_have_nothing_serious(
    browser: Any, tmp_path: Path, name: str
) -> None:
    report = build_report(make_route_case(tmp_path / "case"), tmp_path / "out").parent
    open_page(browser, (report / f"{name}.html").as_uri())
    wait_for(browser, "document.querySelector('#people-list tr, .route .stop')")
    assert serious(browser) == []
