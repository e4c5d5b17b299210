"""Queries of a report: typed values, and the rows that belong to its tracks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from analyzer.store.codec import derived, people, raw, work
from analyzer.store.codec.values import Row, grouped
from analyzer.store.codec.work import camera_of_row
from analyzer.store.left_out import is_left_out
from analyzer.store.reader import CaseReader
from analyzer.store.records import PassedOver, StoredPicture
from analyzer.types import (
    ActionWindow,
    BodyHeight,
    Candidate,
    Clothing,
    Event,
    Gap,
    Review,
    UsualExpression,
    VideoInfo,
)
from analyzer.video.cameras import Camera

if TYPE_CHECKING:
    import pandas as pd


def case_info(reader: CaseReader) -> dict[str, str]:
    """Return what the case says of itself: format, title, examiner and the like."""
    return {row["key"]: row["value"] for row in reader.rows("case_info")}


def pictures_of_gallery(reader: CaseReader) -> tuple[StoredPicture, ...]:
    """Return the pictures of the gallery by person and path."""
    found = reader.rows("gallery_faces", order="person, path, sha256")
    return tuple(map(work.PICTURE.value, found))


def cameras(reader: CaseReader) -> tuple[Camera, ...]:
    """Return the cameras that a user described, by name."""
    return tuple(camera_of_row(row) for row in reader.rows("cameras"))


def passed_over(reader: CaseReader) -> tuple[PassedOver, ...]:
    """Return what was not taken as an input, by path."""
    return tuple(
        PassedOver(row["path"], row["reason"], row["files"], bool(row["missed"]))
        for row in reader.rows("passed_over")
    )


def look_groups(reader: CaseReader) -> dict[str, bool]:
    """Return the groups by appearance, and whether an examiner said that each is one person."""
    return {row["name"]: bool(row["confirmed"]) for row in reader.rows("look_groups")}


def videos(reader: CaseReader) -> list[tuple[VideoInfo, str | None, str | None]]:
    """Return what probing told of each video, its wall clock as stored, and where from."""
    return [
        (raw.VIDEO.value(row), row["wall_start"], row["wall_source"])
        for row in reader.rows("videos")
    ]


def gaps(reader: CaseReader, sha256: str) -> list[Gap]:
    """Return the recorded gaps of a video."""
    return list(map(raw.GAP.value, reader.select(_GAPS, [sha256])))


_GAPS = """
SELECT g.* FROM gaps g JOIN segments s ON s.id = g.segment_id WHERE s.video_sha256 = ?
"""


def count_tracklets(reader: CaseReader, sha256: str) -> int:
    """Return how many tracklets a video has."""
    (row,) = reader.select(_TRACKLETS, [sha256])
    return int(row["count"])


_TRACKLETS = """
SELECT count(*) AS count FROM tracklets k JOIN segments s ON s.id = k.segment_id
WHERE s.video_sha256 = ?
"""


def events(reader: CaseReader, sha256: str) -> list[tuple[str, int, Event]]:
    """Return id, number and event of everything worth a look in a video, by number."""
    tracks = grouped(reader.select(_EVENT_TRACKS, [sha256]), "event_id")
    found = reader.rows("events", "video_sha256 = ?", [sha256])
    return [
        (row["id"], row["number"], derived.EVENT.value(row, tracks=_tracks(row, tracks)))
        for row in found
    ]


def _tracks(event: Row, tracks: Mapping[str, list[Row]]) -> tuple[str, ...]:
    """Return who takes part; earlier versions kept no more than one track of an event."""
    if event["id"] in tracks:
        return tuple(row["track_id"] for row in tracks[event["id"]])
    return () if event["track_id"] is None else (event["track_id"],)


_EVENT_TRACKS = """
SELECT o.event_id, o.track_id FROM event_tracks o JOIN events e ON e.id = o.event_id
WHERE e.video_sha256 = ? ORDER BY o.event_id, o.position
"""


class TrackTables:
    """What hangs on the tracks of one video, each table read once and grouped by track id."""

    def __init__(self, reader: CaseReader, sha256: str) -> None:
        self._reader = reader
        self._sha256 = sha256

    def tracks(self) -> list[Row]:
        """Return the rows of ``tracks``, by number."""
        return list(self._reader.rows("tracks", "video_sha256 = ?", [self._sha256]))

    def faces(self) -> dict[str, list[Row]]:
        """Return the kept faces, by time: rows of ``faces`` without vectors."""
        return self._rows(_FACES)

    def bodies(self) -> dict[str, list[Row]]:
        """Return the kept pictures of the body, by time: rows of ``bodies`` without measures."""
        return self._rows(_BODIES)

    def clothing(self) -> dict[str, Clothing]:
        """Return the clothes in plain words."""
        found = self._rows(_CLOTHING)
        return {track: derived.CLOTHING.value(rows[0]) for track, rows in found.items()}

    def heights(self) -> dict[str, BodyHeight]:
        """Return the heights in metres of those for whom the camera's scale tells one."""
        found = self._rows(_HEIGHTS)
        return {track: derived.HEIGHT.value(rows[0]) for track, rows in found.items()}

    def look_groups(self) -> dict[str, str]:
        """Return the names of the groups by appearance of two tracks or more."""
        return {track: rows[0]["look_group"] for track, rows in self._rows(_LOOK_GROUPS).items()}

    def similar(self) -> dict[str, list[Row]]:
        """Return the links by appearance from each track to others, the most similar first."""
        rows = self._reader.select(_SIMILAR, [self._sha256, self._sha256])
        return grouped(rows, "of_track")

    def observations(self) -> dict[str, pd.DataFrame]:
        """Return t and whether there is a face of every observation, by time."""
        return self._frames(_OBSERVATIONS)

    def measured_emotions(self) -> dict[str, pd.DataFrame]:
        """Return the rows of ``emotions``, by time."""
        return self._frames(_MEASURED)

    def smoothed_emotions(self) -> dict[str, pd.DataFrame]:
        """Return the rows of ``track_emotions``, by time."""
        return self._frames(_SMOOTHED)

    def usual_emotions(self) -> dict[str, UsualExpression]:
        """Return the usual expressions of those whose faces were seen."""
        found = self._rows(_USUAL)
        return {track: derived.USUAL.value(rows[0]) for track, rows in found.items()}

    def actions(self) -> dict[str, list[ActionWindow]]:
        """Return the windows of action, by time."""
        found = self._rows(_ACTIONS)
        return {track: list(map(raw.action_of, rows)) for track, rows in found.items()}

    def candidates(self) -> dict[str, list[Candidate]]:
        """Return the candidates, by rank."""
        found = self._rows(_CANDIDATES)
        return {track: list(map(derived.CANDIDATE.value, rows)) for track, rows in found.items()}

    def clusters(self) -> dict[str, str]:
        """Return the names of the unknown persons."""
        return {track: rows[0]["cluster"] for track, rows in self._rows(_CLUSTERS).items()}

    def reviews(self) -> dict[str, list[Review]]:
        """Return the reviews that hold, oldest first."""
        found = self._rows(_REVIEWS)
        return {track: list(map(people.REVIEW.value, rows)) for track, rows in found.items()}

    def _frames(self, sql: str) -> dict[str, pd.DataFrame]:
        rows = self._reader.query(sql, [self._sha256])
        return {str(track): part for track, part in rows.groupby("of_track", sort=False)}

    def _rows(self, sql: str) -> dict[str, list[Row]]:
        return grouped(self._reader.iterate(sql, [self._sha256]), "of_track")


