"""Reads what a report shows from a case database; writes nothing, computes no answers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Set
from contextlib import closing
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analyzer.config import Settings, SmoothingSettings
from analyzer.report.formatting import parse_wall
from analyzer.report.model import (
    CameraView,
    CandidateView,
    CaseView,
    EmotionSeries,
    EventView,
    FaceShot,
    FileView,
    GalleryPicture,
    RunView,
    TrackView,
    VideoView,
)
from analyzer.report.series import Span, complement, join_windows, stretches, union
from analyzer.review.decisions import verdicts
from analyzer.store.audit import PURGED
from analyzer.store.connect import open_for_reading, require_case
from analyzer.store.decisions import review_of_row
from analyzer.store.errors import case_errors
from analyzer.store.policy import Rule, forbidden
from analyzer.store.records import ABOUT
from analyzer.types import EMOTIONS
from analyzer.video.annotate import TrackPath
from analyzer.video.cameras import Camera

# Shorter holes between segments are rounding of pts, not footage that was left out.
_SLIVER_S = 0.5

# A lone sighting is drawn as long as one sampling step at the default five a second.
_LEAST_SEEN_S = 0.2


def load_case(case_folder: Path) -> CaseView:
    """Read the case in ``case_folder``.

    Raises CaseError when there is no case, or its database is damaged or of another version.
    """
    require_case(case_folder)
    with case_errors(case_folder), closing(open_for_reading(case_folder).conn) as db:
        return _read_case(db, case_folder)


def _read_case(db: sqlite3.Connection, case_folder: Path) -> CaseView:
    info = dict(db.execute("SELECT key, value FROM case_info").fetchall())
    runs = tuple(_run(row) for row in _records(db, "SELECT * FROM runs ORDER BY started_at, id"))
    files = tuple(
        FileView(row["path"], row["status"], row["reason"], row["sha256"])
        for row in _records(db, "SELECT path, status, reason, sha256 FROM files ORDER BY path")
    )
    gallery = _records(db, "SELECT * FROM gallery_faces ORDER BY person, path, sha256")
    pictures = {(row["person"], row["sha256"]): row for row in gallery}
    settings = runs[-1].settings if runs else {}
    videos = tuple(
        _video(db, row, files, pictures, settings)
        for row in _records(db, "SELECT * FROM videos ORDER BY sha256")
    )
    events = _events(db)
    cameras = _cameras(db)
    hidden = _without_pictures(db, videos, settings)
    videos = tuple(
        replace(
            video,
            events=tuple(_reviewed(event, video) for event in events.get(video.sha256, ())),
            no_pictures=hidden.get(video.sha256),
            **_clock(video, cameras),
        )
        for video in videos
    )
    return CaseView(
        title=info.get("title") or case_folder.resolve().name,
        files=files,
        videos=tuple(sorted(videos, key=lambda video: (video.paths[:1], video.sha256))),
        gallery=tuple(
            GalleryPicture(row["person"], row["path"], row["status"], row["reason"], row["image"])
            for row in gallery
        ),
        runs=runs,
        format_version=info.get("format_version", "?"),
        has_events=_has(db, "events"),
        info={key: info[key] for key in ABOUT if info.get(key)},
        policy=_policy(db),
    )


def _without_pictures(
    db: sqlite3.Connection, videos: Iterable[VideoView], settings: dict[str, Any]
) -> dict[str, str]:
    """Return why no pictures of a recording may be shown, by SHA-256 of the video."""
    if settings.get("faces", {}).get("crops") is False:
        return dict.fromkeys((v.sha256 for v in videos), "this case keeps no pictures of faces")
    rows = db.execute("SELECT detail FROM audit WHERE action = ?", (PURGED,))
    purged = (sha256 for (detail,) in rows for sha256 in json.loads(detail)["videos"])
    return dict.fromkeys(purged, "faces in this video were removed for good (analyzer purge)")


def _has(db: sqlite3.Connection, table: str) -> bool:
    """Whether the case has ``table``: one made before it was thought of has not."""
    sql = "SELECT count(*) FROM sqlite_master WHERE type IN ('table', 'view') AND name = ?"
    return bool(db.execute(sql, (table,)).fetchone()[0])


def _events(db: sqlite3.Connection) -> dict[str, list[EventView]]:
    grouped: dict[str, list[EventView]] = {}
    if not _has(db, "events"):
        return grouped
    rows = _records(
        db,
        "SELECT e.*, k.number AS track FROM events e LEFT JOIN tracks k ON k.id = e.track_id "
        "ORDER BY e.video_sha256, e.number",
    )
    for row in rows:
        track = None if row["track"] is None else f"T{row['track']}"
        event = EventView(
            row["id"], row["number"], row["kind"], row["label"], row["t_start"], row["t_end"],
            row["t_peak"], row["score"], track, row["person"],
        )  # fmt: skip
        grouped.setdefault(row["video_sha256"], []).append(event)
    return grouped


def _reviewed(event: EventView, video: VideoView) -> EventView:
    """Return ``event`` with whom its track is filed under now: reviews follow the derivation."""
    track = video.track(event.track)
    if track is None:
        return event
    label = event.label
    if event.kind == "person" and track.status == "confirmed":
        label = f"{track.who} in view, confirmed"
    elif event.kind == "person" and track.status == "rejected":
        label = f"rejected: {label}"
    return replace(event, label=label, person=track.who if track.known else None)


def _policy(db: sqlite3.Connection) -> tuple[Rule, ...]:
    if not _has(db, "policy"):
        return ()
    rules = _records(db, "SELECT * FROM policy ORDER BY seq")
    return tuple(forbidden(Rule(**row) for row in rules).values())


def _cameras(db: sqlite3.Connection) -> list[Camera]:
    if not _has(db, "cameras"):
        return []
    return [Camera(**row) for row in _records(db, "SELECT * FROM cameras ORDER BY name")]


def _clock(video: VideoView, cameras: list[Camera]) -> dict[str, Any]:
    """Return the camera of ``video`` and the time it makes of the stored one."""
    for camera in cameras:
        if any(camera.recorded(path) for path in video.paths):
            view = CameraView(
                camera.name, camera.location, camera.timezone, camera.offset_s,
                camera.drift_s_per_day, camera.checked_at, camera.note,
            )  # fmt: skip
            return {"camera": view, "corrected_start": camera.corrected(video.wall_start)}
    return {}


def load_boxes(
    case_folder: Path, sha256: str, t_start: float, t_end: float
) -> dict[str, TrackPath]:
    """Return where every track of a video was in [t_start, t_end], by the track's short name.

    Boxes are in pixels of the recording as displayed. Raises CaseError as load_case does.
    """
    require_case(case_folder)
    with case_errors(case_folder), closing(open_for_reading(case_folder).conn) as db:
        rows = pd.read_sql_query(_BOXES, db, params=[sha256, t_start, t_end])
    return {
        f"T{number}": _path(part, "", subject=True)
        for number, part in rows.groupby("number", sort=True)
    }


def paths_of(
    case_folder: Path, sha256: str, t_start: float, t_end: float, subject: Set[str]
) -> list[TrackPath]:
    """Return where everybody was whom a detector found in a stretch, in any tracklet.

    Tracklets of the tracks named in ``subject`` (T1, T2 …) are the subject's. Labels are the names
    of the tracks; what was not taken for a person is there too, for a face may have been.
    """
    require_case(case_folder)
    with case_errors(case_folder), closing(open_for_reading(case_folder).conn) as db:
        rows = pd.read_sql_query(_PATHS, db, params=[sha256, t_start - 2, t_end + 2])
    paths = []
    for (_, number), part in rows.groupby(["tracklet_id", "number"], sort=True):
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


_PATHS = """
SELECT o.tracklet_id, COALESCE(k.number, 0) AS number, o.t, o.face_x, o.face_y, o.face_w, o.face_h,
       o.body_x, o.body_y, o.body_w, o.body_h
