"""Every page before axe-core, light and dark: no serious problem."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from tests.report.hands import open_page, page
from tests.report.report_case import LOBBY, NIGHT

AXE = resources.files("selenium_axe_python").joinpath("axe-core", "axe.min.js")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index", "video", "empty", "person-1", "method", "print"])
def test_axe_finds_nothing_serious(
    browser: Any, report_folder: Path, name: str, theme: str
) -> None:
    videos = {"video": LOBBY, "empty": NIGHT}
    address = (report_folder / f"{name}.html").as_uri()
    open_page(browser, page(report_folder, videos[name]) if name in videos else address)
    browser.execute_script(f"document.documentElement.dataset.theme = '{theme}'")
    browser.execute_script(AXE.read_text(encoding="utf-8"))
    found = browser.execute_async_script(
        "const done = arguments[0];"
        "axe.run(document, {resultTypes: ['violations']}).then((r) => done(r.violations.map("
        "(v) => [v.impact, v.id, v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160))])))"
    )
    assert [one for one in found if one[0] in ("serious", "critical")] == []
