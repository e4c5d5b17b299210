"""The page of a search by face: hits link into the report, the two thresholds are explained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.report.search_page import write_search_page
from analyzer.report.search_result import FoundFace, SearchResult

VIDEO = "ab" * 32


@pytest.fixture
def result(tmp_path: Path) -> SearchResult:
    face = FoundFace(
        1, 0.41, 0.98, "f1", f"{VIDEO[:16]}:T7", None, "unknown", "/evidence/gate.mp4", VIDEO,
        1280, 51.2, None, 0.8, 31.0, "",
    )  # fmt: skip
    case = str(tmp_path / "case")
    return SearchResult(case, "anna.jpg", None, "dlib", 0.557, 90, 0.1, 0, (face,), 0.517)


def page_of(result: SearchResult, folder: Path) -> str:
    page = folder / "found.html"
    write_search_page(page, result, b"", {}, {})
    return page.read_text(encoding="utf-8")


def test_a_hit_leads_to_its_moment_in_the_report(result: SearchResult, tmp_path: Path) -> None:
    report = tmp_path / "case" / "report"
    report.mkdir(parents=True)
    shown = report / f"video-{VIDEO[:12]}.html"
    shown.touch()
    assert f'href="{shown.as_uri()}#track=T7&amp;t=51.2"' in page_of(result, tmp_path)


def test_without_a_report_nothing_is_linked(result: SearchResult, tmp_path: Path) -> None:
    assert 'href="file' not in page_of(result, tmp_path)


def test_it_says_why_the_report_has_another_threshold(result: SearchResult, tmp_path: Path) -> None:
    assert "In the report a candidate lies within 0.517" in page_of(result, tmp_path)
    alike = replace(result, report_threshold=result.threshold)
    assert "In the report a candidate" not in page_of(alike, tmp_path)
