"""Loader of a report: a case as the values that its pages show; writes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import asdict, replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from analyzer.clock.rule import judged
from analyzer.config import Settings, settings_from
from analyzer.config_detection import FaceSettings
from analyzer.file_names import escaped
from analyzer.report import formatting
from analyzer.report.formatting import parse_wall
from analyzer.report.levels import levelled
from analyzer.report.model import (
    BodyShot,
    CandidateView,
    CaseView,
    EmotionSeries,
    EventView,
    FaceShot,
    SimilarTrack,
    TrackView,
    VideoView,
)
from analyzer.report.series import Span, complement, join_windows, stretches, subtract, union
from analyzer.review.decisions import verdicts
from analyzer.store import overview
from analyzer.store import report_queries as queries
from analyzer.store.audit import purged_videos
from analyzer.store.measured import measured_with, settings_of_videos
from analyzer.store.policy import forbidden, rules_in
from analyzer.store.reader import CaseReader
from analyzer.store.records import ABOUT, StoredFile, StoredPicture, StoredSegment
from analyzer.types import (
    EMOTIONS,
    NOT_DESCRIBED,
    ActionWindow,
    Candidate,
    Clock,
    ClockPiece,
    Event,
    JudgedClock,
    VideoInfo,
)
from analyzer.video.annotate import TrackPath
from analyzer.video.cameras import Camera, camera_of

# Shorter holes between segments are rounding of pts, not footage that was left out.
_SLIVER_S = 0.5

# A lone sighting is drawn as long as one sampling step at the default five a second.
_LEAST_SEEN_S = 0.2

_Pictures = Mapping[tuple[str, str], StoredPicture]
"""The pictures of the gallery by person and SHA-256."""


def load_case(reader: CaseReader) -> CaseView:
    """Return the whole case of ``reader``.

    Raises CaseError when its database cannot be read, ConfigError for settings of the last run
    that this version does not know.
    """
    info = queries.case_info(reader)
    runs, files = reader.runs(), reader.inputs()
    settings = Settings()
    if runs:
        settings = settings_from(runs[-1].settings, f"{reader.folder}: the last run")
    gallery = queries.pictures_of_gallery(reader)
    pictures = {(picture.person, picture.sha256): picture for picture in gallery}
    measured = measured_with(reader)
    own = settings_of_videos(runs, measured, settings)
    videos = [
        replace(
            _video(reader, facts, files, pictures, own.get(facts.sha256, settings), wall),
            measured=measured.get(facts.sha256),
        )
        for facts, *wall in queries.videos(reader)
    ]
    cameras = queries.cameras(reader)
    hidden = _without_pictures(reader, videos, settings)
    videos = [
        replace(
            levelled(video, _events(reader, video)),
            no_pictures=hidden.get(video.sha256),
            **_clock(reader, video, cameras),
        )
        for video in videos
    ]
    return CaseView(
        title=info.get("title") or escaped(reader.folder.resolve().name),
        files=files,
        videos=tuple(sorted(videos, key=lambda video: (video.paths[:1], video.sha256))),
        gallery=gallery,
        runs=runs,
        settings=settings,
        format_version=info.get("format_version", "?"),
        info={key: info[key] for key in ABOUT if info.get(key)},
        policy=tuple(forbidden(rules_in(reader)).values()),
        passed_over=queries.passed_over(reader),
        look_groups=queries.look_groups(reader),
    )


def _without_pictures(
    reader: CaseReader, videos: Iterable[VideoView], settings: Settings
) -> dict[str, str]:
    """Return why no pictures of a recording may be shown, by SHA-256 of the video."""
    if not settings.faces.crops:
        return dict.fromkeys((v.sha256 for v in videos), "this case keeps no pictures of faces")
    purged = purged_videos(reader.db)
    return dict.fromkeys(purged, "faces in this video were removed for good (analyzer purge)")


def _events(reader: CaseReader, video: VideoView) -> list[EventView]:
    return [_event(video, *told) for told in queries.events(reader, video.sha256)]


def _event(video: VideoView, key: str, number: int, event: Event) -> EventView:
    """Return ``event`` with whom its track is filed under now: reviews follow the derivation."""
    names = {track.id: track for track in video.tracks}
    track = names.get(event.track_id or "")
    label, person, level = event.label, event.person, event.level
    if track is not None:
        person = track.who if track.known else None
        if event.kind == "person" and track.status == "confirmed":
            label = f"{track.who} in view, confirmed"
        elif event.kind == "person" and track.status == "rejected":
            label, level = f"rejected: {label}", "below"
    return EventView(
        key, number, event.kind, label, event.start.t, event.end.t, event.peak.t, event.score,
        level, tuple(names[key].name for key in event.tracks if key in names), person,
    )  # fmt: skip


def _clock(reader: CaseReader, video: VideoView, cameras: Iterable[Camera]) -> dict[str, Any]:
    """Return the clocks of ``video``, its camera, and the start that the camera file tells."""
    camera = camera_of(cameras, video.paths)
    clocks = reader.clocks(video.sha256) or _first_clocks(video, camera)
    starts = [c.clock.start for c in clocks if c.clock.source == "camera file"]
    corrected = next((start for start in starts if start != video.wall_start), None)
    return {"clocks": clocks, "camera": camera, "corrected_start": corrected}


def _first_clocks(video: VideoView, camera: Camera | None) -> tuple[JudgedClock, ...]:
    """Return the clocks of a case of the first versions, which kept the time as stored alone."""
    stored = []
    if video.wall_start is not None:
        told = video.wall_source or "time as stored"
        stored = [Clock("container", told, (ClockPiece(0.0, video.wall_start),))]
    return judged(stored, camera, video.duration_s)


def load_boxes(
    reader: CaseReader, sha256: str, t_start: float, t_end: float
) -> dict[str, TrackPath]:
    """Return where every track of a video was in [t_start, t_end], by the track's short name.

    Boxes are in pixels of the recording as displayed.
    """
    found = queries.boxes_of_tracks(reader, sha256, t_start, t_end)
    return {f"T{number}": _path(part, "", subject=True) for number, part in found.items()}


def paths_of(
    reader: CaseReader, sha256: str, t_start: float, t_end: float, subject: Set[str]
) -> list[TrackPath]:
    """Return where everybody was whom a detector found in a stretch, in any tracklet.

    Tracklets of the tracks named in ``subject`` (T1, T2 …) are the subject's. Labels are the names
    of the tracks; what was not taken for a person is there too, for a face may have been.
    """
    paths = []
    for number, part in queries.boxes_of_tracklets(reader, sha256, t_start - 2, t_end + 2):
        label = f"T{number}" if number else ""
        paths.append(_path(part, label, label in subject))
    return paths


def _path(rows: pd.DataFrame, label: str, subject: bool) -> TrackPath:
    return TrackPath(
        rows["t"].to_numpy(np.float64),
        rows[["face_x", "face_y", "face_w", "face_h"]].to_numpy(np.float64),
        rows[["body_x", "body_y", "body_w", "body_h"]].to_numpy(np.float64),
        label,
        subject,
    )


def _video(
    reader: CaseReader,
    facts: VideoInfo,
    files: Sequence[StoredFile],
    pictures: _Pictures,
    settings: Settings,
    wall: Sequence[str | None],
) -> VideoView:
    segments = reader.segments(facts.sha256)
    wall_start, wall_source = wall
    pauses = _pauses(reader, facts.sha256)
    return VideoView(
        sha256=facts.sha256,
        paths=tuple(file.path for file in files if file.sha256 == facts.sha256),
        facts=facts,
        duration_s=facts.duration_s,
        wall_start=parse_wall(wall_start),
        wall_source=wall_source,
        frames_sampled=sum(segment.frames_sampled for segment in segments),
        frames_examined=sum(segment.frames_examined for segment in segments),
        bad_frames=sum(segment.bad_frames for segment in segments),
        gaps=tuple(_gaps(reader, facts, segments, pauses)),
        pauses=pauses,
        tracks=_tracks(reader, facts.sha256, settings.smoothing.max_gap_s, pictures),
        tracklets=queries.count_tracklets(reader, facts.sha256),
        smallest_face_px=_smallest_face(settings.faces, facts.width),
        faces_turned=overview.faces_turned(reader, facts.sha256),
        keyframes_only_s=sum(segment.keyframes_only_s for segment in segments),
    )


def _pauses(reader: CaseReader, sha256: str) -> tuple[Span, ...]:
    """Return the pauses of the recorder."""
    return tuple(
        Span(stretch.start.t, stretch.end.t, formatting.PAUSE)
        for stretch in reader.stretches(sha256)
        if stretch.kind == "pause"
    )


def _gaps(
    reader: CaseReader,
    facts: VideoInfo,
    segments: Sequence[StoredSegment],
    pauses: Sequence[Span],
) -> list[Span]:
    """Return what was not analysed: recorded gaps, and stretches that no stored segment covers.

    What lies in a pause was never recorded, so nothing of it is missing.
    """
    recorded = [
        Span(gap.t_start, gap.t_end, gap.reason) for gap in queries.gaps(reader, facts.sha256)
    ]
    tick, start = float(facts.time_base), facts.start_pts
    covered = [
        Span((s.span.start_pts - start) * tick, (s.span.end_pts - start) * tick) for s in segments
    ]
    label = "not analysed: the run did not reach it"
    missing = complement(covered, facts.duration_s, label, _SLIVER_S)
    missing = subtract(missing, pauses, _SLIVER_S)
    return union([*recorded, *missing], facts.duration_s)


def _smallest_face(faces: FaceSettings, width: int) -> int:
    """Return the smallest face, in source pixels, that detection at the set width could see."""
    seen_width = min(float(faces.width), float(width))
    return round(float(faces.min_px) * width / max(seen_width, 1.0))


def _tracks(
    reader: CaseReader, sha256: str, max_gap_s: float, pictures: _Pictures
) -> tuple[TrackView, ...]:
    tables = queries.TrackTables(reader, sha256)
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
        seen = observations.get(key)
        times = _floats(seen, "t")
        with_face = times[seen["face"].to_numpy(dtype=bool)] if seen is not None else times
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
                actions=tuple(join_windows(list(map(_action, actions.get(key, ()))))),
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


def _floats(frame: pd.DataFrame | None, column: str) -> np.ndarray:
    if frame is None:
        return np.empty(0, dtype=np.float64)
    return frame[column].to_numpy(dtype=np.float64)


def _face(row: dict[str, Any]) -> FaceShot:
    reasons = tuple(map(formatting.plain_reason, json.loads(row["reasons"])))
    return FaceShot(**row | {"reasons": reasons})


def _body(row: dict[str, Any]) -> BodyShot:
    box = tuple(float(row.pop(side)) for side in "xywh")
    return BodyShot(**row | {"reasons": tuple(json.loads(row["reasons"])), "box": box})


def _series(frame: pd.DataFrame | None) -> EmotionSeries:
    if frame is None:
        return EmotionSeries(np.empty(0), np.empty((0, len(EMOTIONS))), (), np.empty(0))
    p = frame[list(EMOTIONS)].to_numpy(dtype=np.float64, copy=True)
    assessed = frame["assessed"].to_numpy(dtype=bool)
    p[~assessed] = np.nan
    reasons = tuple(
        "" if ok else formatting.plain_reason(str(reason or "insufficient quality"))
        for ok, reason in zip(assessed, frame["reason"], strict=True)
    )
    return EmotionSeries(_floats(frame, "t"), p, reasons, _floats(frame, "quality"))


def _action(window: ActionWindow) -> Span:
    share = float(window.probabilities.max())
    return Span(window.start.t, window.end.t, window.label, share, _why(window))


def _why(window: ActionWindow) -> str:
    """Return in words what spoke for the action of a window, or why it is unknown."""
    if window.reason:
        return window.reason
    told = [
        f"{words} {window.features[name]:.2f}{unit}"
        for name, words, unit in _QUANTITIES
        if name in window.features
    ]
    return ", ".join(told)


_QUANTITIES = (
    ("speed", "speed", " body heights a second along the picture"),
    ("aspect", "width of the box", " of its height"),
)
"""Measured quantities of an action window that a reader can picture; see docs/actions.md."""


def _candidate(
    found: Candidate, shots: Mapping[str, FaceShot], pictures: _Pictures
) -> CandidateView:
    picture = pictures.get((found.person, found.gallery_sha256))
    return CandidateView(
        **asdict(found),
        face=shots.get(found.face_id),
        gallery_image=picture.image if picture else None,
        gallery_path=picture.path if picture else "",
    )
