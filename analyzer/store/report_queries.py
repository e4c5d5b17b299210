"""Queries of a report: typed values, and the rows that belong to its tracks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from analyzer.store.codec import derived, people, raw, work
from analyzer.store.codec.values import Row, grouped
from analyzer.store.codec.work import camera_of_row
from analyzer.store.left_out import is_left_out
from analyzer.store.reader import CaseReader
from analyzer.store.records import PassedOver, StoredPicture
from analyzer.types import (
    ACTIONS,
    EMOTIONS,
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


def whereabouts(reader: CaseReader, tracks: Iterable[str]) -> list[Row]:
    """Return id, video, number, beginning and best pictures of the tracks of these ids."""
    return reader.select(_SHOWN, [json.dumps(sorted(tracks))])


def followed(reader: CaseReader) -> list[str]:
    """Return the videos that have tracks."""
    return [row["v"] for row in reader.select("SELECT DISTINCT video_sha256 AS v FROM tracks")]


def count_tracks(reader: CaseReader) -> int:
    """Return how many tracks a case has."""
    return int(reader.select("SELECT count(*) AS count FROM tracks")[0]["count"])


def count_pictures(reader: CaseReader) -> int:
    """Return how many pictures of faces and bodies a case holds, about."""
    counted = "SELECT (SELECT count(*) FROM faces) + (SELECT count(*) FROM bodies) AS count"
    return int(reader.select(counted)[0]["count"])


class TrackTables:
    """What hangs on some tracks, each table read once and grouped by track id.

    They are the tracks of the video ``sha256``, or those named by ``ids``.
    """

    def __init__(self, reader: CaseReader, sha256: str = "", ids: Sequence[str] = ()) -> None:
        self._reader = reader
        self._which = _OF_TRACKS if ids else _OF_VIDEO
        self._value = json.dumps(list(ids)) if ids else sha256

    def tracks(self) -> list[Row]:
        """Return the rows of ``tracks``, by number."""
        sql = f"SELECT k.* FROM (SELECT id AS track_id, * FROM tracks) k {self._which}"
        return self._reader.select(f"{sql} ORDER BY k.video_sha256, k.number", [self._value])

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
        return self._rows(_SIMILAR)

    def observations(self) -> dict[str, Columns]:
        """Return t and whether there is a face of every observation, by time."""
        return self._columns(_OBSERVATIONS)

    def measured_emotions(self) -> dict[str, Columns]:
        """Return t, the seven, assessed, reason and quality of ``emotions``, by time."""
        return self._columns(_MEASURED)

    def smoothed_emotions(self) -> dict[str, Columns]:
        """Return t, the seven, assessed, reason and quality of ``track_emotions``, by time."""
        return self._columns(_SMOOTHED)

    def usual_emotions(self) -> dict[str, UsualExpression]:
        """Return the usual expressions of those whose faces were seen."""
        found = self._rows(_USUAL)
        return {track: derived.USUAL.value(rows[0]) for track, rows in found.items()}

    def actions(self) -> dict[str, Columns]:
        """Return the windows of action, by time.

        Their columns are the beginning, the end, the label, its probability, the measured
        quantities as JSON, and the reason why the action is unknown.
        """
        return self._columns(_ACTIONS)

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

    def _columns(self, sql: str) -> dict[str, Columns]:
        """Return the columns but the first of each track; plain tuples, for they are many."""
        rows = self._reader.tuples(sql.format(which=self._which), [self._value])
        if not rows:
            return {}
        tracks, *columns = zip(*rows, strict=True)
        found, at = {}, 0
        for track, part in groupby(tracks):
            end = at + sum(1 for _ in part)
            found[str(track)] = tuple(column[at:end] for column in columns)
            at = end
        return found

    def _rows(self, sql: str) -> dict[str, list[Row]]:
        found = self._reader.iterate(sql.format(which=self._which), [self._value])
        return grouped(found, "of_track")


class TrackSketches(TrackTables):
    """The same without what is drawn over time: observations, expressions and actions."""

    def _columns(self, sql: str) -> dict[str, Columns]:
        return {}


Columns = tuple[tuple[Any, ...], ...]
"""Columns of the rows of one track, as plain values."""

_OF_VIDEO = "WHERE k.track_id IN (SELECT id FROM tracks WHERE video_sha256 = ?)"
_OF_TRACKS = "WHERE k.track_id IN (SELECT value FROM json_each(?))"
_FACES = f"""
SELECT k.track_id AS of_track, f.id, f.t, f.quality, f.eye_px, f.yaw, f.reasons, f.image
FROM faces f JOIN track_tracklets k ON k.tracklet_id = f.tracklet_id {{which}}
AND NOT {is_left_out("f")}
ORDER BY f.t, f.id
"""
_BODIES = f"""
SELECT k.track_id AS of_track, b.id, b.t, b.quality, b.height_px, b.reasons, b.image,
       b.x, b.y, b.w, b.h
