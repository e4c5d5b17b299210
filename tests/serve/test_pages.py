"""Pages of a served case: of the rows as they are, made again only where they changed."""

from __future__ import annotations

import time
from pathlib import Path

from analyzer.serve.snapshot import Reports
from analyzer.store.case import Case
from analyzer.store.writer import CaseWriter
from tests.report.report_case import LOBBY, YARD
from tests.serve.site import Site, served


def page(sha256: str) -> str:
    return f"video-{sha256[:12]}.html"


def test_pages_parts_and_pictures_of_the_report_are_served(site: Site) -> None:
    body = site.ask("/index.html")[1].decode()
    assert 'href="review.html"' in body and "serve/bar.js" in body
    assert site.ask(f"/{page(LOBBY)}")[0] == 200
    parts = (f"tracks/{LOBBY[:12]}-000.js", "people/list.js", "tables/events.csv", "method.html",
             "print.html", "person-1.html", "assets/plotly.js", "assets/report.css")  # fmt: skip
    for part in parts:
        assert site.ask(f"/{part}")[0] == 200, part
    faces = [face for item in site.json("/api/review")["items"] for face in item["faces"]]
    status, jpeg, _ = site.ask(f"/{faces[0]}")
    assert status == 200 and jpeg[:2] == b"\xff\xd8"
    for own in ("bar.js", "review.js", "groups.js", "search.js", "live.js", "serve.css"):
        assert site.ask(f"/serve/{own}")[0] == 200, own


def test_only_pages_whose_rows_changed_are_made_again(case: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    reports = Reports(case, tmp_path / "cache")
    try:
        first = {name: made(reports, name) for name in (page(LOBBY), page(YARD), "index.html")}
        assert {name: made(reports, name) for name in first} == first, "nothing has changed"
        with Case.open(case, create=False) as opened, opened.record("test", {}, "derived", LOBBY):
            opened.db.execute(
                "UPDATE tracks SET main_action = NULL WHERE video_sha256 = ?", [LOBBY]
            )
        reports.outdate()
        again = {name: made(reports, name) for name in first}
        assert again[page(YARD)] == first[page(YARD)]
        assert again[page(LOBBY)] != first[page(LOBBY)]
        assert again["index.html"] != first["index.html"]
        with Case.open(case, create=False) as opened:
            opened.log("search", {})
        reports.outdate()
        assert {name: made(reports, name) for name in first} == again, "looking changes no page"
    finally:
        reports.close()


def made(reports: Reports, name: str) -> int:
    """Return when the file of a page was written."""
    path = reports.file(name)
    assert path is not None
    return path.stat().st_mtime_ns


def test_a_case_is_served_while_another_process_writes_it(case: Path, tmp_path: Path) -> None:
    with Case.open(case, create=False) as opened, served(case, tmp_path / "cache", "A") as site:
        with opened.reader() as reader:
            run = reader.newest_run()
        assert run is not None
        writer = CaseWriter(opened, run.id)
        state = site.json("/api/state")["state"]
        writer.record_file("/evidence/one more.mp4", None, "failed", "the card was empty")
        assert site.json("/api/state")["state"] > state
        deadline = time.monotonic() + 20
        while b"the card was empty" not in site.ask("/index.html")[1]:
            assert time.monotonic() < deadline, "the page shows what was written"
        item = site.json("/api/review")["items"][0]
        values = {
            "track": item["track"],
            "person": item["person"],
            "decision": "confirmed",
            "seen": 0,
        }
        site.json("/api/reviews", values)
        writer.record_file("/evidence/another.mp4", None, "failed", "so was this one")
