"""The People section, with and without faces, in real headless Chromium."""

from __future__ import annotations

import csv
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.report.hands import open_page, page, problems, script, text, wait_for
from tests.report.reading import build_report, load_case
from tests.report.report_case import ANNA, LOBBY, PETROV, make_case

NAMES = "[...document.querySelectorAll('#people-list b')].map(e => e.innerText)"


def open_people(browser: Any, folder: Path, wish: str = "") -> None:
    """Open the first page with a choice of people in its address."""
    open_page(browser, (folder / "index.html").as_uri() + wish)
    wait_for(browser, "document.body.dataset.people")


def test_everybody_stands_in_one_list_with_a_picture(browser: Any, report_folder: Path) -> None:
    open_people(browser, report_folder)
    assert script(browser, NAMES) == [PETROV, ANNA, *["T2", "T3", "T5", "T6", "T7", "T8", "T2"]]
    browser.execute_script("document.getElementById('people').scrollIntoView()")
    wait_for(browser, "[...document.querySelectorAll('#people img')].every(i => i.complete)")
    without = (
        "[...document.querySelectorAll('#people-list tr')].filter(r => !r.querySelector('img'))"
    )
    assert script(browser, f"{without}.length") == 0
    assert script(browser, "document.querySelectorAll('#people .nopicture').length") == 0
    assert "red upper, blue lower" in text(browser, "#people-list tr:nth-child(2)")
    assert "not told: infra-red picture" in text(browser, "#people-list")
    assert problems(browser) == []


def test_facets_narrow_the_list_and_stand_in_the_address(browser: Any, report_folder: Path) -> None:
    open_people(browser, report_folder)
    browser.execute_script(
        "for (const [id, value] of [['people-upper', 'blue'], ['people-action', 'walking']]) {"
        "const control = document.getElementById(id); control.value = value;"
        "control.dispatchEvent(new Event('input')); }"
    )
    walkers = ["T2", "T5", "T7", "T8"]
    assert script(browser, NAMES) == walkers
    address = script(browser, "location.href")
    assert address.endswith("#people&upper=blue&action=walking")
    open_people(browser, report_folder, address[address.index("#") :])
    assert script(browser, NAMES) == walkers
    assert script(browser, "document.getElementById('people-upper').value") == "blue"
    browser.execute_script("document.querySelector('[data-kind=\"not assessed\"]').click()")
    assert script(browser, NAMES) == ["T7"]
    browser.execute_script("document.getElementById('people-clear').click()")
    assert len(script(browser, NAMES)) == 9


def test_a_time_asks_for_the_clock_of_the_camera(browser: Any, report_folder: Path) -> None:
    # T4, who is Petrov, is in view from 03:13:09 to 03:14:05; the yard has no clock.
    open_people(browser, report_folder, "#people&from=2026-02-27T03:14:02")
    assert script(browser, NAMES) == [PETROV]
    assert "T1" not in text(browser, "#people-list .path")


def test_a_person_without_a_name_leads_to_the_moment_of_the_picture(
    browser: Any, report_folder: Path
) -> None:
    open_people(browser, report_folder, "#people&words=T7")
    browser.execute_script("document.querySelector('#people-list b').click()")
    wait_for(browser, "document.body.dataset.track === 'T7'")
    shown = "document.getElementById('body').naturalHeight > 0"
    wait_for(browser, shown)
    assert script(browser, "document.getElementById('face-figure').hidden")
    assert "blue upper, black lower" in text(browser, "#selected-facts")


def test_a_rejected_gallery_face_is_behind_a_click(browser: Any, report_folder: Path) -> None:
    # T2 was compared with Petrov, who is no candidate for it.
    open_page(browser, page(report_folder, LOBBY) + "#track=T2&t=10")
    beside = "document.querySelector('#selected-evidence img').checkVisibility()"
    assert script(browser, beside) is False
    browser.execute_script("document.querySelector('#selected-evidence summary').click()")
    assert script(browser, beside) is True