FROM segments s JOIN tracklets l ON l.segment_id = s.id
JOIN observations o ON o.tracklet_id = l.id
LEFT JOIN track_tracklets m ON m.tracklet_id = l.id LEFT JOIN tracks k ON k.id = m.track_id
WHERE s.video_sha256 = ? AND o.t BETWEEN ? AND ? ORDER BY o.tracklet_id, o.t
"""

_BOXES = """
SELECT k.number, o.t, o.face_x, o.face_y, o.face_w, o.face_h,
       o.body_x, o.body_y, o.body_w, o.body_h
FROM tracks k JOIN track_observations s ON s.track_id = k.id
JOIN observations o ON o.tracklet_id = s.tracklet_id AND o.pts = s.pts
WHERE k.video_sha256 = ? AND o.t BETWEEN ? AND ? ORDER BY k.number, o.t
"""


def _records(db: sqlite3.Connection, sql: str, *values: Any) -> list[dict[str, Any]]:
    cursor = db.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _run(row: dict[str, Any]) -> RunView:
    return RunView(
        row["id"],
        row["command"],
        row["started_at"],
        row["ended_at"],
        row["status"],
        json.loads(row["settings"]),
        json.loads(row["models"]),
        json.loads(row["versions"]),
        row["gallery_fingerprint"],
    )


def _video(
    db: sqlite3.Connection,
    facts: dict[str, Any],
    files: tuple[FileView, ...],
    pictures: dict[tuple[str, str], dict[str, Any]],
    settings: dict[str, Any],
) -> VideoView:
    sha256 = facts["sha256"]
    segments = _records(db, "SELECT * FROM segments WHERE video_sha256 = ? ORDER BY number", sha256)
    tracklets = db.execute(
        "SELECT count(*) FROM tracklets k JOIN segments s ON s.id = k.segment_id "
        "WHERE s.video_sha256 = ?",
        (sha256,),
    ).fetchone()[0]
    smoothing = settings.get("smoothing", {})
    max_gap = float(smoothing.get("max_gap_s", SmoothingSettings().max_gap_s))
    return VideoView(
        sha256=sha256,
        paths=tuple(file.path for file in files if file.sha256 == sha256),
        facts=facts,
        duration_s=facts["duration_s"],
        wall_start=parse_wall(facts["wall_start"]),
        wall_source=facts["wall_source"],
        frames_sampled=sum(segment["frames_sampled"] for segment in segments),
        frames_examined=sum(segment["frames_examined"] for segment in segments),
        bad_frames=sum(segment["bad_frames"] for segment in segments),
        gaps=tuple(_gaps(db, facts, segments)),
        tracks=_tracks(db, sha256, max_gap, pictures),
        tracklets=tracklets,
        smallest_face_px=_smallest_face(settings, facts["width"]),
        keyframes_only_s=sum(segment.get("keyframes_only_s", 0.0) for segment in segments),
    )


def _gaps(
    db: sqlite3.Connection, facts: dict[str, Any], segments: list[dict[str, Any]]
) -> list[Span]:
    """Return what was not analysed: recorded gaps, and stretches that no stored segment covers."""
    recorded = [
        Span(row["t_start"], row["t_end"], row["reason"])
        for row in _records(
            db,
            "SELECT g.* FROM gaps g JOIN segments s ON s.id = g.segment_id "
            "WHERE s.video_sha256 = ?",
            facts["sha256"],
        )
    ]
    tick, start = float(Fraction(facts["time_base"])), facts["start_pts"]
    covered = [
        Span((row["start_pts"] - start) * tick, (row["end_pts"] - start) * tick) for row in segments
    ]
    label = "not analysed: the run did not reach it"
    missing = complement(covered, facts["duration_s"], label, _SLIVER_S)
    return union([*recorded, *missing], facts["duration_s"])


def _smallest_face(settings: dict[str, Any], width: int) -> int:
    """Return the smallest face, in source pixels, that detection at the set width could see."""
    faces = settings.get("faces", {})
    default = Settings().faces
    seen_width = min(float(faces.get("width", default.width)), float(width))
    return round(float(faces.get("min_px", default.min_px)) * width / max(seen_width, 1.0))


def _tracks(
    db: sqlite3.Connection,
    sha256: str,
    max_gap_s: float,
    pictures: dict[tuple[str, str], dict[str, Any]],
) -> tuple[TrackView, ...]:
    tables = _TrackTables(db, sha256)
    faces = {
        track: tuple(_face(row) for row in rows) for track, rows in tables.rows("faces").items()
    }
    shots = {shot.id: shot for group in faces.values() for shot in group}
    observations = tables.frames("observations")
    raw, smoothed = tables.frames("raw"), tables.frames("emotions")
    actions, candidates = tables.rows("actions"), tables.rows("candidates")
    clusters, reviews = tables.rows("clusters"), tables.rows("reviews")
    views = []
    for row in _records(db, "SELECT * FROM tracks WHERE video_sha256 = ? ORDER BY number", sha256):
        key = row["id"]
        seen = observations.get(key)
        times = _floats(seen, "t")
        with_face = times[seen["face"].to_numpy(dtype=bool)] if seen is not None else times
        views.append(
            TrackView(
                id=key,
                number=row["number"],
                t_start=row["t_start"],
                t_end=row["t_end"],
                observations=row["observations"],
                face_observations=row["face_observations"],
                identity=row["identity"],
                person=row["person"],
                dominant_emotion=row["dominant_emotion"],
                dominant_share=row["dominant_share"],
                emotion_confidence=row["emotion_confidence"],
                assessed_share=row["assessed_share"],
                main_action=row["main_action"],
                presence=tuple(stretches(times, max_gap_s, _LEAST_SEEN_S))
                or (Span(row["t_start"], row["t_end"]),),
                face_presence=tuple(stretches(with_face, max_gap_s, _LEAST_SEEN_S)),
                best_face=_best(shots.get(row["best_face_id"]), faces.get(key, ())),
                faces=faces.get(key, ()),
                emotions=_series(smoothed.get(key)),
                raw_emotions=_series(raw.get(key)),
                actions=tuple(join_windows([_action(a) for a in actions.get(key, [])])),
                candidates=tuple(_candidate(c, shots, pictures) for c in candidates.get(key, [])),
                cluster=next((row["cluster"] for row in clusters.get(key, ())), None),
                verdicts=verdicts(review_of_row(row) for row in reviews.get(key, ())),
            )
        )
    return tuple(views)


def _best(named: FaceShot | None, faces: tuple[FaceShot, ...]) -> FaceShot | None:
    return named or max(faces, key=lambda shot: shot.quality, default=None)


class _TrackTables:
    """The rows that hang on the tracks of one video, each table read once and grouped by track."""

    _SQL = {  # noqa: RUF012 - a constant
        "faces": "SELECT k.track_id, f.* FROM faces f "
        "JOIN track_tracklets k ON k.tracklet_id = f.tracklet_id {where} ORDER BY f.t, f.id",
        "observations": "SELECT k.track_id, o.t, o.face_x IS NOT NULL AS face FROM observations o "
        "JOIN track_tracklets k ON k.tracklet_id = o.tracklet_id {where} ORDER BY o.t",
        "raw": "SELECT k.track_id, e.* FROM emotions e "
        "JOIN track_tracklets k ON k.tracklet_id = e.tracklet_id {where} ORDER BY e.t",
        "emotions": "SELECT k.* FROM track_emotions k {where} ORDER BY k.t",
        "actions": "SELECT k.* FROM track_actions k {where} ORDER BY k.t_start, k.t_end",
        "candidates": "SELECT k.* FROM candidates k {where} ORDER BY k.rank",
        "clusters": "SELECT k.* FROM cluster_tracks k {where}",
        "reviews": "SELECT r.*, k.track_id FROM review_tracks k JOIN reviews r ON r.seq = k.seq "
        "{where} ORDER BY r.seq",
    }
    _LATER = {"clusters": "cluster_tracks", "reviews": "review_tracks"}  # noqa: RUF012
    _WHERE = "WHERE k.track_id IN (SELECT id FROM tracks WHERE video_sha256 = ?)"

    def __init__(self, db: sqlite3.Connection, sha256: str) -> None:
        self._db = db
        self._sha256 = sha256

    def frames(self, table: str) -> dict[str, pd.DataFrame]:
        """Return the rows of each track as a data frame."""
        rows = pd.read_sql_query(self._query(table), self._db, params=[self._sha256])
        return {str(track): part for track, part in rows.groupby("track_id", sort=False)}

    def rows(self, table: str) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of each track as plain mappings."""
        grouped: dict[str, list[dict[str, Any]]] = {}
        if table in self._LATER and not _has(self._db, self._LATER[table]):
            return grouped
        for row in _records(self._db, self._query(table), self._sha256):
            grouped.setdefault(row["track_id"], []).append(row)
        return grouped

    def _query(self, table: str) -> str:
        return self._SQL[table].format(where=self._WHERE)


