"""What an investigator's browser makes of a report, opened from disk in real headless Chromium."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from report_case import ANNA, LOBBY, NIGHT, YARD


def _page(folder: Path, sha256: str) -> str:
    return (folder / f"video-{sha256[:12]}.html").as_uri()


def _open(browser: Any, address: str) -> None:
    browser.get("about:blank")
    for kind in ("browser", "performance"):
        browser.get_log(kind)
    browser.get(address)


def _script(browser: Any, code: str, *values: Any) -> Any:
    return browser.execute_script(f"return {code}", *values)


def _text(browser: Any, css: str) -> str:
    return str(_script(browser, f"document.querySelector({json.dumps(css)}).innerText"))


def _click(browser: Any, css: str, share: float, y: int = 10) -> None:
    """Click at a share of the width of an element and ``y`` px from its top, as a hand would."""
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.by import By

    element = browser.find_element(By.CSS_SELECTOR, css)
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    box = element.rect
    dx, dy = box["width"] * (share - 0.5), y - box["height"] / 2
    ActionChains(browser).move_to_element_with_offset(element, int(dx), int(dy)).click().perform()


def _press(browser: Any, *keys: str) -> None:
    from selenium.webdriver import ActionChains

    ActionChains(browser).send_keys(*keys).perform()


def _cursor(browser: Any) -> float:
    return float(str(_script(browser, "location.hash")).split("t=")[1])


@pytest.mark.parametrize("sha256", [None, LOBBY, YARD, NIGHT])
def test_pages_load_from_disk_without_errors_or_requests_elsewhere(
    browser: Any, report_folder: Path, sha256: str | None
) -> None:
    case_page = (report_folder / "index.html").as_uri()
    _open(browser, _page(report_folder, sha256) if sha256 else case_page)
    problems = [e for e in browser.get_log("browser") if e["level"] in ("SEVERE", "WARNING")]
    assert problems == []
    messages = [json.loads(e["message"])["message"] for e in browser.get_log("performance")]
    sent = [m["params"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    asked = [params["request"]["url"] for params in sent]
    assert asked
    allowed = (report_folder.as_uri() + "/", "data:")
    assert [url for url in asked if not url.startswith(allowed)] == []


def test_the_policy_blocks_scripts_that_are_not_ours(browser: Any, report_folder: Path) -> None:
    _open(browser, _page(report_folder, LOBBY))
    browser.execute_script(
        "const s = document.createElement('script'); s.textContent = 'window.broken = 1';"
        "document.body.append(s)"
    )
    assert _script(browser, "window.broken === undefined")


def test_names_with_markup_are_text(browser: Any, report_folder: Path) -> None:
    _open(browser, _page(report_folder, LOBBY))
    assert '<script>alert(1)<!-- lobby "cam 3".avi' in _text(browser, "h1")
    assert ANNA in _text(browser, "#tracks li")
    assert ANNA in _text(browser, "#selected-name")
    assert _script(browser, "document.querySelectorAll('main script:not([type])').length") == 0


def test_selecting_a_track_changes_charts_pictures_and_address(
    browser: Any, report_folder: Path
) -> None:
    _open(browser, _page(report_folder, LOBBY))
    shape = "JSON.stringify(document.querySelector('#track .plot').data.slice(0, 7).map(d => d.x))"
    before, shot = _script(browser, shape), _script(browser, "document.getElementById('shot').src")
    _click(browser, ".card[data-track=T2]", 0.5)
    assert _script(browser, shape) != before
    assert _script(browser, "document.getElementById('shot').src") != shot
    assert "#track=T2&t=" in _script(browser, "location.hash")
    assert _script(browser, "document.querySelector('.card[data-track=T2]').ariaPressed") == "true"


def test_clicking_a_chart_leads_to_the_nearest_stored_face(
    browser: Any, report_folder: Path
) -> None:
    _open(browser, _page(report_folder, LOBBY) + "#track=T4&t=62")
    _click(browser, "#track .pad", 0.9)
    assert _cursor(browser) == pytest.approx(108, abs=0.5)
    assert _script(browser, "document.getElementById('shot').naturalWidth") > 0
    caption = _text(browser, "#shot-caption")
    assert "T4" in caption and "03:13:54.080" in caption  # the face at 106.6 s
    browser.execute_script("document.getElementById('lanes').scrollTop = 0")
    _click(browser, "#lanes", 0.3, y=24 + 12)
    assert "#track=T2&t=" in _script(browser, "location.hash")


def test_an_address_opens_a_track_at_a_time(browser: Any, report_folder: Path) -> None:
    _open(browser, _page(report_folder, LOBBY) + "#track=T4&t=101.2")
    assert _text(browser, "#selected-name").startswith("T4")
    assert _text(browser, "#time") == "2026-02-27 03:13:48.680"
    assert "not analysed: timestamps jump" in _text(browser, "#told")


def test_insufficient_quality_gives_its_reason_and_no_values(
    browser: Any, report_folder: Path
) -> None:
    _open(browser, _page(report_folder, LOBBY) + "#track=T1&t=60.5")
    assert "</script><script>alert(1)</script>" in _text(browser, "#told")
    assert set(_text(browser, "#legend").split()) & set("0123456789") == set()
    _open(browser, _page(report_folder, LOBBY) + "#track=T3&t=30")
    assert "No expression could be told for T3: face too small" in _text(browser, "#emotion-note")


def test_no_line_is_drawn_over_a_gap(browser: Any, report_folder: Path) -> None:
    _open(browser, _page(report_folder, LOBBY) + "#track=T1&t=5")
    crossing = """(() => {
        const {x} = document.querySelector('#track .plot').data[7];
        const start = Date.UTC(2026, 1, 27, 3, 12, 7, 480);
        const t = x.map(v => v === null ? null : (v - start) / 1000);
        return t.some((v, i) => i && v !== null && t[i - 1] !== null && v - t[i - 1] > 2);
    })()"""
    assert _script(browser, crossing) is False


@pytest.mark.parametrize("sha256", [LOBBY, YARD])
def test_no_time_on_an_axis_is_taken_for_a_year(
    browser: Any, report_folder: Path, sha256: str
) -> None:
    # Plotly takes a number of four digits on a date axis for a year and draws it far outside.
    _open(browser, _page(report_folder, sha256))
    code = """
        [...document.querySelectorAll('.js-plotly-plot')].flatMap((chart) => chart.data)
        .filter((trace) => trace.type === 'scatter')
        .flatMap((trace) => [...trace.x]).filter((x) => x !== null)
    """
    drawn = _script(browser, code.strip())
    assert drawn
    assert min(drawn) > 9999


def test_the_keyboard_reaches_everything(browser: Any, report_folder: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    _open(browser, _page(report_folder, LOBBY) + "#track=T1&t=10")
    _press(browser, Keys.ARROW_RIGHT)
    assert _cursor(browser) == pytest.approx(10.2)
    _press(browser, Keys.ARROW_DOWN)
    assert "track=T2" in _script(browser, "location.hash")
    _press(browser, Keys.ARROW_UP, Keys.HOME, "n")
    assert _cursor(browser) > 4.2
    _press(browser, "f")
    window = "document.querySelector('#track .plot').layout.xaxis.range.map(v => Number(v))"
    narrow = _script(browser, window)
    _press(browser, "0")
    whole = _script(browser, window)
    assert whole[1] - whole[0] == pytest.approx(120_000)
    assert narrow[1] - narrow[0] < 100_000


def test_dragging_zooms_all_lanes_alike(browser: Any, report_folder: Path) -> None:
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.by import By

    _open(browser, _page(report_folder, LOBBY))
    pad = browser.find_element(By.CSS_SELECTOR, "#overview .pad")
    actions = ActionChains(browser).move_to_element(pad).click_and_hold()
    actions.move_by_offset(200, 0).release().perform()
    ranges = [
        _script(browser, f"document.querySelector('{css} .plot').layout.xaxis.range")
        for css in ("#presence", "#track", "#overview")
    ]
    assert ranges[0] == ranges[1]
    assert ranges[2][1] - ranges[2][0] == pytest.approx(120_000)
    assert ranges[0][1] - ranges[0][0] < 40_000


def test_a_track_too_short_to_see_is_zoomed_to(browser: Any, report_folder: Path) -> None:
    _open(browser, _page(report_folder, YARD) + "#track=T2&t=30.5")
    low, high = _script(browser, "document.querySelector('#track .plot').layout.xaxis.range")
    origin = 86_400_000
    assert origin < low < origin + 30_000
    assert origin + 31_000 < high < origin + 40_000


def test_filters_and_theme(browser: Any, report_folder: Path) -> None:
    _open(browser, _page(report_folder, LOBBY))
    browser.execute_script("document.querySelector('[data-filter=candidate]').click()")
    cards = "[...document.querySelectorAll('#tracks li:not([hidden]) .card')]"
    shown = f"{cards}.map(card => card.dataset.track)"
    assert _script(browser, shown) == ["T1", "T4"]
    ground = "getComputedStyle(document.body).backgroundColor"
    before = _script(browser, ground)
    browser.execute_script("document.getElementById('theme').click()")
    after = _script(browser, ground)
    assert before != after
    _open(browser, (report_folder / "index.html").as_uri())
    assert _script(browser, ground) == after
    browser.execute_script("localStorage.clear()")


def test_controls_have_names_and_pictures_have_words(browser: Any, report_folder: Path) -> None:
    _open(browser, _page(report_folder, LOBBY))
    unnamed = """[...document.querySelectorAll('button, a[href]')].filter(
        e => e.offsetParent && !(e.innerText.trim() || e.ariaLabel)).map(e => e.outerHTML)"""
    assert [e for e in _script(browser, unnamed) if "shot-link" not in e] == []
    assert _script(browser, "[...document.images].every(i => i.hasAttribute('alt'))")
    broken = "[...document.images].filter(i => i.complete && i.src && !i.naturalWidth).length"
    assert _script(browser, broken) == 0


def test_a_video_without_people_says_what_was_looked_at(browser: Any, report_folder: Path) -> None:
    _open(browser, _page(report_folder, NIGHT))
    words = _text(browser, "main")
    assert "No people were found" in words
    assert "3,000 frames were looked at" in words
    assert "about 40 px wide" in words
