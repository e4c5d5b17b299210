"""Regions in the report: said and drawn where they leave something out, and drawn by hand."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from analyzer.report.loader import load_case
from analyzer.store.reader import CaseReader
from analyzer.video import annotate
from analyzer.video.cameras import Camera, read_cameras
from analyzer.video.regions import Region, regions_json
from tests.report.hands import click, open_page, press, problems, script, text, wait_for
from tests.report.reading import build_report

RIGHT = Region("leave_out", "street", ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0)))


@pytest.fixture(scope="module")
def case(player_case: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case of a recording of which the right half is left out."""
    case = shutil.copytree(player_case[0], tmp_path_factory.mktemp("regions") / "case")
    with sqlite3.connect(case / "case.db") as db:
        camera = Camera("Gate", "gate*", preset="night", leave_out=regions_json([RIGHT]))
        db.execute("DELETE FROM cameras")
        db.execute(
            "INSERT INTO cameras (name, pattern, offset_s, drift_s_per_day, preset, settings, "
            "look, leave_out) VALUES (?, ?, 0, 0, ?, '', '', ?)",
            [camera.name, camera.pattern, camera.preset, camera.leave_out],
        )
        db.execute(
            "INSERT INTO measured_with SELECT sha256, 'R1', 'cafe0123', 'Gate', 'night', "
            '\'{"faces": {"width": 160}}\' FROM videos'
        )
    return case