_OF_VIDEO = "WHERE k.track_id IN (SELECT id FROM tracks WHERE video_sha256 = ?)"
_FACES = f"""
SELECT k.track_id AS of_track, f.id, f.t, f.quality, f.eye_px, f.yaw, f.reasons, f.image
FROM faces f JOIN track_tracklets k ON k.tracklet_id = f.tracklet_id {_OF_VIDEO}
AND NOT {is_left_out("f")}
ORDER BY f.t, f.id
"""
_BODIES = f"""
SELECT k.track_id AS of_track, b.id, b.t, b.quality, b.height_px, b.reasons, b.image,
       b.x, b.y, b.w, b.h
FROM bodies b JOIN track_tracklets k ON k.tracklet_id = b.tracklet_id {_OF_VIDEO}
AND NOT {is_left_out("b")}
ORDER BY b.t, b.id
"""
_CLOTHING = f"SELECT k.track_id AS of_track, k.* FROM track_clothing k {_OF_VIDEO}"
_HEIGHTS = f"SELECT k.track_id AS of_track, k.* FROM track_heights k {_OF_VIDEO}"
_LOOK_GROUPS = f"""
SELECT k.track_id AS of_track, k.look_group FROM look_group_tracks k
JOIN look_groups g ON g.name = k.look_group AND g.tracks > 1 {_OF_VIDEO}
"""
_LINK = "l.similarity, l.gap_s, l.distance_m FROM look_links l JOIN tracks t"
_SIMILAR = f"""
SELECT l.track_a AS of_track, l.track_b AS track_id, {_LINK} ON t.id = l.track_a
WHERE t.video_sha256 = ?
UNION ALL
SELECT l.track_b AS of_track, l.track_a AS track_id, {_LINK} ON t.id = l.track_b
WHERE t.video_sha256 = ?
ORDER BY similarity DESC, track_id
"""
_OBSERVATIONS = f"""
SELECT k.track_id AS of_track, o.t, o.face_x IS NOT NULL AS face FROM observations o
JOIN track_tracklets k ON k.tracklet_id = o.tracklet_id {_OF_VIDEO}
AND NOT {is_left_out("o")} ORDER BY o.t
"""
_MEASURED = f"""
SELECT k.track_id AS of_track, e.* FROM emotions e
JOIN track_tracklets k ON k.tracklet_id = e.tracklet_id {_OF_VIDEO}
AND NOT {is_left_out("e")} ORDER BY e.t
"""
_SMOOTHED = f"""
SELECT k.track_id AS of_track, k.* FROM track_emotions k {_OF_VIDEO} ORDER BY k.t
"""
_USUAL = f"SELECT k.track_id AS of_track, k.* FROM track_usual_emotion k {_OF_VIDEO}"
_ACTIONS = f"""
SELECT k.track_id AS of_track, k.* FROM track_actions k {_OF_VIDEO} ORDER BY k.t_start, k.t_end
"""
_CANDIDATES = f"""
SELECT k.track_id AS of_track, k.* FROM candidates k {_OF_VIDEO} ORDER BY k.rank
"""
_CLUSTERS = f"SELECT k.track_id AS of_track, k.cluster FROM cluster_tracks k {_OF_VIDEO}"
_REVIEWS = f"""
SELECT k.track_id AS of_track, r.* FROM review_tracks k JOIN reviews r ON r.seq = k.seq {_OF_VIDEO}
ORDER BY r.seq
"""


