"""A case served in this process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.report.conftest import browser, case_folder, player_case, recording  # noqa: F401
from tests.serve.site import Site, served


@pytest.fixture
def case(case_folder: Path, tmp_path: Path) -> Path:  # noqa: F811
    """A copy of the case of the report's tests, with names that hold markup."""
    return shutil.copytree(case_folder, tmp_path / "case")


@pytest.fixture
def site(case: Path, tmp_path: Path) -> Iterator[Site]:
    """The case, served for two examiners."""
    with served(case, tmp_path / "cache", "A. Meyer", "B. Cole") as site:
        yield site