@pytest.fixture(scope="module")
def folder(case: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its report."""
    return build_report(case, tmp_path_factory.mktemp("out") / "gate").parent


def test_every_page_says_what_is_left_out(folder: Path) -> None:
    page = next(folder.glob("video-*.html")).read_text()
    assert "nobody is followed in 50.0 % of the picture: street is left out" in page
    assert "preset night" in page and "cafe0123" in page and "faces.width 160" in page
    index = (folder / "index.html").read_text()
    assert "a part of the picture is left out by the camera file" in index
    assert "up to 50.0 %, at " in index
    assert "50.0 % of the picture" in index.partition('id="coverage"')[2]
    method = (folder / "method.html").read_text()
    assert "cafe0123" in method and "left out: 50.0 % of the picture" in method
    assert "50.0 % of the picture" in (folder / "print.html").read_text()


def test_the_smallest_face_is_that_of_the_settings_of_the_video(
    case: Path, player_case: tuple[Path, str]
) -> None:
    found = []
    for folder in (case, player_case[0]):
        with CaseReader(folder) as reader:
            found += load_case(reader).videos
    # Faces of 16 px, in a picture of 320 px that a detector sees at 160 px, and whole.
    assert [video.smallest_face_px for video in found] == [32, 16]


def test_a_picture_is_darker_where_it_is_left_out() -> None:
    picture = np.full((90, 160, 3), 200, np.uint8)
    annotate.left_out(picture, [RIGHT], (320, 180))
    assert picture[45, 30].tolist() == [200] * 3
    assert picture[45, 130].tolist() == [100] * 3
    look = Region("look", "gate", ((10, 10), (100, 10), (100, 100), (10, 100)))
    picture = np.full((90, 160, 3), 200, np.uint8)
    annotate.left_out(picture, [look], (320, 180))
    assert (picture[20, 20, 0], picture[20, 100, 0]) == (200, 100)


@pytest.fixture
def page(browser: Any, folder: Path) -> Any:
    """The page of the recording, its film loaded."""
    address = next(folder.glob("video-*.html")).as_uri()
    open_page(browser, address + "#track=T1&t=4")
    wait_for(browser, "document.getElementById('video').readyState >= 2")
    return browser


def shade(page: Any, share: float) -> list[int]:
    """Return the colour of the overlay at a share of the picture's width, near its foot."""
    found: list[int] = script(
        page,
        """(() => {
            const canvas = document.getElementById('overlay');
            const scale = Math.min(canvas.width / 320, canvas.height / 180);
            const left = (canvas.width - 320 * scale) / 2;
            const top = (canvas.height - 180 * scale) / 2;
            const pen = canvas.getContext('2d');
            const at = [left + 320 * scale * arguments[0], top + 170 * scale];
            return [...pen.getImageData(Math.round(at[0]), Math.round(at[1]), 1, 1).data];
        })()""".replace("arguments[0]", str(share)),
    )
    return found


def test_what_is_left_out_is_shaded_over_the_film(page: Any) -> None:
    assert shade(page, 0.03)[3] == 0
    assert shade(page, 0.97)[3] > 100


def camera_of(page: Any, tmp_path: Path) -> Camera:
    """Return the camera whose section the text of the tool stands below."""
    path = tmp_path / "cameras.toml"
    drawn = script(page, "document.getElementById('region-text').value")
    path.write_text(f'[[camera]]\nname = "Gate"\npattern = "gate*"\n{drawn}')
    return read_cameras(path)[0]


def test_a_region_is_drawn_with_the_mouse_and_its_text_is_read_back(
    page: Any, tmp_path: Path
) -> None:
    page.find_element("id", "regions").click()
    assert script(page, "document.activeElement.id") == "region-board"
    assert [r.name for r in camera_of(page, tmp_path).regions] == ["street"]
    box = page.find_element("id", "region-board").rect
    for share, y in ((0.2, 0.3), (0.4, 0.3), (0.4, 0.6), (0.2, 0.6)):
        click(page, "#region-board", share, int(box["height"] * y))
    page.find_element("css selector", "input[value=look]").click()
    page.find_element("id", "region-name").send_keys("gate")
    page.find_element("id", "region-close").click()
    look, away = camera_of(page, tmp_path).regions
    assert (look.kind, look.name, away.name) == ("look", "gate", "street")
    # The board is wider than the picture; both have one middle.
    xs = np.array(look.corners)[:, 0]
    assert xs[1] - xs[0] == pytest.approx(xs[2] - xs[3], abs=0.01)
    assert 0.0 < xs[0] < xs[1] < 0.5
    page.find_element("css selector", "[aria-label='Remove street']").click()
    assert [r.name for r in camera_of(page, tmp_path).regions] == ["gate"]
    page.find_element("id", "region-copy").click()
    assert text(page, "#region-told") in ("copied", "selected: copy it with Ctrl+C")
    assert problems(page) == []


def test_a_region_is_drawn_with_the_keys_alone(page: Any, tmp_path: Path) -> None:
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.keys import Keys

    before = script(page, "location.hash")
    press(page, "r", Keys.ENTER)
    far = ActionChains(page).key_down(Keys.SHIFT).send_keys(Keys.ARROW_RIGHT).key_up(Keys.SHIFT)
    far.perform()
    press(page, Keys.ENTER, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ENTER)
    assert text(page, "#region-told").startswith("corner 3 at 55.0 % from the left, 51.0 %")
    press(page, Keys.BACKSPACE)
    assert script(page, "document.getElementById('region-close').disabled")
    press(page, Keys.ENTER)
    script(page, "document.getElementById('region-close').focus()")
    press(page, Keys.ENTER)
    _, drawn = camera_of(page, tmp_path).regions
    assert drawn.name == "region 1"
    assert drawn.corners == ((0.5, 0.5), (0.55, 0.5), (0.55, 0.51))
    press(page, Keys.ESCAPE)
    assert script(page, "document.getElementById('region-tool').hidden")
    assert script(page, "document.activeElement.id") == "regions"
    assert script(page, "location.hash") == before, "arrow keys on the picture move no time"
    assert problems(page) == []


def test_a_still_has_the_region_drawn(folder: Path) -> None:
    stills = sorted((folder / "media").glob("*-E*.jpg"))
    assert stills, "the case has events"
    for path in stills:
        picture = cv2.imread(str(path))
        assert picture is not None
        middle = picture.shape[1] // 2
        assert picture[:, :middle].mean() > 1.5 * picture[:, middle:].mean()
