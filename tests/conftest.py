"""Fixtures that every test may use."""

from tests.clips import *  # noqa: F403
from tests.jobs import run, samples_case, small_case, undisturbed  # noqa: F401
