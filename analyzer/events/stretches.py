"""Stretches of time that events are made of: their middle, and whether two overlap."""

from __future__ import annotations

from analyzer.types import Event, Moment


def middle(start: Moment, end: Moment) -> Moment:
    """Return the moment halfway; its pts need not be that of a frame."""
    return Moment((start.pts + end.pts) // 2, round((start.t + end.t) / 2, 6))


def overlap(a: Event, b: Event) -> bool:
    """Return whether two events have a moment in common."""
    return a.start.pts <= b.end.pts and b.start.pts <= a.end.pts