def test_where_pictures_may_not_be_kept_the_page_says_so(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case")
    with sqlite3.connect(case / "case.db") as db:
        for table in ("faces", "bodies"):
            db.execute(f"UPDATE {table} SET image = ''")
        (settings,) = db.execute("SELECT settings FROM runs").fetchone()
        off = settings.replace('"crops": true', '"crops": false')
        assert off != settings
        db.execute("UPDATE runs SET settings = ?", [off])
    out = build_report(case, tmp_path / "out").parent
    assert "this case keeps no pictures of" in (out / "people" / "list.js").read_text()
    video = load_case(case).video(LOBBY)
    assert video is not None
    assert "no picture, this case keeps no pictures of" in (out / "print.html").read_text()


@pytest.mark.parametrize("kind", ["faces", "bodies"])
def test_pictures_of_others_are_hidden_in_a_redacted_report(
    case_folder: Path, tmp_path: Path, kind: str
) -> None:
    from analyzer.report.filter import ReportFilter

    wish = ReportFilter(person=ANNA, redact=True)
    folder = build_report(case_folder, tmp_path / "r", wish=wish).parent / "media"
    video = load_case(case_folder).video(LOBBY)
    assert video is not None
    shots = {t.name: getattr(t, kind) for t in video.tracks}
    shown = {path.name for path in folder.glob("*.jpg")}
    assert {f"{shot.image[:20]}.jpg" for shot in shots["T1"] if shot.image} & shown
    others = [s.image for name, found in shots.items() if name != "T1" for s in found]
    assert not {f"{image[:20]}.jpg" for image in others} & shown


def test_a_face_beside_the_person_is_hidden_in_the_picture_of_the_body(
    case_folder: Path, tmp_path: Path
) -> None:
    from analyzer.report.filter import ReportFilter

    case = Path(shutil.copytree(case_folder, tmp_path / "case"))
    with sqlite3.connect(case / "case.db") as db:
        pts, t, image, own = db.execute(
            "SELECT b.pts, b.t, b.image, b.tracklet_id FROM bodies b JOIN tracks k"
            " ON k.best_body_id = b.id WHERE k.number = 1 AND k.person = ?", [ANNA]
        ).fetchone()  # fmt: skip
        (other,) = db.execute(
            "SELECT tracklet_id FROM track_tracklets WHERE track_id LIKE ?", [f"{own[:16]}:T2"]
        ).fetchone()  # fmt: skip
        db.execute("DELETE FROM observations WHERE tracklet_id = ? AND abs(t - ?) < 3", [other, t])
        db.execute(
            "INSERT INTO observations (tracklet_id, pts, t, seen, face_x, face_y, face_w, face_h,"
            " face_score) VALUES (?, ?, ?, 'detected', 394, 80, 40, 44, 0.9)", [other, pts, t]
        )  # fmt: skip
    wish = ReportFilter(person=ANNA, redact=True)
    shown = build_report(case, tmp_path / "r", wish=wish).parent / "media" / f"{image[:20]}.jpg"
    kept = case / "bodies" / image[:2] / f"{image}.jpg"
    before, after = (cv2.imread(str(path)).astype(int) for path in (kept, shown))
    assert before.shape == after.shape
    # The crop begins 22 px, a tenth of the height, above and beside the box, at (358, 68).
    changed = np.abs(before - after).mean(axis=2)
    face = changed[80 - 68 : 124 - 68, 394 - 358 : 434 - 358]
    assert face.mean() > 4 * changed[120:].mean()


def test_the_print_version_shows_bodies_and_says_what_is_worn(report_folder: Path) -> None:
    words = (report_folder / "print.html").read_text(encoding="utf-8")
    assert words.count('class="body"') >= 6
    assert "red upper, blue lower" in words and "white and black upper, grey lower" in words


def test_on_paper_the_list_is_whole_and_says_what_was_chosen(
    browser: Any, report_folder: Path
) -> None:
    open_people(browser, report_folder, "#people&upper=white")
    browser.execute_script("window.dispatchEvent(new Event('beforeprint'))")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert "upper white" in text(browser, "#people")
        fitting = script(browser, NAMES)
        assert fitting and not script(browser, "document.getElementById('people-find').offsetWidth")
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    browser.execute_script("window.dispatchEvent(new Event('afterprint'))")
    assert script(browser, NAMES) == fitting


def test_the_table_of_appearances_tells_clothes(report_folder: Path) -> None:
    with (report_folder / "tables" / "appearances.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["sha256"], row["track"]): row for row in csv.DictReader(file)}
    assert rows[LOBBY, "T1"]["upper"] == "red" and rows[LOBBY, "T1"]["lower_probability"] == "0.86"
    assert rows[LOBBY, "T3"]["clothes_reason"] == "infra-red picture"
