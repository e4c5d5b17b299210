"""PDF of the print version, made by a browser of this machine; charts stay vectors."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from analyzer.errors import UsageError

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
             "microsoft-edge", "msedge")  # fmt: skip
_LONGEST_S = 300


def find_browser() -> str:
    """Return a browser that can print; raises UsageError if there is none."""
    for name in _BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    raise UsageError(
        "a PDF needs Chromium, Chrome or Edge on this machine; install one, or open print.html of "
        "the report in any browser and print it to a file"
    )


def print_pdf(browser: str, page: Path) -> Path:
    """Print ``page`` with ``browser`` into ``report.pdf`` beside it and return that.

    The browser gets an empty profile and no background network. Raises UsageError if it fails.
    """
    target = page.with_name("report.pdf")
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser, "--headless=new", "--disable-gpu", "--no-first-run", "--no-sandbox",
            "--disable-background-networking", "--disable-sync", "--disable-component-update",
            f"--user-data-dir={profile}", "--no-pdf-header-footer", f"--print-to-pdf={target}",
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
    return target
