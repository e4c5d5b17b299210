"""Settings of watching live sources."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """Live sources, which `analyzer watch` records and analyses; no row depends on it.

    A recording is cut at the first key frame after ``segment_s``. A source that sends nothing for
    ``silence_s`` is connected anew, at first at once, later after up to ``retry_most_s``. Analysis
    is told to be behind when the oldest recording waits for longer than ``behind_s``. Recordings
    are deleted after ``keep_days``, and the oldest ones when all take more than ``budget_gb``; 0
    deletes none.
    """

    segment_s: float = 30.0
    silence_s: float = 10.0
    retry_most_s: float = 60.0
    behind_s: float = 120.0
    keep_days: float = 0.0
    budget_gb: float = 0.0
