"""Reads what a report shows from a case database; writes nothing, computes no answers."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analyzer.config import Settings, SmoothingSettings
from analyzer.identity.decisions import verdicts
from analyzer.report.model import (
    CandidateView,
    CaseView,
    EmotionSeries,
    FaceShot,
    FileView,
    GalleryPicture,
    RunView,
    TrackView,
    VideoView,
)
from analyzer.report.series import Span, complement, join_windows, stretches, union
from analyzer.report.text import parse_wall
from analyzer.store.case import require_case
from analyzer.store.connect import open_for_reading
from analyzer.store.decisions import review_of_row
from analyzer.store.failures import case_errors
from analyzer.store.policy import Rule, forbidden
from analyzer.store.records import ABOUT
from analyzer.types import EMOTIONS

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
    rules = _records(db, "SELECT * FROM policy ORDER BY seq")
    settings = runs[-1].settings if runs else {}
    videos = tuple(
        _video(db, row, files, pictures, settings)
        for row in _records(db, "SELECT * FROM videos ORDER BY sha256")
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
        about=tuple((key, info[key]) for key in ABOUT if info.get(key)),
        policy=tuple(forbidden(Rule(**row) for row in rules).values()),
    )


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
        keyframes_only_s=sum(segment["keyframes_only_s"] for segment in segments),
        gaps=tuple(_gaps(db, facts, segments)),
        tracks=_tracks(db, sha256, max_gap, pictures),
        tracklets=tracklets,
        smallest_face_px=_smallest_face(settings, facts["width"]),
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
    reviews, unknowns = tables.rows("reviews"), tables.rows("unknowns")
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
                unknown=next((row["cluster"] for row in unknowns.get(key, ())), None),
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
        "reviews": "SELECT r.*, k.track_id FROM review_tracks k JOIN reviews r ON r.seq = k.seq "
        "{where} ORDER BY r.seq",
        "unknowns": "SELECT k.* FROM cluster_tracks k {where}",
    }
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
    return Span(row["t_start"], row["t_end"], row["label"], row.get(row["label"]))


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
    )
