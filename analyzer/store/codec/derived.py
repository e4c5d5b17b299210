"""Rows of the derived tables: tracks, their timelines, candidates and events."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from analyzer.store.codec.raw import action_columns
from analyzer.store.codec.values import Row, probability_columns, real
from analyzer.store.ids import event_id
from analyzer.types import EMOTIONS, Candidate, DerivedTrack, Event, Moment


def track_row(video_sha256: str, track: DerivedTrack) -> Row:
    """Return the row of ``tracks``."""
    summary = track.summary
    return {
        "id": track.id,
        "video_sha256": video_sha256,
        "number": track.number,
        "start_pts": int(track.start.pts),
        "t_start": float(track.start.t),
        "end_pts": int(track.end.pts),
        "t_end": float(track.end.t),
        "observations": len(track.observations),
        "face_observations": track.face_observations,
        "best_face_id": track.best_face_id,
        "identity": track.identity,
        "person": track.person,
        "dominant_emotion": summary.dominant_emotion,
        "dominant_share": real(summary.dominant_share),
        "emotion_confidence": real(summary.emotion_confidence),
        "assessed_share": real(summary.assessed_share),
        "main_action": summary.main_action,
    }


def member_rows(track: DerivedTrack) -> Iterator[Row]:
    """Yield the rows of ``track_tracklets``."""
    for position, tracklet in enumerate(track.members):
        yield {"tracklet_id": tracklet, "track_id": track.id, "position": position}


def track_observation_rows(track: DerivedTrack) -> Iterator[Row]:
    """Yield the rows of ``track_observations``."""
    for pts, tracklet in track.observations:
        yield {"track_id": track.id, "pts": int(pts), "tracklet_id": tracklet}


def track_emotion_rows(track: DerivedTrack) -> Iterator[Row]:
    """Yield the rows of ``track_emotions``."""
    for sample in track.emotions:
        yield {
            "track_id": track.id,
            "pts": int(sample.moment.pts),
            "t": float(sample.moment.t),
            "wall_time": sample.wall_time,
            **probability_columns(EMOTIONS, sample.probabilities, sample.assessed),
            "assessed": int(sample.assessed),
            "quality": float(sample.quality),
            "reason": sample.reason,
            "tracklet_id": sample.tracklet_id,
        }


def track_action_rows(track: DerivedTrack) -> Iterator[Row]:
    """Yield the rows of ``track_actions``."""
    for _, window in track.actions:
        yield {"track_id": track.id, **action_columns(window)}


def candidate_rows(track: DerivedTrack) -> Iterator[Row]:
    """Yield the rows of ``candidates``."""
    for candidate in track.candidates:
        yield candidate_row(candidate)


def candidate_row(candidate: Candidate) -> Row:
    """Return the row of ``candidates``."""
    return {
        "track_id": candidate.track_id,
        "rank": candidate.rank,
        "person": candidate.person,
        "distance": float(candidate.distance),
        # There is no next person in a gallery of one: no margin rather than an endless one.
        "margin": None if math.isinf(candidate.margin) else float(candidate.margin),
        "threshold": float(candidate.threshold),
        "probability": real(candidate.probability),
        "accepted": int(candidate.accepted),
        "face_id": candidate.face_id,
        "gallery_sha256": candidate.gallery_sha256,
        "false_match_rate": real(candidate.false_match_rate),
        "template_distance": real(candidate.template_distance),
        "nearest_distance": real(candidate.nearest_distance),
        "reason": candidate.reason,
    }


def candidate_of(row: Row) -> Candidate:
    """Return the candidate of a row of ``candidates``."""
    margin = math.inf if row["margin"] is None else row["margin"]
    return Candidate(**row | {"margin": margin, "accepted": bool(row["accepted"])})


def event_rows(video_sha256: str, events: Iterable[Event]) -> Iterator[Row]:
    """Yield the rows of ``events``, numbered from 1."""
    for number, event in enumerate(events, start=1):
        yield event_row(video_sha256, number, event)


def event_row(video_sha256: str, number: int, event: Event) -> Row:
    """Return the row of ``events``; ``number`` from 1 in order of time."""
    return {
        "id": event_id(video_sha256, number),
        "video_sha256": video_sha256,
        "number": number,
        "track_id": event.track_id,
        "kind": event.kind,
        "label": event.label,
        "start_pts": int(event.start.pts),
        "t_start": float(event.start.t),
        "end_pts": int(event.end.pts),
        "t_end": float(event.end.t),
        "peak_pts": int(event.peak.pts),
        "t_peak": float(event.peak.t),
        "score": float(event.score),
        "person": event.person,
    }


def event_of(row: Row) -> Event:
    """Return the event of a row of ``events``."""
    return Event(
        row["kind"],
        row["label"],
        Moment(row["start_pts"], row["t_start"]),
        Moment(row["end_pts"], row["t_end"]),
        Moment(row["peak_pts"], row["t_peak"]),
        row["score"],
        row["track_id"],
        row["person"],
    )
