"""List of what is to be reviewed: candidates with the pictures that an examiner compares."""

from __future__ import annotations

from typing import Any

from analyzer.report import formatting
from analyzer.report.model import CandidateView, FaceShot, TrackView, VideoView
from analyzer.report.pages import Context
from analyzer.review.decisions import standing_reviews
from analyzer.serve.snapshot import Snapshot
from analyzer.types import Review

_FACES = 5
"""Pictures of a track beside the one of the gallery, the best first."""


def review_list(now: Snapshot) -> dict[str, Any]:
    """Return every candidate of the case as plain values, nearest first, and who decided what."""
    case = now.context.case
    found = [
        (video, track, candidate)
        for video in case.videos
        for track in video.candidate_tracks
        if (candidate := _of(track)) is not None
    ]
    found.sort(key=lambda one: (one[2].distance, one[1].id))
    items = [_item(now.context, *one) for one in found]
    return {"seen": now.reviews_seen, "items": items}


def _of(track: TrackView) -> CandidateView | None:
    """Return the comparison to decide on: with whom it is filed under, else with the nearest."""
    return track.compared(track.who) or (track.candidates[0] if track.candidates else None)


def _item(
    context: Context, video: VideoView, track: TrackView, candidate: CandidateView
) -> dict[str, Any]:
    said = track.verdict(candidate.person)
    reviews = standing_reviews(said.reviews) if said else []
    wall = formatting.wall_time(video.clock, track.t_shown)
    return {
        "track": track.id,
        "name": track.name,
        "video": video.name,
        "place": video.place,
        "page": context.at(video, track.name, track.t_shown),
        "time": wall or formatting.video_time(track.t_shown),
        "clock": formatting.clock_words(video) if wall else "from the first frame",
        "sha256": video.sha256,
        "t": track.t_shown,
        "person": candidate.person,
        "distance": candidate.distance,
        "threshold": candidate.threshold,
        "margin": candidate.margin,
        "probability": None
        if candidate.probability is None
        else formatting.likely(candidate.probability),
        "gallery": context.images.get(candidate.gallery_image or ""),
        "body": context.address(track.best_body),
        "faces": [address for shot in _best(track) if (address := context.address(shot))],
        "reviews": list(map(_review, reviews)),
        "verdict": said.decision if said and reviews else None,
        "agreed": said.agreed if said else True,
    }


def _best(track: TrackView) -> list[FaceShot]:
    first = [track.best_face] if track.best_face else []
    others = sorted(track.faces, key=lambda shot: -shot.quality)
    return list({shot.id: shot for shot in (*first, *others)}.values())[:_FACES]


def _review(review: Review) -> dict[str, Any]:
    return {
        "seq": review.seq, "by": review.by, "at": review.at, "decision": review.decision,
        "note": review.note,
    }  # fmt: skip


def group_list(now: Snapshot) -> list[dict[str, Any]]:
    """Return the unknown persons and the groups of similar appearance, with their tracks."""
    return [
        {
            "name": row.name,
            "alike": row.alike,
            "agreed": row.agreed,
            "page": row.page,
            "tracks": [_member(now.context, video, track) for video, track in row.appearances],
        }
        for row in now.rows
        if not row.known
    ]


def _member(context: Context, video: VideoView, track: TrackView) -> dict[str, Any]:
    wall = formatting.wall_time(video.clock, track.t_shown)
    return {
        "track": track.id,
        "name": track.name,
        "video": video.name,
        "page": context.at(video, track.name, track.t_shown),
        "time": wall or formatting.video_time(track.t_shown),
        "face": context.address(track.best_face),
        "body": context.address(track.best_body),
    }
