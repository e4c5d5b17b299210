"""Work in the pages: review by keyboard, conflicts, live view; nothing serious for axe-core."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analyzer.commands.review import list_reviews
from analyzer.live.status import SourceStatus, WatchStatus, write_status
from analyzer.review.decisions import standing_reviews
from analyzer.store.records import utc_now
from tests.report.case_builder import CaseBuilder, Person, Stretch
from tests.report.hands import press, text, wait_for
from tests.report.report_case import ANNA, LOBBY, LOBBY_PATH
from tests.report.test_accessible import serious
from tests.serve.site import Site, served

TEN = 10


@pytest.fixture
def ten(tmp_path: Path) -> Path:
    """A case of ten candidates for one person."""
    case = CaseBuilder(tmp_path / "ten")
    case.run()
    case.person(ANNA, 11)
    case.video(LOBBY, 120.0)
    case.file(LOBBY_PATH, LOBBY)
    for number in range(1, TEN + 1):
        seen = Stretch(number * 8.0, number * 8.0 + 4.0, 11)
        case.track(LOBBY, Person(number, [seen], "candidate", [(ANNA, 0.3 + number / 100)]))
    case.db.conn.close()
    return tmp_path / "ten"


@pytest.fixture
def two_examiners(ten: Path, tmp_path: Path) -> Iterator[Site]:
    with served(ten, tmp_path / "cache", "A. Meyer", "B. Cole") as site:
        yield site


def enter(browser: Any, site: Site, page: str) -> None:
    """Open the link of the first examiner, then ``page``, with an empty console."""
    browser.get(site.link())
    wait_for(browser, "location.pathname === '/index.html'")
    browser.get(f"{site.origin}/{page}")
    wait_for(browser, "document.querySelector('.serve-bar .num').textContent")


def in_force(case: Path) -> list[tuple[str, str]]:
    """Return who said what, of the reviews that stand."""
    stand = standing_reviews(review for review, _ in list_reviews(case).reviews)
    return [(review.by, review.decision) for review in stand]


def test_a_review_of_ten_tracks_takes_ten_keys(
    browser: Any, ten: Path, two_examiners: Site
) -> None:
    enter(browser, two_examiners, "review.html")
    wait_for(browser, "!document.getElementById('card').hidden")
    assert text(browser, "#count").startswith("1 of 10")
    press(browser, *"yyyyynnnni")
    wait_for(browser, "!document.getElementById('done').hidden")
    said = ["confirmed"] * 5 + ["rejected"] * 4 + ["inconclusive"]
    wait_for_reviews(ten, [("A. Meyer", decision) for decision in said])
    press(browser, "u")
    wait_for_reviews(ten, [("A. Meyer", decision) for decision in said[:-1]])
    assert text(browser, "#count").startswith("10 of 10")


def wait_for_reviews(case: Path, wanted: list[tuple[str, str]]) -> None:
    import time

    deadline = time.monotonic() + 60
    while in_force(case) != wanted:
        assert time.monotonic() < deadline, in_force(case)
        time.sleep(0.1)


def test_who_comes_second_is_told_and_overwrites_nothing(
    browser: Any, ten: Path, two_examiners: Site
) -> None:
    enter(browser, two_examiners, "review.html")
    wait_for(browser, "!document.getElementById('card').hidden")
    item = two_examiners.json("/api/review", by=1)["items"][0]
    told = {key: item[key] for key in ("track", "person")}
    two_examiners.json("/api/reviews", told | {"decision": "rejected", "seen": 0}, by=1)
    press(browser, "y")
    wait_for(browser, "!document.getElementById('message').hidden")
    assert "B. Cole has said rejected" in text(browser, "#message")
    assert in_force(ten) == [("B. Cole", "rejected")]
    press(browser, "y")
    wait_for_reviews(ten, [("B. Cole", "rejected"), ("A. Meyer", "confirmed")])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Any, case: Path, site: Site, theme: str) -> None:
    watched(case)
    for page in ("review", "groups", "search", "live", "index"):
        enter(browser, site, f"{page}.html")
        browser.execute_script(f"document.documentElement.dataset.theme = '{theme}'")
        assert serious(browser) == [], page


def test_pages_break_no_rule_of_their_policy(browser: Any, case: Path, site: Site) -> None:
    watched(case)
    pages = ("review", "groups", "search", "live", "index", f"video-{LOBBY[:12]}", "person-1")
    for page in pages:
        browser.get_log("browser")
        enter(browser, site, f"{page}.html")
        severe = [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
        assert severe == [], page


def test_the_live_page_shows_the_newest_picture(browser: Any, case: Path, site: Site) -> None:
    watched(case)
    enter(browser, site, "live.html")
    wait_for(browser, "document.querySelector('.live-screen img')?.naturalWidth")
    assert "recording" in text(browser, "#cameras article")
    assert (case / "live" / "wanted").is_file(), "pictures are asked for while somebody looks"


def test_a_watch_that_was_killed_is_no_live_view(browser: Any, case: Path, site: Site) -> None:
    watched(case, "2026-02-27T03:12:07+00:00")
    enter(browser, site, "live.html")
    wait_for(browser, "document.getElementById('told').textContent.includes('No camera')")
    assert "recording" not in text(browser, "#cameras article")


def watched(case: Path, at: str | None = None) -> None:
    """Leave what `analyzer watch` leaves for others to read, with a picture of a stored face."""
    source = SourceStatus("Lobby <3>", "Lobby_3", "rtsp://lobby/stream", "recording")
    write_status(case, WatchStatus(at or utc_now(), 1, (source,)))
    face = next((case / "faces").rglob("*.jpg"))
    (case / "live" / "Lobby_3.jpg").write_bytes(face.read_bytes())


def test_a_clip_is_cut_on_demand(player_case: tuple[Path, str], tmp_path: Path) -> None:
    import shutil

    case, sha256 = player_case
    with served(shutil.copytree(case, tmp_path / "gate"), tmp_path / "cache", "A") as site:
        made = site.json("/api/clips", {"track": f"{sha256[:12]}:T1"})
        status, clip, headers = site.ask(f"/{made['clip']}")
        assert status == 200 and b"ftyp" in clip[:12] and headers["content-type"] == "video/mp4"
        assert json.dumps(made).count(sha256[:8]) == 1