def boxes_of_tracks(
    reader: CaseReader, sha256: str, t_start: float, t_end: float
) -> dict[int, pd.DataFrame]:
    """Return t and boxes of every track of a video in [t_start, t_end], by its number."""
    rows = reader.query(_BOXES, [sha256, t_start, t_end])
    return {int(str(number)): part for number, part in rows.groupby("number", sort=True)}


_BOXES = """
SELECT k.number, o.t, o.face_x, o.face_y, o.face_w, o.face_h,
       o.body_x, o.body_y, o.body_w, o.body_h
FROM tracks k JOIN track_observations s ON s.track_id = k.id
JOIN observations o ON o.tracklet_id = s.tracklet_id AND o.pts = s.pts
WHERE k.video_sha256 = ? AND o.t BETWEEN ? AND ? ORDER BY k.number, o.t
"""


def boxes_of_tracklets(
    reader: CaseReader, sha256: str, t_start: float, t_end: float
) -> list[tuple[int, pd.DataFrame]]:
    """Return t and boxes of every tracklet of a video in [t_start, t_end].

    With each goes the number of its track; 0 for what was not taken for a person, or lies in a part
    of the picture that is left out.
    """
    rows = reader.query(_PATHS, [sha256, t_start, t_end])
    grouped = rows.groupby(["tracklet_id", "number"], sort=True)
    return [(int(str(number)), part) for (_, number), part in grouped]


_PATHS = f"""
SELECT o.tracklet_id,
       CASE WHEN {is_left_out("o")} THEN 0 ELSE COALESCE(k.number, 0) END AS number,
       o.t, o.face_x, o.face_y, o.face_w, o.face_h,
       o.body_x, o.body_y, o.body_w, o.body_h
FROM segments s JOIN tracklets l ON l.segment_id = s.id
JOIN observations o ON o.tracklet_id = l.id
LEFT JOIN track_tracklets m ON m.tracklet_id = l.id LEFT JOIN tracks k ON k.id = m.track_id
WHERE s.video_sha256 = ? AND o.t BETWEEN ? AND ? ORDER BY o.tracklet_id, o.t
"""
