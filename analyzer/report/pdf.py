"""PDF of the print version, made by a browser of this machine; charts stay vectors."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from analyzer.errors import UsageError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
             "microsoft-edge", "msedge")  # fmt: skip
"""Programs that can print, the first one found is taken."""

_LONGEST_S = 300


def find_browser() -> str:
    """Return a browser that can print; raises UsageError if there is none."""
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    raise UsageError(
        "a PDF needs Chromium, Chrome or Edge on this machine; install one, or open print.html of "
        "the report in any browser and print it to a file"
    )


def print_pdf(browser: str, page: Path) -> Path:
    """Print ``page`` with ``browser`` into ``report.pdf`` beside it and return that.

    It is printed twice: the first print tells on which pages its sections are, and the second has
    these numbers in its contents. Bookmarks follow from the headings. The browser gets an empty
    profile and no background network. Raises UsageError if it fails.
    """
    target = page.with_name("report.pdf")
    _print(browser, page, target)
    text = page.read_text(encoding="utf-8")
    numbered = with_page_numbers(text, pages_of_sections(target.read_bytes()))
    if numbered != text:
        copy = page.with_name(f".numbered-{page.name}")  # beside its pictures and styles
        try:
            copy.write_text(numbered, encoding="utf-8")
            _print(browser, copy, target)
        finally:
            copy.unlink(missing_ok=True)
    return target


def _print(browser: str, page: Path, target: Path) -> None:
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser, "--headless=new", "--disable-gpu", "--no-first-run", "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-background-networking", "--disable-sync", "--disable-component-update",
            f"--user-data-dir={profile}", "--no-pdf-header-footer",
            "--generate-pdf-document-outline", f"--print-to-pdf={target}",
            page.resolve().as_uri(),
        ]  # fmt: skip
        try:
            done = subprocess.run(command, capture_output=True, timeout=_LONGEST_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UsageError(
                f"{browser}: could not print {page} ({error}); print it by hand"
            ) from (error)
    if done.returncode or not target.is_file():
        words = done.stderr.decode(errors="replace").strip().splitlines()
        raise UsageError(
            f"{browser}: could not print {page} ({words[-1] if words else 'no reason'}); "
            "open print.html and print it by hand"
        )


_PAGE = re.compile(rb"\n(\d+) 0 obj\n<</Type /Page\n")
_SECTION = re.compile(rb"/([\w-]+) \[(\d+) 0 R /XYZ ")
_PLACE = re.compile(r'(<span class="page" data-page="([\w-]+)">)(</span>)')


def pages_of_sections(pdf: bytes) -> dict[str, int]:
    """Return on which page, from 1, each id stands that the document links to.

    Read from the named destinations of a PDF as Chromium writes it, whose pages are numbered in
    order; empty for a PDF of another form.
    """
    pages = sorted(int(number) for number in _PAGE.findall(pdf))
    found = ((name.decode(), int(number)) for name, number in _SECTION.findall(pdf))
    return {name: pages.index(number) + 1 for name, number in found if number in pages}


def with_page_numbers(text: str, pages: Mapping[str, int]) -> str:
    """Return the print version with the numbers of ``pages`` in its contents."""
    return _PLACE.sub(lambda m: f"{m[1]}{pages.get(m[2], '')}{m[3]}", text)
