"""The written summary: what it says, in which order, and where its links lead."""

from __future__ import annotations

import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from analyzer.config import ReportSettings
from analyzer.report.method import measured_errors
from analyzer.report.pages import Context
from analyzer.report.people import people
from analyzer.report.sentences import plain
from analyzer.report.summary import summary_of
from tests.report.hands import open_page, problems, script, text, wait_for
from tests.report.reading import load_case
from tests.report.report_case import ANNA, make_route_case


def told(folder: Path) -> dict[str, list[str]]:
    """Return the sentences of the case at ``folder`` by chapter."""
    case = load_case(folder)
    context = Context(case, {}, ReportSettings(), "2026-03-02")
    chapters = summary_of(context, people(case))
    return {c.title: [plain(s) for s in c.sentences] for c in chapters}


@pytest.fixture(scope="module")
def summary(case_folder: Path) -> dict[str, list[str]]:
    return told(case_folder)


def test_it_answers_in_order_what_an_investigator_asks(summary: dict[str, list[str]]) -> None:
    assert list(summary) == ["Looked at", "Who", "What happened", "How sure", "Not seen"]
    assert all(summary.values()), "no chapter is empty"


def test_it_counts_recordings_and_names_what_failed(summary: dict[str, list[str]]) -> None:
    first, *rest = summary["Looked at"]
    assert first == (
        "3 recordings with 13 min 04 s of video were analysed, 99.2 % of what was recorded."
    )
    assert "1 file could not be analysed: cut & paste.mp4." in rest
    assert "1 file is not finished: later.mp4." in rest
    assert (
        "1 of 3 recordings has a known clock, from 2026-02-27 03:12:07 (the container's creation "
        "time) to 2026-02-27 03:14:07 (the container's creation time); the times of the others "
        "count from the first frame."
    ) in rest


def test_a_candidate_is_told_with_place_time_distance_and_doubt(
    summary: dict[str, list[str]],
) -> None:
    anna = next(words for words in summary["Who"] if words.startswith(ANNA))
    assert "is a candidate in 1 track, which a person has to confirm" in anna
    assert "T1 at 2026-02-27 03:12:11.480 to 03:13:35.480" in anna
    assert "lies at distance 0.412; the threshold is 0.550" in anna
    assert "the upper clothes look red, the lower clothes look blue" in anna
    assert "the apparent expression is mostly" in anna
    assert "0 of 2 named persons were confirmed by a reviewer" in summary["How sure"][0]


def test_events_are_sentences_by_kind_in_order_of_level_and_time(
    summary: dict[str, list[str]],
) -> None:
    levels, *events, below = summary["What happened"]
    assert below.startswith("1 weaker sign of an event stands in the timelines")
    assert levels == (
        "2 alarms and 3 events to check, 1 of them candidates in view. Where this was measured, "
        "nine in ten alarms and one in two events to check were right."
    )
    assert [words.split(",")[0] for words in events] == ["Alarm", *["To check"] * 3]
    assert "people move as in a fight (E3, 8.0 s, score 0.82)" in events[0]
    assert "(candidate, T1) shows the apparent expression fear (E2, 3.2 s, score 0.74)" in events[1]
    assert "moves as in a fall (E4, 3.0 s, score 0.79)" in events[2]
    assert "moves as fast as somebody who runs" in events[3], "without a clock: at the end"
    assert events[3].startswith("To check, 00:00:03.000 to 00:00:55.000 from the first frame, ")


def test_what_was_not_seen_is_told(summary: dict[str, list[str]]) -> None:
    words = " ".join(summary["Not seen"])
    assert "5.9 s could not be analysed: 5.5 s undecodable and 0.4 s timestamps jump." in words
    assert "Absence of a track does not show absence of a person." in words


def test_nothing_is_said_to_be_measured_of_candidates_as_events(
    case_folder: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "case"
    shutil.copytree(case_folder, copy)
    with sqlite3.connect(copy / "case.db") as db:
        db.execute("DELETE FROM events WHERE kind <> 'person'")
    assert told(copy)["What happened"] == ["1 alarm, 1 of them candidates in view."]


def test_similar_appearance_is_told_as_the_weaker_lead(tmp_path: Path) -> None:
    who = " ".join(told(make_route_case(tmp_path / "case"))["Who"])
    assert "1 group of similar appearance join" in who.replace("joins", "join")
    assert "a weaker lead than a face" in who


def test_a_case_without_names_or_events_says_why(case_folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "case"
    shutil.copytree(case_folder, copy)
    with sqlite3.connect(copy / "case.db") as db:
        db.execute("UPDATE tracks SET identity = 'unknown', person = NULL")
        for table in ("candidates", "events", "gallery_faces", "people"):
            db.execute(f"DELETE FROM {table}")
    chapters = told(copy)
    assert "No gallery was given, so nobody was compared with known persons." in chapters["Who"]
    assert chapters["What happened"] == [
        "No rule for fights, falls and other events held in any recording."
    ]


def test_the_measured_error_of_actions_is_found_in_the_card_that_ships() -> None:
    ((part, words),) = measured_errors([{"part": "actions", "backend": "temporal-flow"}])
    assert part == "actions"
    assert re.search(r"fights were told right in [\d.]+ % \([\d.]+ to [\d.]+\) of clips", words)


def test_every_link_of_the_page_leads_to_what_it_names(browser: Any, report_folder: Path) -> None:
    open_page(browser, (report_folder / "index.html").as_uri())
    assert "Summary" in text(browser, "main section h2")
    links = script(
        browser, "[...document.querySelectorAll('.summary a')].map(a => a.getAttribute('href'))"
    )
    assert len(links) > 10
    for link in links:
        page, _, place = link.partition("#")
        target = (report_folder / (page or "index.html")).read_text(encoding="utf-8")
        names = dict(part.split("=") for part in place.split("&") if "=" in part)
        if not page:
            assert f'id="{place.split("&")[0]}"' in target
        for key in {"track", "event"} & set(names):
            assert f'"name":"{names[key]}"' in target
    fight = "[...document.querySelectorAll('.summary a')].find(a => a.innerText === 'E3').href"
    browser.get(script(browser, fight))
    wait_for(browser, "document.body.dataset.track")
    assert "03:13:17.480" in text(browser, "#time")
    assert problems(browser) == []


def test_the_markdown_says_the_same_and_names_stay_text(
    report_folder: Path, summary: dict[str, list[str]]
) -> None:
    written = (report_folder / "summary.md").read_text(encoding="utf-8")
    assert "<script>" not in written and r"\<script\>" in written
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", written)
    assert links and all((report_folder / link).is_file() for link in links)
    words = re.sub(r"\\(.)", r"\1", re.sub(r"(?<!\\)\[(.*?)(?<!\\)\]\([^)]*\)", r"\1", written))
    assert words.split("\n## ")[2].splitlines()[2:] == [f"- {told}" for told in summary["Who"]]
