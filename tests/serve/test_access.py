"""A served case under attack: refused or served, logged, no traceback, no file of elsewhere."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from analyzer.serve.access import Doors
from analyzer.store.case import Case
from tests.report.report_case import LOBBY
from tests.serve.site import Site, served

PAGES = ("/index.html", "/review.html", "/groups.html", "/search.html", "/live.html", "/api/state")


@pytest.mark.parametrize("path", [*PAGES, "/api/review", "/serve/bar.js", "/nothing"])
def test_nobody_comes_in_without_a_cookie(site: Site, path: str) -> None:
    assert site.ask(path, by=None)[0] == 401
    assert site.ask(path, by=None, Cookie=f"{site.doors.cookie}=guess")[0] == 401


def test_the_token_of_the_link_becomes_a_cookie_that_scripts_cannot_read(site: Site) -> None:
    status, body, headers = site.ask(site.link().removeprefix(site.origin), by=None)
    assert status == 200 and b"index.html" in body
    cookie = headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie
    assert site.doors.guests[0].token not in cookie, "a cookie gives nobody the link"
    assert site.ask("/?token=guess", by=None)[0] == 401
    assert site.ask("/", by=None)[0] == 401
    assert site.ask("/", by=0)[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "localhost.evil.example:{port}",
             "user@127.0.0.1:{port}", "127.0.0.1:{port}.evil.example", ""],
)  # fmt: skip
def test_a_name_that_is_not_ours_is_refused(site: Site, host: str) -> None:
    status, body, _ = site.ask("/index.html", Host=host.format(port=site.port))
    assert status in (400, 421), body


def test_names_of_a_server_that_others_may_reach() -> None:
    inside, outside = Doors([], "localhost", 8400), Doors([], "0.0.0.0", 8400)
    assert inside.is_ours("localhost:8400") and inside.is_ours("[::1]:8400")
    assert not inside.is_ours("10.0.0.7:8400") and not inside.is_ours("localhost:99999")
    assert outside.is_ours("10.0.0.7:8400") and not outside.is_ours("evil.example:8400")
    assert outside.is_own_origin("http://10.0.0.7:8400")
    assert not outside.is_own_origin("http://evil.example:8400")


def test_another_site_can_neither_ask_nor_send(site: Site) -> None:
    values = {"track": "T1", "person": "x", "decision": "confirmed", "seen": 0}
    for origin in ("http://evil.example", "null", f"https://127.0.0.1:{site.port}", ""):
        assert site.ask("/api/reviews", values, Origin=origin)[0] == 403
    for where in ("cross-site", "same-site"):
        assert site.ask("/index.html", Sec_Fetch_Site=where)[0] == 403
        assert site.ask("/api/reviews", values, Sec_Fetch_Site=where)[0] == 403


def test_answers_forbid_what_pages_do_not_need(site: Site) -> None:
    for path in (*PAGES, "/nothing"):
        headers = site.ask(path)[2]
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "script-src 'self';" in policy, "no script of a page itself runs"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers and "access-control-allow-origin" not in headers
    assert b'http-equiv="Content-Security' not in site.ask("/index.html")[1]


@pytest.mark.parametrize(
    "path",
    ["/../case.db", "/..%2fcase.db", "/%2e%2e/case.db", "/assets/../../case.db", "/case.db",
     "/media/../../../etc/passwd", "/media/%2e%2e%2fcase.db", "/clips/..%2fcase.db",
     "/clips/../case.db", "/found/..%2fcase.db", "/found/%2e%2e", "/live/..%2fcase.jpg",
     "/live/x.jpg", "/serve/..%2fapp.py", "/serve/review%2fcard.js", "//etc/passwd",
     "/tables/..", "/faces/aa", "/%00", "/media/", "/" + "a" * 3000],
)  # fmt: skip
def test_no_file_of_elsewhere_is_served(site: Site, path: str) -> None:
    status, body, _ = site.ask(path)
    assert status in (404, 414), path
    assert b"SQLite format" not in body and b"root:" not in body


def test_what_is_too_large_or_no_request_is_refused(site: Site) -> None:
    assert site.ask("/api/search/face", body=b"x", Content_Length=str(2**31))[0] == 413
    assert site.ask("/api/search/face", body=b"x", Content_Length="-1")[0] in (400, 411)
    assert site.ask("/api/reviews", body=b'"' + b"x" * 300_000 + b'"')[0] == 400
    for body in (b"", b"[", b"[" * 100_000, b"[]", b"\xff", b'{"seen": 1e400}'):
        assert site.ask("/api/reviews", body=body)[0] == 400, body[:20]
    assert site.ask("/api/search/face", body=b"no picture")[0] == 400
    assert site.ask("/api/search/other", body=b"no picture")[0] == 400
    assert (
        site.ask("/index.html", method="DELETE", Origin=site.origin, Content_Length="0")[0] == 405
    )


@pytest.mark.parametrize(
    "values",
    [{}, {"track": 5}, {"track": "T1", "person": ["x"], "decision": "confirmed", "seen": 0},
     {"track": "T1", "person": "x", "decision": "yes", "seen": 0},
     {"track": "x" * 5000, "person": "x", "decision": "confirmed", "seen": 0},
     {"track": "T1", "person": "x", "decision": "confirmed", "seen": "0"},
     {"track": "'; DROP TABLE reviews; --", "person": "x", "decision": "confirmed", "seen": 0}],
)  # fmt: skip
def test_values_that_make_no_sense_change_nothing(site: Site, case: Path, values: object) -> None:
    assert site.ask("/api/reviews", values)[0] == 400
    assert all(not item["reviews"] for item in site.json("/api/review")["items"])


def test_names_with_markup_stay_text(site: Site) -> None:
    for path in ("/index.html", f"/video-{LOBBY[:12]}.html", "/review.html"):
        body = site.ask(path)[1]
        assert b"<script>alert" not in body
    note = '<img src=x onerror="alert(1)">'
    video = site.json("/api/review")["items"][0]["sha256"]
    site.json("/api/bookmarks", {"video": video, "t": 1.5, "note": note})
    assert site.json("/api/bookmarks")[0]["note"] == note


def test_without_a_name_nothing_can_be_written(case: Path, tmp_path: Path) -> None:
    with served(case, tmp_path / "looking") as site:
        before = (case / "case.db").read_bytes()
        assert site.json("/api/state")["by"] is None
        for path in ("reviews", "reviews/undo", "groups", "bookmarks", "search/face", "clips"):
            assert site.ask(f"/api/{path}", {})[0] == 403
        assert (case / "case.db").read_bytes() == before


def test_two_hundred_at_once_are_served_and_told(
    site: Site, case: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "analyzer.serve")
    paths = ["/index.html", "/api/review", "/../case.db", f"/video-{LOBBY[:12]}.html"] * 50
    with ThreadPoolExecutor(200) as pool:
        codes = list(pool.map(lambda path: site.ask(path)[0], paths))
    assert codes == [200, 200, 404, 200] * 50
    assert sum("answered 404" in record.getMessage() for record in caplog.records) == 50
    with Case.open(case, create=False):
        pass
