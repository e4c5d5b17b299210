"""Levels of events in a report: what is told on the wall, and how actions of a level look.

The same levels hold for the wall, ticks, bars, labels, print and tables: red is for alarms alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from analyzer.report.model import EventView, TrackView, VideoView
from analyzer.report.series import Span
from analyzer.types import LEVELS, Level

COLOURS: Final[dict[Level, str]] = {
    "alarm": "#C8102E",
    "to check": "#9A5B00",
    "below": "#7C6F88",
}
"""Of actions that may be events; white letters can be read on each."""

MARKS: Final[dict[Level, str]] = {"alarm": "! ", "to check": "? ", "below": ""}
"""What stands before a label, for those who do not see the colour."""


def levelled(video: VideoView, events: Sequence[EventView]) -> VideoView:
    """Return ``video`` with ``events``, its actions with the level of the event they belong to."""
    tracks = tuple(levelled_track(track, events) for track in video.tracks)
    told = tuple(event for event in events if event.level != "below")
    below = tuple(event for event in events if event.level == "below")
    return replace(video, tracks=tracks, events=told, below=below)


def levelled_track(track: TrackView, events: Sequence[EventView]) -> TrackView:
    """Return ``track`` with its actions at the levels of those of ``events`` they belong to."""
    own = [event for event in events if track.name in event.tracks]
    if not own:
        return track
    return replace(track, actions=tuple(_levelled(span, own) for span in track.actions))


def _levelled(span: Span, events: Sequence[EventView]) -> Span:
    of_span = [
        event.level
        for event in events
        if event.kind == span.label and event.t_start < span.t_end and event.t_end > span.t_start
    ]
    return replace(span, level=min(of_span, key=LEVELS.index)) if of_span else span
