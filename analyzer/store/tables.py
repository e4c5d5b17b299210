"""Tables and views of a case, and the order in which their rows are read."""

from __future__ import annotations

from typing import Literal

from analyzer.errors import UsageError
from analyzer.types import EMOTIONS

VIEWS = (
    "emotion_timeline",
    "emotion_differences",
    "action_timeline",
    "appearances",
    "recorded_stretches",
)
"""What ``analyzer export`` writes unless told otherwise."""

ORDER = {
    "emotion_timeline": "video_path, video_sha256, track_id, pts",
    "emotion_differences": "video_path, video_sha256, track_id, pts",
    "action_timeline": "video_path, video_sha256, track_id, t_start",
    "appearances": "video_path, video_sha256, t_start, track_id",
    "track_boxes": "video_path, video_sha256, track_id, pts, kind",
    "track_people": "track_id",
    "track_looks": "video_path, video_sha256, track_id",
    "case_info": "key",
    "runs": "started_at, id",
    "audit": "seq",
    "people": "name",
    "gallery_faces": "person, path",
    "videos": "sha256",
    "files": "path",
    "stretches": "video_sha256, number",
    "recorded_stretches": "video_path, video_sha256, t_start",
    "passed_over": "path",
    "segments": "video_sha256, number",
    "gaps": "segment_id, t_start, t_end, reason",
    "tracklets": "segment_id, number",
    "observations": "tracklet_id, pts",
    "faces": "tracklet_id, pts",
    "bodies": "tracklet_id, pts",
    "emotions": "tracklet_id, pts",
    "actions": "tracklet_id, start_pts, end_pts",
    "scene_actions": "segment_id, start_pts, end_pts",
    "motion": "segment_id, second",
    "tracks": "video_sha256, number",
    "track_tracklets": "track_id, position",
    "track_observations": "track_id, pts",
    "track_emotions": "track_id, pts",
    "track_actions": "track_id, start_pts, end_pts",
    "track_clothing": "track_id",
    "pair_actions": "track_a, track_b, begins",
    "track_heights": "track_id",
    "track_usual_emotion": "track_id",
    "candidates": "track_id, rank",
    "reviews": "seq",
    "bookmarks": "seq",
    "groupings": "seq",
    "policy": "seq",
    "look_links": "track_a, track_b",
    "look_groups": "number",
    "look_group_tracks": "look_group, position",
    "clusters": "number",
    "cluster_tracks": "cluster, position",
    "review_tracks": "seq",
    "verdicts": "track_id, person",
    "face_packs": "segment_id, embedder",
    "look_packs": "segment_id, look_model",
    "seals": "scope, key, table_name",
    "events": "video_sha256, number",
    "event_tracks": "event_id, position",
    "event_timeline": "video_path, video_sha256, event_id",
    "incidents": "id",
    "incident_parts": "incident_id, video_sha256, t_start",
    "deliveries": "id",
    "alert_channels": "channel",
    "cameras": "name",
    "clocks": "video_path, video_sha256, source",
    "video_clocks": "video_sha256, source",
    "clock_readings": "video_sha256",
    "measured_with": "video_sha256",
    "recordings": "arrival_begin, path",
    "recording_gaps": "camera, t_from",
    "left_out": "tracklet_id, start_pts",
}
"""Every table and view with an order that names each row once: equal cases read out equal."""

Type = Literal["TEXT", "INTEGER", "REAL", "BLOB"]


def require_table(name: str) -> str:
    """Return ``name`` when it is a table or view of the schema; raise UsageError otherwise."""
    if name not in ORDER:
        raise UsageError(f"no table {name!r} in a case; known: {', '.join(sorted(ORDER))}")
    return name


def column_type(name: str, declared: str) -> Type:
    """Return the type of a column; SQLite declares none for the computed columns of our views."""
    match declared:
        case "TEXT" | "INTEGER" | "REAL" | "BLOB":
            return declared
        case _:
            return "REAL" if name in (*EMOTIONS, "t_start", "t_end") else "TEXT"