FROM bodies b JOIN track_tracklets k ON k.tracklet_id = b.tracklet_id {{which}}
AND NOT {is_left_out("b")}
ORDER BY b.t, b.id
"""
_CLOTHING = "SELECT k.track_id AS of_track, k.* FROM track_clothing k {which}"
_HEIGHTS = "SELECT k.track_id AS of_track, k.* FROM track_heights k {which}"
_LOOK_GROUPS = """
SELECT k.track_id AS of_track, k.look_group FROM look_group_tracks k
JOIN look_groups g ON g.name = k.look_group AND g.tracks > 1 {which}
"""
_SIMILAR = """
SELECT k.track_id AS of_track, k.other AS track_id, k.similarity, k.gap_s, k.distance_m FROM (
    SELECT track_a AS track_id, track_b AS other, similarity, gap_s, distance_m FROM look_links
    UNION ALL
    SELECT track_b AS track_id, track_a AS other, similarity, gap_s, distance_m FROM look_links
) k {which} ORDER BY k.similarity DESC, k.other
"""
_SHOWN = """
SELECT t.id, t.video_sha256, t.number, t.t_start, f.t AS face_t, b.t AS body_t, b.image
FROM tracks t LEFT JOIN faces f ON f.id = t.best_face_id LEFT JOIN bodies b ON b.id = t.best_body_id
WHERE t.id IN (SELECT value FROM json_each(?))
"""
_OBSERVATIONS = f"""
SELECT k.track_id, o.t, o.face_x IS NOT NULL FROM observations o
JOIN track_tracklets k ON k.tracklet_id = o.tracklet_id {{which}}
AND NOT {is_left_out("o")} ORDER BY k.track_id, o.t
"""
_SEVEN = ", ".join(f"e.{name}" for name in EMOTIONS)
_MEASURED = f"""
SELECT k.track_id, e.t, {_SEVEN}, e.assessed, e.reason, e.quality
FROM emotions e JOIN track_tracklets k ON k.tracklet_id = e.tracklet_id {{which}}
AND NOT {is_left_out("e")} ORDER BY k.track_id, e.t
"""
_SMOOTHED = f"""
SELECT k.track_id, k.t, {_SEVEN.replace("e.", "k.")}, k.assessed, k.reason, k.quality
FROM track_emotions k {{which}} ORDER BY k.track_id, k.t
"""
_ACTIONS = f"""
SELECT k.track_id, k.t_start, k.t_end, k.label, max({", ".join(f"k.{a}" for a in ACTIONS)}),
       k.features, k.reason
FROM track_actions k {{which}} ORDER BY k.track_id, k.t_start, k.t_end
"""
_USUAL = "SELECT k.track_id AS of_track, k.* FROM track_usual_emotion k {which}"
_CANDIDATES = """
SELECT k.track_id AS of_track, k.* FROM candidates k {which} ORDER BY k.rank
"""
_CLUSTERS = "SELECT k.track_id AS of_track, k.cluster FROM cluster_tracks k {which}"
_REVIEWS = """
SELECT k.track_id AS of_track, r.* FROM review_tracks k JOIN reviews r ON r.seq = k.seq {which}
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
