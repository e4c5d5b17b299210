"""Fixtures that every test may use, and the markers that follow from what a test uses."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.clips import *  # noqa: F403
from tests.jobs import run, samples_case, small_case, undisturbed  # noqa: F401
from tests.places import DATA

MARKER_OF_FIXTURE = {
    "browser": "browser",
    "public_test": "data",
    "run": "slow",
    "samples_case": "slow",
    "small_case": "slow",
}
"""A test that uses one of these fixtures, directly or through another, carries the marker."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by their fixtures, before ``-m`` selects; skip those whose data are missing."""
    missing = pytest.mark.skip(reason=f"no data at {DATA}; see tests/places.py")
    for item in items:
        for name in MARKER_OF_FIXTURE.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARKER_OF_FIXTURE[name])
        if item.get_closest_marker("data") and not DATA.is_dir():
            item.add_marker(missing)
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    waiting = {item.path for item in items if "samples_case" in getattr(item, "fixturenames", ())}
    # Long modules first, so that no worker of pytest-xdist begins one when the others are done;
    # those that need the analysed samples after the others, so that fewer wait for them.
    items.sort(key=lambda item: (item.path not in slow, item.path in waiting))


@pytest.fixture(autouse=True)
def no_error_in_the_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test in which anything logs an error."""
    yield
    records = caplog.get_records("call")
    errors = [f"{r.name}: {r.getMessage()}" for r in records if r.levelno >= logging.ERROR]
    assert errors == [], "logged as errors"