def _floats(frame: pd.DataFrame | None, column: str) -> np.ndarray:
    if frame is None:
        return np.empty(0, dtype=np.float64)
    return frame[column].to_numpy(dtype=np.float64)


def _face(row: dict[str, Any]) -> FaceShot:
    return FaceShot(
        row["id"],
        row["t"],
        row["quality"],
        row["eye_px"],
        row["yaw"],
        tuple(json.loads(row["reasons"])),
        row["image"],
    )


def _series(frame: pd.DataFrame | None) -> EmotionSeries:
    if frame is None:
        return EmotionSeries(np.empty(0), np.empty((0, len(EMOTIONS))), ())
    p = frame[list(EMOTIONS)].to_numpy(dtype=np.float64, copy=True)
    assessed = frame["assessed"].to_numpy(dtype=bool)
    p[~assessed] = np.nan
    reasons = tuple(
        "" if ok else str(reason or "insufficient quality")
        for ok, reason in zip(assessed, frame["reason"], strict=True)
    )
    return EmotionSeries(frame["t"].to_numpy(dtype=np.float64), p, reasons)


def _action(row: dict[str, Any]) -> Span:
    label = row["label"]
    return Span(row["t_start"], row["t_end"], label, row.get(label), _why(row))


def _why(row: dict[str, Any]) -> str:
    """Return in words what spoke for the action of a window, or why it is unknown."""
    if row.get("reason"):
        return str(row["reason"])
    measured = json.loads(row["features"])
    told = [
        f"{words} {measured[name]:.2f}{unit}"
        for name, words, unit in _QUANTITIES
        if name in measured
    ]
    return ", ".join(told)


_QUANTITIES = (("speed", "speed", " heights/s"), ("aspect", "width/height", ""))
"""Measured quantities of an action window that a reader can picture; see docs/actions.md."""


def _candidate(
    row: dict[str, Any],
    shots: dict[str, FaceShot],
    pictures: dict[tuple[str, str], dict[str, Any]],
) -> CandidateView:
    picture = pictures.get((row["person"], row["gallery_sha256"]))
    return CandidateView(
        row["rank"],
        row["person"],
        row["distance"],
        row["margin"],
        row["threshold"],
        row["probability"],
        bool(row["accepted"]),
        shots.get(row["face_id"]),
        picture["image"] if picture else None,
        picture["path"] if picture else "",
        row["gallery_sha256"],
        row.get("false_match_rate"),
        row.get("reason"),
    )
