"""The print version and its PDF: what a court reads, in order, on few pages."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from analyzer.report.pdf import find_browser, pages_of_sections, print_pdf, with_page_numbers
from analyzer.report.print_page import list_hash
from tests.report.hands import open_page, problems, script, text
from tests.report.reading import load_case
from tests.report.report_case import ANNA, LOBBY, PETROV


def test_sections_stand_in_the_order_of_the_contents(browser: Any, report_folder: Path) -> None:
    open_page(browser, (report_folder / "print.html").as_uri())
    listed = script(browser, "[...document.querySelectorAll('.contents a')].map(a => a.innerText)")
    shown = script(browser, "[...document.querySelectorAll('section > h2')].map(h => h.innerText)")
    assert listed == shown
    assert listed[:3] == ["Summary", "Events", "People"]
    assert listed[-1] == "Method"
    assert problems(browser) == []


def test_every_link_on_paper_leads_to_what_is_printed(browser: Any, report_folder: Path) -> None:
    open_page(browser, (report_folder / "print.html").as_uri())
    links = script(browser, "[...document.querySelectorAll('main a[href]')].map(a => [a.innerText,"
                   " a.getAttribute('href')])")  # fmt: skip
    ids = script(browser, "[...document.querySelectorAll('[id]')].map(e => e.id)")
    inner = [(words, href) for words, href in links if href.startswith("#")]
    assert len(inner) > 15
    assert [href for _, href in inner if href[1:] not in ids] == []
    assert len(set(ids)) == len(ids)
    assert ("E3", f"#{LOBBY[:12]}-E3") in inner


def test_named_people_and_events_have_pictures_and_nobody_anonymous_fills_pages(
    browser: Any, report_folder: Path
) -> None:
    open_page(browser, (report_folder / "print.html").as_uri())
    for name in (ANNA, PETROV):
        article = next(
            words
            for words in script(
                browser, "[...document.querySelectorAll('#people article')].map(a => a.innerText)"
            )
            if words.startswith(name)
        )
        assert "needs human confirmation" in article and "distance" in article
    pictures = script(browser, "document.querySelectorAll('#people article img').length")
    assert pictures >= 8
    events = script(browser, "document.querySelectorAll('.printed-events li').length")
    assert events == 5
    assert "T3" not in text(browser, "#people"), "nobody could compare that face"


def test_evidence_fits_the_width_of_the_paper(browser: Any, report_folder: Path) -> None:
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        open_page(browser, (report_folder / "print.html").as_uri())
        wide = """[...document.querySelectorAll('main *')].filter((e) =>
            e.getBoundingClientRect().right > document.body.getBoundingClientRect().right + 1
        ).map((e) => e.outerHTML.slice(0, 80))"""
        assert script(browser, wide) == []
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_one_hash_pins_all_recordings(case_folder: Path, report_folder: Path) -> None:
    words = (report_folder / "print.html").read_text(encoding="utf-8")
    pinned = list_hash(load_case(case_folder).videos)
    assert re.search(rf"@bottom-left {{ content: \"[^\"]*{pinned}", words)
    assert LOBBY in words


def test_page_numbers_are_read_from_the_pdf_and_written_into_the_contents() -> None:
    pdf = (
        b"%PDF-1.4\n2 0 obj\n<</Type /Page\n>>endobj\n43 0 obj\n<</Type /Page\n>>endobj\n"
        b"159 0 obj\n<</summary [2 0 R /XYZ 0 692 0]\n/9c27-E1 [43 0 R /XYZ 0 191 0]>>\nendobj\n"
    )
    assert pages_of_sections(pdf) == {"summary": 1, "9c27-E1": 2}
    assert pages_of_sections(b"%PDF-1.7 of another form") == {}
    place = '<span class="page" data-page="{}"></span>'
    assert with_page_numbers(place.format("summary"), {"summary": 1}) == place.format(
        "summary"
    ).replace("></span>", ">1</span>")
    assert with_page_numbers(place.format("events"), {}) == place.format("events")


@pytest.mark.slow
def test_the_pdf_has_bookmarks_page_numbers_and_few_pages(
    browser: Any, report_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "report"
    shutil.copytree(report_folder, folder)
    pdf = print_pdf(find_browser(), folder / "print.html").read_bytes()
    sections = pages_of_sections(pdf)
    assert sections["summary"] == 1 <= sections["events"] <= sections["method"]
    assert len(re.findall(rb"/Type /Page\n", pdf)) <= 8
    assert b"/Outlines" in pdf
    assert not list(folder.glob(".numbered-*"))
