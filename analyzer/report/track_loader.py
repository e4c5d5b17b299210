"""Loader of tracks: rows of the case as the views that pages show; writes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any, TypeVar

import numpy as np

from analyzer.report import formatting
from analyzer.report.model import (
    NO_SERIES,
    BodyShot,
    CandidateView,
    EmotionSeries,
    FaceShot,
    SimilarTrack,
    TrackView,
)
from analyzer.report.series import Span, join_stretches, stretches
from analyzer.review.decisions import verdicts
from analyzer.store.records import StoredPicture
from analyzer.store.report_queries import Columns, TrackTables
from analyzer.types import NOT_DESCRIBED, Candidate

# A lone sighting is drawn as long as one sampling step at the default five a second.
_LEAST_SEEN_S = 0.2

Pictures = Mapping[tuple[str, str], StoredPicture]
"""The pictures of the gallery by person and SHA-256."""


def load_tracks(tables: TrackTables, max_gap_s: float, pictures: Pictures) -> tuple[TrackView, ...]:
    """Return the tracks of ``tables``; a line may cross gaps of ``max_gap_s``."""
    faces = {track: tuple(map(_face, rows)) for track, rows in tables.faces().items()}
    shots = {shot.id: shot for group in faces.values() for shot in group}
    bodies = {track: tuple(map(_body, rows)) for track, rows in tables.bodies().items()}
    clothing, heights = tables.clothing(), tables.heights()
    observations = tables.observations()
    measured, smoothed = tables.measured_emotions(), tables.smoothed_emotions()
    actions, candidates = tables.actions(), tables.candidates()
    clusters, reviews = tables.clusters(), tables.reviews()
    usual = tables.usual_emotions()
    look_groups, similar = tables.look_groups(), tables.similar()
    views = []
    for row in tables.tracks():
        key = row["id"]
        times, with_face = _times(observations.get(key))
        views.append(
            TrackView(
                **{name: row[name] for name in _AS_STORED},
                presence=tuple(stretches(times, max_gap_s, _LEAST_SEEN_S))
                or (Span(row["t_start"], row["t_end"]),),
                face_presence=tuple(stretches(with_face, max_gap_s, _LEAST_SEEN_S)),
                best_face=_best(row["best_face_id"], faces.get(key, ())),
                faces=faces.get(key, ()),
                emotions=_series(smoothed.get(key)),
                raw_emotions=_series(measured.get(key)),
                actions=_actions(actions.get(key)),
                candidates=tuple(_candidate(c, shots, pictures) for c in candidates.get(key, ())),
                cluster=clusters.get(key),
                verdicts=verdicts(reviews.get(key, ())),
                best_body=_best(row["best_body_id"], bodies.get(key, ())),
                bodies=bodies.get(key, ()),
                clothing=clothing.get(key, NOT_DESCRIBED),
                height=heights.get(key),
                look_group=look_groups.get(key),
                usual=usual.get(key),
                similar=tuple(SimilarTrack(**link) for link in similar.get(key, ())),
            )
        )
    return tuple(views)


_AS_STORED = (
    "id", "number", "t_start", "t_end", "observations", "face_observations", "identity", "person",
    "dominant_emotion", "dominant_share", "emotion_confidence", "assessed_share", "main_action",
)  # fmt: skip


_Shot = TypeVar("_Shot", FaceShot, BodyShot)


def _best(named: str | None, shots: Sequence[_Shot]) -> _Shot | None:
    """Return the picture that the case names the best, else the one of the best quality."""
    return max(shots, key=lambda shot: (shot.id == named, shot.quality), default=None)


def _times(observed: Columns | None) -> tuple[np.ndarray, np.ndarray]:
    """Return the times of all observations and of those with a face, float64 (N,) and (M,)."""
    if observed is None:
        return np.empty(0), np.empty(0)
    times = np.array(observed[0], np.float64)
    return times, times[np.array(observed[1], bool)]


@cache
def _words(reasons: str) -> tuple[str, ...]:
    """Return the reasons of a face in plain words; few texts come again and again."""
    return tuple(map(formatting.plain_reason, json.loads(reasons)))


def _face(row: dict[str, Any]) -> FaceShot:
    return FaceShot(**row | {"reasons": _words(row["reasons"])})


def _body(row: dict[str, Any]) -> BodyShot:
    box = (row.pop("x"), row.pop("y"), row.pop("w"), row.pop("h"))
    return BodyShot(**row | {"reasons": _texts(row["reasons"]), "box": box})


@cache
def _texts(reasons: str) -> tuple[str, ...]:
    return tuple(json.loads(reasons))


def _series(columns: Columns | None) -> EmotionSeries:
    if columns is None:
        return NO_SERIES
    t, *seven, assessed, reason, quality = columns
    p = np.array(seven, np.float64).T.copy()
    told = np.array(assessed, bool)
    p[~told] = np.nan
    reasons = tuple(
        "" if ok else formatting.plain_reason(str(why or "insufficient quality"))
        for ok, why in zip(assessed, reason, strict=True)
    )
    return EmotionSeries(np.array(t, np.float64), p, reasons, np.array(quality, np.float64))


def _actions(columns: Columns | None) -> tuple[Span, ...]:
    """Return the windows of action as stretches; only the reasons that are told become words."""
    if columns is None:
        return ()
    starts, ends, labels, shares, features, reasons = columns
    told = {reason for reason in reasons if reason}
    whys = [reason or measured for reason, measured in zip(reasons, features, strict=True)]
    return tuple(
        Span(start, end, label, value, why if why in told else _why(why))
        for start, end, label, value, why in join_stretches(
            list(zip(starts, ends, labels, shares, whys, strict=True))
        )
    )


def _why(features: str) -> str:
    """Return in words what spoke for an action, from the measured quantities as JSON."""
    measured = json.loads(features)
    told = [
        f"{words} {measured[name]:.2f}{unit}"
        for name, words, unit in _QUANTITIES
        if name in measured
    ]
    return ", ".join(told)


_QUANTITIES = (
    ("speed", "speed", " body heights a second along the picture"),
    ("aspect", "width of the box", " of its height"),
)
"""Measured quantities of an action window that a reader can picture; see docs/actions.md."""


def _candidate(
    found: Candidate, shots: Mapping[str, FaceShot], pictures: Pictures
) -> CandidateView:
    picture = pictures.get((found.person, found.gallery_sha256))
    return CandidateView(
        **asdict(found),
        face=shots.get(found.face_id),
        gallery_image=picture.image if picture else None,
        gallery_path=picture.path if picture else "",
    )
