"""Derived values as rows of the derived tables: plain dicts, no database here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from analyzer.store.ids import event_id
from analyzer.store.rows import Row, action_columns, emotion_columns
from analyzer.types import Candidate, DerivedTrack, Event


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
        "dominant_share": _real(summary.dominant_share),
        "emotion_confidence": _real(summary.emotion_confidence),
        "assessed_share": _real(summary.assessed_share),
        "main_action": summary.main_action,
    }


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
            **emotion_columns(sample.probabilities, sample.assessed),
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
        yield _candidate_row(candidate)


def _candidate_row(candidate: Candidate) -> Row:
    return {
        "track_id": candidate.track_id,
        "rank": candidate.rank,
        "person": candidate.person,
        "distance": float(candidate.distance),
        # There is no next person in a gallery of one: no margin rather than an endless one.
        "margin": None if math.isinf(candidate.margin) else float(candidate.margin),
        "threshold": float(candidate.threshold),
        "probability": _real(candidate.probability),
        "accepted": int(candidate.accepted),
        "face_id": candidate.face_id,
        "gallery_sha256": candidate.gallery_sha256,
        "false_match_rate": _real(candidate.false_match_rate),
        "template_distance": _real(candidate.template_distance),
        "nearest_distance": _real(candidate.nearest_distance),
        "reason": candidate.reason,
    }


def _real(value: float | None) -> float | None:
    return None if value is None else float(value)
