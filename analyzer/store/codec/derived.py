"""Rows of the derived tables: tracks, their timelines, candidates and events."""

from __future__ import annotations

import json
from collections.abc import Iterator

from analyzer.store.codec.columns import Column, Columns, Probabilities
from analyzer.store.codec.raw import END, START
from analyzer.store.codec.values import Row, features_json
from analyzer.store.ids import event_id
from analyzer.types import (
    EMOTIONS,
    BodyHeight,
    Box,
    Candidate,
    Clothing,
    DerivedTrack,
    Event,
    LeftOut,
    Moment,
    PairWindow,
    UsualExpression,
)

_TRACK = Columns(
    DerivedTrack,
    elsewhere=(
        "members",
        "observations",
        "emotions",
        "actions",
        "candidates",
        "clothing",
        "height",
        "usual",
    ),
    start=START,
    end=END,
)

CANDIDATE = Columns(Candidate)

CLOTHING = Columns(Clothing)

HEIGHT = Columns(BodyHeight)

USUAL = Columns(UsualExpression, probabilities=Probabilities(EMOTIONS))
"""Columns of ``track_usual_emotion``; NULL probabilities come back as 1/7 each."""

EVENT = Columns(
    Event,
    elsewhere=("tracks",),
    level=Column(null="to check"),  # what earlier versions told was not measured
    start=START,
    end=END,
    peak=Columns(Moment, pts="peak_pts", t="t_peak"),
    box=Columns(Box),
)


LEFT_OUT = Columns(LeftOut, start=START, end=END)

_PAIR = Columns(PairWindow, elsewhere=("tracks", "features"), start=START, end=END)


def track_row(video_sha256: str, track: DerivedTrack) -> Row:
    """Return the row of ``tracks``."""
    return _TRACK.row(track, video_sha256=video_sha256, observations=len(track.observations))


def member_rows(track: DerivedTrack) -> Iterator[Row]:
    """Yield the rows of ``track_tracklets``."""
    for position, tracklet in enumerate(track.members):
        yield {"tracklet_id": tracklet, "track_id": track.id, "position": position}


def track_observation_rows(track: DerivedTrack) -> Iterator[Row]:
    """Yield the rows of ``track_observations``."""
    for pts, tracklet in track.observations:
        yield {"track_id": track.id, "pts": int(pts), "tracklet_id": tracklet}


def pair_row(video_sha256: str, window: PairWindow) -> Row:
    """Return the row of ``pair_actions``."""
    track_a, track_b = (*window.tracks, None)[:2]
    own = {"video_sha256": video_sha256, "track_a": track_a, "track_b": track_b}
    return _PAIR.row(window, features=features_json(window.features), **own)


def pair_of(row: Row) -> PairWindow:
    """Return the window of a row of ``pair_actions``."""
    tracks = tuple(row[name] for name in ("track_a", "track_b") if row[name] is not None)
    return _PAIR.value(row, tracks=tracks, features=json.loads(row["features"]))


def usual_row(track_id: str, usual: UsualExpression) -> Row:
    """Return the row of ``track_usual_emotion``; where there is none, the seven are NULL."""
    row = USUAL.row(usual, track_id=track_id)
    return row | dict.fromkeys(EMOTIONS) if usual.reason else row


def event_row(video_sha256: str, number: int, event: Event) -> Row:
    """Return the row of ``events``; ``number`` from 1."""
    key = {"id": event_id(video_sha256, number), "video_sha256": video_sha256, "number": number}
    return EVENT.row(event, track_id=event.track_id, **key)


def event_track_rows(video_sha256: str, number: int, event: Event) -> Iterator[Row]:
    """Yield the rows of ``event_tracks``."""
    for position, track in enumerate(event.tracks):
        key = event_id(video_sha256, number)
        yield {"event_id": key, "position": position, "track_id": track}
