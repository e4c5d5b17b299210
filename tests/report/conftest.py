"""A synthetic case with its report, and a real browser to open it in."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analyzer.video.ffmpeg import find_ffmpeg
from tests.report.reading import build_report
from tests.report.report_case import make_case, make_player_case

_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_DRIVER = shutil.which("chromedriver")
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1366,768",
    "--autoplay-policy=no-user-gesture-required",
)


@pytest.fixture(scope="session")
def case_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case that no test changes."""
    return make_case(tmp_path_factory.mktemp("case") / "24-117")


@pytest.fixture(scope="session")
def report_folder(case_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its report, alone in a folder of its own with a space and letters beyond Latin."""
    return build_report(case_folder, tmp_path_factory.mktemp("out") / "отчёт 1").parent


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds of moving pattern, one picture in 80 ms.

    ``ffmpeg -f lavfi -i testsrc2=s=320x180:r=12.5:d=12 -c:v mpeg4 -q:v 4 gate_cam.avi``
    """
    path = tmp_path_factory.mktemp("footage") / "gate_cam.avi"
    source = ("-f", "lavfi", "-i", "testsrc2=s=320x180:r=12.5:d=12")
    command = [find_ffmpeg().path, "-v", "error", *source, "-c:v", "mpeg4", "-q:v", "4", str(path)]
    subprocess.run(command, check=True)
    return path


@pytest.fixture(scope="session")
def player_case(recording: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A case of that recording, and its SHA-256."""
    return make_player_case(tmp_path_factory.mktemp("case") / "gate", recording)


@pytest.fixture(scope="session")
def player_page(player_case: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of that recording."""
    case, sha256 = player_case
    report = build_report(case, tmp_path_factory.mktemp("out") / "gate").parent
    return report / f"video-{sha256[:12]}.html"


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Headless Chromium with an empty profile, recording its console and its requests."""
    if not _CHROMIUM or not _DRIVER:
        pytest.skip("needs chromium and chromedriver (apt install chromium chromium-driver)")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = _CHROMIUM
    for flag in (*_FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(_DRIVER))
    yield driver
    driver.quit()
