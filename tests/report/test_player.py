"""The player beside the timeline, with a real recording in real headless Chromium."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.report.hands import (
    click,
    cursor,
    open_page,
    press,
    problems,
    requests,
    script,
    text,
    wait_for,
)

SHOWN = "document.getElementById('video').currentTime"
READY = "document.getElementById('video').readyState >= 2"


@pytest.fixture
def player(browser: Any, player_page: Path) -> Any:
    """The page, its film loaded and standing at four seconds."""
    open_page(browser, player_page.as_uri() + "#track=T1&t=4")
    wait_for(browser, READY)
    return browser


def test_the_address_moves_the_film_and_nothing_leaves_the_folder(
    player: Any, player_page: Path
) -> None:
    wait_for(player, f"Math.abs({SHOWN} - 4) < 0.05")
    assert problems(player) == []
    folder = player_page.parent.as_uri() + "/"
    assert [url for url in requests(player) if not url.startswith((folder, "data:"))] == []
    assert any(url.endswith(".mp4") for url in requests(player)) or script(player, READY)


def test_clicking_a_chart_seeks_the_player(player: Any) -> None:
    click(player, "#track .pad", 0.75)
    assert cursor(player) == pytest.approx(9.0, abs=0.1)
    wait_for(player, f"Math.abs({SHOWN} - 9) < 0.15")


def test_playing_moves_the_cursor_and_space_stops_it(player: Any) -> None:
    before = script(player, "document.querySelector('#track .hair').style.left")
    press(player, " ")
    wait_for(player, f"{SHOWN} > 4.5")
    press(player, " ")
    assert script(player, "document.getElementById('video').paused")
    assert script(player, "document.querySelector('#track .hair').style.left") != before
    press(player, "l", "l", "l")
    assert script(player, "document.getElementById('video').playbackRate") == 4
    press(player, "k")
    assert script(player, "document.getElementById('video').paused")
    stood = script(player, SHOWN)
    press(player, "j")
    wait_for(player, f"{SHOWN} < {stood} - 0.3")
    press(player, "k")


def test_one_picture_on_is_one_picture(player: Any) -> None:
    press(player, ".")
    assert cursor(player) == pytest.approx(4.08, abs=0.001)
    press(player, ",", ",")
    assert cursor(player) == pytest.approx(3.92, abs=0.001)


def test_boxes_lie_over_the_film_and_a_click_on_one_selects_its_track(player: Any) -> None:
    drawn = """(() => {
        const canvas = document.getElementById('overlay');
        const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return data.some((value) => value > 0);
    })()"""
    wait_for(player, drawn)
    press(player, "b")
    assert not script(player, drawn)
    press(player, "b")
    assert script(player, drawn)
    # The picture keeps its shape inside the frame: T2 stands at x 200 to 250 of 320, y 40 to 100.
    frame = script(
        player,
        "(b => [b.width, b.height])(document.getElementById('overlay').getBoundingClientRect())",
    )
    scale = min(frame[0] / 320, frame[1] / 180)
    x = (frame[0] - 320 * scale) / 2 + 225 * scale
    click(player, "#overlay", x / frame[0], y=int((frame[1] - 180 * scale) / 2 + 70 * scale))
    assert "track=T2" in script(player, "location.hash")


def test_next_event_brings_its_picture(player: Any) -> None:
    press(player, "n")
    assert cursor(player) == pytest.approx(5.0)
    wait_for(player, f"Math.abs({SHOWN} - 5) < 0.05")


def test_both_times_stand_on_the_page(player: Any) -> None:
    assert text(player, "#time") == "2026-02-27 03:14:45.000"
    assert "corrected · stored 03:12:11.000" in text(player, "#time-also")
    assert "corrected 2026-02-27 03:14:41.000 by the camera file, +154.0 s" in text(
        player, ".clock"
    )


def test_the_first_screen_of_a_laptop_holds_everything_to_the_last_axis(player: Any) -> None:
    player.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 1366, "height": 650, "deviceScaleFactor": 1, "mobile": False},
    )
    try:
        bottom = "document.getElementById('track').getBoundingClientRect().bottom"
        wait_for(player, f"{bottom} <= innerHeight")
        assert script(player, "document.querySelector('#track .plot').clientHeight") >= 128
    finally:
        player.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
