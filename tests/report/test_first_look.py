"""The page of a video opens on what matters and says in sentences what is seen there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analyzer.report.model import VideoView
from analyzer.report.video_page import first_look
from tests.report.hands import open_page, page, press, problems, script, text
from tests.report.reading import load_case
from tests.report.report_case import LOBBY, YARD


@pytest.fixture(scope="module")
def lobby(case_folder: Path) -> VideoView:
    found = load_case(case_folder).video(LOBBY)
    assert found is not None
    return found


def test_the_first_alarm_comes_before_everything(lobby: VideoView) -> None:
    fight = next(event for event in lobby.events if event.kind == "fighting")
    # The fight is of the picture: whoever was in view for longest is selected.
    assert first_look(replace(lobby, events=(fight,))) == {"track": "T1", "t": 70.0}


def test_a_candidate_comes_before_an_event_to_check(lobby: VideoView) -> None:
    fall = next(event for event in lobby.events if event.kind == "falling")
    shown = first_look(replace(lobby, events=(fall,)))
    assert shown == {"track": "T1", "t": pytest.approx(lobby.tracks[0].t_shown, abs=0.001)}


def test_without_names_and_events_it_is_no_fragment(lobby: VideoView) -> None:
    fragment = replace(lobby.tracks[1], t_start=0.0, t_end=0.2)
    others = [replace(t, identity="unknown", person=None) for t in lobby.tracks[2:]]
    shown = first_look(replace(lobby, events=(), tracks=(fragment, *others)))
    longest = max(others, key=lambda track: track.t_end - track.t_start)
    assert shown is not None and shown["track"] == longest.name


def test_a_video_without_anybody_has_no_first_look(lobby: VideoView) -> None:
    assert first_look(replace(lobby, tracks=(), events=())) is None


def test_jumping_to_an_event_shows_what_it_says(browser: Any, report_folder: Path) -> None:
    open_page(browser, page(report_folder, LOBBY) + "#track=T1&t=10")
    press(browser, "n")
    assert text(browser, "#event-told").endswith(
        "T1) shows the apparent expression fear (E2, 3.2 s, score 0.74)."
    )
    press(browser, "n")
    assert "people move as in a fight (E3, 8.0 s, score 0.82)" in text(browser, "#event-told")
    assert script(browser, "document.getElementById('event-told').className.includes('alarm')")
    assert problems(browser) == []


def test_raw_quantities_stand_behind_a_click(browser: Any, report_folder: Path) -> None:
    open_page(browser, page(report_folder, YARD) + "#track=T1&t=10")
    assert "running, probability 0.79" in text(browser, "#told")
    assert "heights" not in text(browser, ".readout")


def test_without_a_face_there_is_no_empty_chart(browser: Any, report_folder: Path) -> None:
    metrics = {"width": 1366, "height": 1080, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        _compare_charts(browser, report_folder)
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def _compare_charts(browser: Any, report_folder: Path) -> None:
    open_page(browser, page(report_folder, LOBBY) + "#track=T1&t=10")
    height = "document.getElementById('track').getBoundingClientRect().height"
    whole = script(browser, height)
    assert "No expression" not in text(browser, "#track")
    open_page(browser, page(report_folder, LOBBY) + "#track=T7&t=90")
    assert script(browser, height) < whole * 0.9
    assert "No expression could be told for T7" in text(browser, "#track")
    assert not script(browser, "document.querySelector('#legend').getClientRects().length")
    ticks = "[...document.querySelectorAll('#track .y2tick text')]"
    lanes = f"{ticks}.map(t => t.getBoundingClientRect().top)"
    note = script(browser, "document.getElementById('emotion-note').getBoundingClientRect().bottom")
    tops = script(browser, lanes)
    assert tops and note <= min(tops), "the note stands above the lanes of actions"
