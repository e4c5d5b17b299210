"""The wall of events, the pages of persons and long tables, in real headless Chromium."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.report.hands import open_page, page, problems, script, text, wait_for
from tests.report.report_case import ANNA, LOBBY

NAMES = "[...document.querySelectorAll('#wall li .kind')].map(e => e.innerText.trim())"


def test_events_stand_first_by_level_and_filters_work(browser: Any, report_folder: Path) -> None:
    open_page(browser, (report_folder / "index.html").as_uri())
    shown = script(browser, NAMES)
    assert shown[:2] == [f"! candidate {ANNA} in view", "! fighting"], "alarms, by time"
    assert shown[2:] == ["apparent expression fear", "falling", "running"], (
        "to check: without a clock last"
    )
    browser.execute_script("document.querySelector('[data-kind=falling]').click()")
    assert script(browser, NAMES) == ["falling"], "what lies below the levels is no event here"
    browser.execute_script("document.querySelector('[data-kind=all]').click()")
    browser.execute_script(
        "const find = document.getElementById('wall-find'); find.value = \"o'brien\";"
        "find.dispatchEvent(new Event('input'))"
    )
    assert script(browser, NAMES) == [shown[0], shown[2]]
    browser.execute_script(
        "const find = document.getElementById('wall-find'); find.value = '';"
        "find.dispatchEvent(new Event('input'));"
        "const place = document.getElementById('wall-place'); place.value = 'Yard \"north\"';"
        "place.dispatchEvent(new Event('input'))"
    )
    assert script(browser, NAMES) == ["running"]
    assert problems(browser) == []


def test_a_choice_of_events_is_a_link(browser: Any, report_folder: Path) -> None:
    address = (report_folder / "index.html").as_uri()
    open_page(browser, address)
    browser.execute_script("document.querySelector('[data-kind=running]').click()")
    assert script(browser, "location.hash") == "#events&kind=running"
    open_page(browser, address + "#events&kind=running")
    assert script(browser, NAMES) == ["running"]
    pressed = "document.querySelector('#wall-kinds [aria-pressed=true]').dataset.kind"
    assert script(browser, pressed) == "running"
    assert script(browser, "document.getElementById('events').getBoundingClientRect().top") < 300


def test_the_link_of_a_video_page_keeps_track_time_and_events(
    browser: Any, report_folder: Path
) -> None:
    open_page(browser, page(report_folder, LOBBY) + "#track=T4&t=101.2")
    browser.execute_script("document.querySelector('[data-kind=fighting]').click()")
    assert script(browser, "location.hash") == "#track=T4&t=101.200&events&kind=fighting"
    browser.execute_script("document.getElementById('after-event').click()")
    browser.execute_script("document.querySelector('.card[data-track=T2]').click()")
    assert script(browser, "location.hash").startswith("#track=T2&t=")
    assert script(browser, "location.hash").endswith("&events&kind=fighting")


def test_a_tile_leads_to_its_moment(browser: Any, report_folder: Path) -> None:
    open_page(browser, (report_folder / "index.html").as_uri())
    browser.execute_script("document.querySelector('#wall li:nth-child(3) a').click()")
    wait_for(browser, "location.pathname.includes('video-') && document.body.dataset.track")
    assert "#track=T1&t=52.000" in script(browser, "location.hash")
    assert "E2 apparent expression fear" in text(browser, "#told")


def test_a_person_s_page_joins_all_appearances(browser: Any, report_folder: Path) -> None:
    open_page(browser, (report_folder / "index.html").as_uri())
    wait_for(browser, "document.body.dataset.people")
    link = "[...document.querySelectorAll('.people a')].find(a => a.innerText === arguments[0])"
    browser.get(browser.execute_script(f"return {link}.href", 'Пётр "Петя" Петров'))
    words = text(browser, "main")
    assert "T4" in words and 'Yard "north" · T1' in words
    assert "0.468" in words and "needs human confirmation" in words
    assert script(browser, "document.querySelectorAll('.joined .area-svg polygon').length") >= 14
    assert problems(browser) == []


def test_the_method_names_hashes_and_measured_error(browser: Any, report_folder: Path) -> None:
    open_page(browser, (report_folder / "method.html").as_uri())
    words = text(browser, "main")
    assert LOBBY in words
    assert "a person has to compare the pictures and confirm or reject it" in words
    assert "No measured error of this model is known" in words


def test_a_reader_finds_a_track_by_name(browser: Any, report_folder: Path) -> None:
    open_page(browser, page(report_folder, LOBBY))
    browser.execute_script(
        "const find = document.getElementById('find'); find.value = 'петя';"
        "find.dispatchEvent(new Event('input'))"
    )
    shown = "[...document.querySelectorAll('#tracks .card')].map(card => card.dataset.track)"
    assert script(browser, shown) == ["T4"]
