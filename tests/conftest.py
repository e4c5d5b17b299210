"""Fixtures that every test may use."""

from tests.clips import *  # noqa: F403
