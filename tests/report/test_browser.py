"""What an investigator's browser makes of a report, opened from disk in real headless Chromium."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analyzer.config import Settings
from tests.report.hands import (
    click,
    cursor,
    open_page,
    page,
    press,
    problems,
    requests,
    script,
    text,
)
from tests.report.report_case import ANNA, LOBBY, NIGHT, YARD


@pytest.mark.parametrize("sha256", [None, LOBBY, YARD, NIGHT])
def test_pages_load_from_disk_without_errors_or_requests_elsewhere(
    browser: Any, report_folder: Path, sha256: str | None
) -> None:
    case_page = (report_folder / "index.html").as_uri()
    open_page(browser, page(report_folder, sha256) if sha256 else case_page)
    assert problems(browser) == []
    asked = requests(browser)
    assert asked
    allowed = (report_folder.as_uri() + "/", "data:")
    assert [url for url in asked if not url.startswith(allowed)] == []


def test_the_policy_blocks_scripts_that_are_not_ours(browser: Any, report_folder: Path) -> None:
    open_page(browser, page(report_folder, LOBBY))
    browser.execute_script(
        "const s = document.createElement('script'); s.textContent = 'window.broken = 1';"
        "document.body.append(s)"
    )
    assert script(browser, "window.broken === undefined")


def test_names_with_markup_are_text(browser: Any, report_folder: Path) -> None:
    open_page(browser, page(report_folder, LOBBY))
    assert '<script>alert(1)<!-- lobby "cam 3".avi' in text(browser, "h1")
    assert ANNA in text(browser, "#tracks li")
    assert ANNA in text(browser, "#selected-name")
    assert script(browser, "document.querySelectorAll('main script:not([type])').length") == 0


def test_selecting_a_track_changes_charts_pictures_and_address(
    browser: Any, report_folder: Path
) -> None:
    open_page(browser, page(report_folder, LOBBY))
    shape = "JSON.stringify(document.querySelector('#track .plot').data.slice(0, 7).map(d => d.x))"
    before, shot = script(browser, shape), script(browser, "document.getElementById('shot').src")
    click(browser, ".card[data-track=T2]", 0.5)
    assert script(browser, shape) != before
    assert script(browser, "document.getElementById('shot').src") != shot
    assert "#track=T2&t=" in script(browser, "location.hash")
    assert script(browser, "document.querySelector('.card[data-track=T2]').ariaPressed") == "true"


def test_clicking_a_chart_leads_to_the_nearest_stored_face(
    browser: Any, report_folder: Path
) -> None:
    open_page(browser, page(report_folder, LOBBY) + "#track=T4&t=62")
    click(browser, "#track .pad", 0.9)
    assert cursor(browser) == pytest.approx(108, abs=0.5)
    assert script(browser, "document.getElementById('shot').naturalWidth") > 0
    assert "T4 at 00:01:46.600" in script(browser, "document.getElementById('shot').alt")
    assert "03:13:54.080" in text(browser, "#shot-caption")  # the face at 106.6 s
    browser.execute_script("document.getElementById('lanes').scrollTop = 0")
    click(browser, "#lanes", 0.3, y=24 + 12)
    assert "#track=T2&t=" in script(browser, "location.hash")


_CUT_OFF = """[...document.querySelectorAll('#viewer figcaption, #viewer .about, #viewer .film')]
    .filter((part) => part.children.length)
    .filter((part) => {
        const room = part.closest('.stage') || document.getElementById('viewer');
        const [inner, outer] = [part, room].map((one) => one.getBoundingClientRect());
        return part.scrollHeight > part.clientHeight || inner.bottom > outer.bottom + 0.5;
    }).map((part) => part.innerText)"""


@pytest.mark.parametrize("size", [(1366, 650), (1366, 768), (1920, 1080), (3840, 2160)])
def test_nothing_under_a_face_is_cut_off(
    browser: Any, report_folder: Path, size: tuple[int, int]
) -> None:
    metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        # T4 has a candidate; at 108 s its last face is 1.4 s away and turned.
        for track in ("T1", "T3", "T4"):
            open_page(browser, page(report_folder, LOBBY) + f"#track={track}&t=108")
            assert script(browser, _CUT_OFF) == []
        shot, other = script(
            browser,
            "['#shot', '#selected-evidence img, #selected-evidence .nopicture'].map("
            "(css) => document.querySelector(css).getBoundingClientRect().width)",
        )
        assert shot >= 48 and other >= 48, "pictures that can be compared"
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_an_address_opens_a_track_at_a_time(browser: Any, report_folder: Path) -> None:
    open_page(browser, page(report_folder, LOBBY) + "#track=T4&t=101.2")
    assert text(browser, "#selected-name").startswith("T4")
    assert text(browser, "#time") == "2026-02-27 03:13:48.680"
    assert "not analysed: timestamps jump" in text(browser, "#told")


def test_a_fight_is_told_whoever_is_selected_and_shows_how_long_it_lasted(
    browser: Any, report_folder: Path
) -> None:
    open_page(browser, page(report_folder, LOBBY) + "#track=T4&t=72")
    assert "E3 fighting" in text(browser, "#told")
    tick, chart = script(
        browser,
        "['#event-ticks .alarm', '#overview .pad'].map("
        "(css) => document.querySelector(css).getBoundingClientRect().width)",
    )
    data = json.loads(script(browser, "document.getElementById('data').textContent"))
    assert tick / chart == pytest.approx(8.0 / data["duration"], rel=0.02)


def test_insufficient_quality_gives_its_reason_and_no_values(
    browser: Any, report_folder: Path
) -> None:
    open_page(browser, page(report_folder, LOBBY) + "#track=T1&t=60.5")
    assert "</script><script>alert(1)</script>" in text(browser, "#told")
    assert set(text(browser, "#legend").split()) & set("0123456789") == set()
    open_page(browser, page(report_folder, LOBBY) + "#track=T3&t=30")
    assert "No expression could be told for T3: face too small" in text(browser, "#emotion-note")


def test_no_line_is_drawn_over_a_gap(browser: Any, report_folder: Path) -> None:
    open_page(browser, page(report_folder, LOBBY) + "#track=T1&t=5")
    crossing = """(() => {
        const {x} = document.querySelector('#track .plot').data[14];
        const start = Date.UTC(2026, 1, 27, 3, 12, 7, 480);
        const t = x.map(v => v === null ? null : (v - start) / 1000);
        return t.some((v, i) => i && v !== null && t[i - 1] !== null && v - t[i - 1] > 2);
    })()"""
    assert script(browser, crossing) is False


@pytest.mark.parametrize("sha256", [LOBBY, YARD])
def test_no_time_on_an_axis_is_taken_for_a_year(
    browser: Any, report_folder: Path, sha256: str
) -> None:
    # Plotly takes a number of four digits on a date axis for a year and draws it far outside.
    open_page(browser, page(report_folder, sha256))
    code = """
        [...document.querySelectorAll('.js-plotly-plot')].flatMap((chart) => chart.data)
        .filter((trace) => trace.type === 'scatter')
        .flatMap((trace) => [...trace.x]).filter((x) => x !== null)
    """
    drawn = script(browser, code.strip())
    assert drawn
    assert min(drawn) > 9999


def test_the_keyboard_reaches_everything(browser: Any, report_folder: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    open_page(browser, page(report_folder, LOBBY) + "#track=T1&t=10")
    press(browser, Keys.ARROW_RIGHT)
    assert cursor(browser) == pytest.approx(10.2)
    press(browser, Keys.ARROW_DOWN)
    assert "track=T2" in script(browser, "location.hash")
    press(browser, Keys.ARROW_UP, Keys.HOME, "n")
    assert cursor(browser) == pytest.approx(52.0)  # the next event
    press(browser, "n", "n")
    assert cursor(browser) == pytest.approx(90.0)
    assert "track=T4" in script(browser, "location.hash")
    press(browser, "p", "p")
    assert cursor(browser) == pytest.approx(52.0)
    press(browser, "f")
    window = "document.querySelector('#track .plot').layout.xaxis.range.map(v => Number(v))"
    narrow = script(browser, window)
    press(browser, "0")
    whole = script(browser, window)
    assert whole[1] - whole[0] == pytest.approx(120_000)
    assert narrow[1] - narrow[0] < 100_000


def test_dragging_zooms_all_lanes_alike(browser: Any, report_folder: Path) -> None:
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.by import By

    open_page(browser, page(report_folder, LOBBY))
    pad = browser.find_element(By.CSS_SELECTOR, "#overview .pad")
    actions = ActionChains(browser).move_to_element(pad).click_and_hold()
    actions.move_by_offset(200, 0).release().perform()
    ranges = [
        script(browser, f"document.querySelector('{css} .plot').layout.xaxis.range")
        for css in ("#presence", "#track", "#overview")
    ]
    assert ranges[0] == ranges[1]
    assert ranges[2][1] - ranges[2][0] == pytest.approx(120_000)
    assert ranges[0][1] - ranges[0][0] < 40_000


def test_a_track_too_short_to_see_is_zoomed_to(browser: Any, report_folder: Path) -> None:
    open_page(browser, page(report_folder, YARD) + "#track=T2&t=30.5")
    low, high = script(browser, "document.querySelector('#track .plot').layout.xaxis.range")
    origin = 86_400_000
    assert origin < low < origin + 30_000
    assert origin + 31_000 < high < origin + 40_000


def test_filters_and_theme(browser: Any, report_folder: Path) -> None:
    open_page(browser, page(report_folder, LOBBY))
    browser.execute_script("document.querySelector('[data-filter=candidate]').click()")
    cards = "[...document.querySelectorAll('#tracks li:not([hidden]) .card')]"
    shown = f"{cards}.map(card => card.dataset.track)"
    assert script(browser, shown) == ["T1", "T4"]
    ground = "getComputedStyle(document.body).backgroundColor"
    before = script(browser, ground)
    browser.execute_script("document.getElementById('theme').click()")
    after = script(browser, ground)
    assert before != after
    open_page(browser, (report_folder / "index.html").as_uri())
    assert script(browser, ground) == after
    browser.execute_script("localStorage.clear()")


def test_controls_have_names_and_pictures_have_words(browser: Any, report_folder: Path) -> None:
    open_page(browser, page(report_folder, LOBBY))
    unnamed = """[...document.querySelectorAll('button, a[href]')].filter(
        e => e.offsetParent && !(e.innerText.trim() || e.ariaLabel)).map(e => e.outerHTML)"""
    assert [e for e in script(browser, unnamed) if "shot-link" not in e] == []
    assert script(browser, "[...document.images].every(i => i.hasAttribute('alt'))")
    broken = "[...document.images].filter(i => i.complete && i.src && !i.naturalWidth).length"
    assert script(browser, broken) == 0


def test_a_video_without_people_says_what_was_looked_at(browser: Any, report_folder: Path) -> None:
    open_page(browser, page(report_folder, NIGHT))
    words = text(browser, "main")
    assert "No people were found" in words
    assert "3,000 frames were looked at" in words
    faces = Settings().faces
    assert f"about {round(faces.min_px * 1280 / faces.width)} px wide" in words
