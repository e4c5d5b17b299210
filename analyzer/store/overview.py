"""Overview of a case: inputs by outcome, segments and seconds analysed, results shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analyzer.store.codec.values import Row
from analyzer.store.reader import CaseReader


@dataclass(frozen=True, slots=True)
class CaseProgress:
    """What a case holds: ``files`` by status, ``seconds`` of video in ``segments``."""

    files: dict[str, int]
    segments: int
    seconds: float
    failures: tuple[dict[str, str], ...]


def progress_of(reader: CaseReader, most_failures: int) -> CaseProgress:
    """Return how far the case is, with path and reason of up to ``most_failures`` failed files."""
    files = {"done": 0, "failed": 0, "pending": 0}
    files |= {row["status"]: row["count"] for row in reader.select(_BY_STATUS)}
    (analysed,) = reader.select(_ANALYSED)
    failures = tuple(reader.select(_FAILURES, [most_failures]))
    return CaseProgress(files, analysed["segments"], analysed["seconds"], failures)


_BY_STATUS = "SELECT status, count(*) AS count FROM files GROUP BY status"
_ANALYSED = """
SELECT count(*) AS segments,
       coalesce(sum(CASE WHEN v.recorded_s IS NULL
           THEN (min(s.end_pts, v.end_pts) - s.start_pts) * v.duration_s
                / max(v.end_pts - v.start_pts, 1)
           ELSE (SELECT sum(max(min(s.end_pts, r.end_pts) - max(s.start_pts, r.start_pts), 0)
                            * (r.t_end - r.t_start) / max(r.end_pts - r.start_pts, 1))
                 FROM stretches r WHERE r.video_sha256 = v.sha256 AND r.kind = 'recorded')
           END), 0.0) AS seconds
FROM segments s JOIN videos v ON v.sha256 = s.video_sha256
"""
_FAILURES = "SELECT path, reason FROM files WHERE status = 'failed' ORDER BY path LIMIT ?"


def people_seen(reader: CaseReader) -> list[Row]:
    """Return who was in view: person, status, tracks, videos and seconds, longest in view first."""
    return reader.select(_PEOPLE)


def events_by_level(reader: CaseReader) -> list[Row]:
    """Return how many events there are of each kind and level, by kind."""
    return reader.select(_EVENTS)


_PEOPLE = """
SELECT person, status, count(*) AS tracks, count(DISTINCT video_sha256) AS videos,
       sum(t_end - t_start) AS seconds
FROM appearances GROUP BY person, status ORDER BY seconds DESC, person
"""
_EVENTS = "SELECT kind, level, count(*) AS events FROM event_timeline GROUP BY kind, level"


def file_summaries(reader: CaseReader) -> list[Row]:
    """Return every input with the length, tracks and gaps of its video, by path."""
    return reader.select(_SUMMARY)


_MOST_ROLL = 60.0
"""Degrees up to which a face counts as upright."""

_TURNED = f"""
SELECT t.faces_turned FROM segments t WHERE t.video_sha256 = {{video}} AND t.faces_turned > 0
GROUP BY t.faces_turned
HAVING count(*) > (
    SELECT count(DISTINCT s.id) FROM segments s JOIN tracklets k ON k.segment_id = s.id
    JOIN faces x ON x.tracklet_id = k.id
    WHERE s.video_sha256 = {{video}} AND abs(x.roll) <= {_MOST_ROLL}
)
ORDER BY count(*) DESC, t.faces_turned LIMIT 1
"""

_SUMMARY = f"""
SELECT f.path, f.sha256, f.status, f.reason, v.duration_s,
       coalesce(v.recorded_s, v.duration_s) AS recorded_s,
       (SELECT count(*) FROM tracks k WHERE k.video_sha256 = f.sha256) AS tracks,
       (SELECT coalesce(sum(g.t_end - g.t_start), 0.0) FROM gaps g
        JOIN segments s ON s.id = g.segment_id WHERE s.video_sha256 = f.sha256) AS gaps_s,
       coalesce(({_TURNED.format(video="f.sha256")}), 0) AS faces_turned
FROM files f LEFT JOIN videos v ON v.sha256 = f.sha256 ORDER BY f.path
"""


def faces_turned(reader: CaseReader, sha256: str) -> int:
    """Return by how many degrees, clockwise, a video must be turned to show faces upright, or 0.

    0 where most segments with faces have upright ones.
    """
    found = reader.select(_TURNED.format(video="?"), [sha256, sha256])
    return int(found[0]["faces_turned"]) if found else 0


def results_shown(reader: CaseReader) -> dict[str, Any]:
    """Return which results a report shows: how many tracks, the candidates named, and where."""
    named: dict[str, list[str]] = {}
    for row in reader.select(_NAMED):
        named.setdefault(row["person"], []).append(row["id"])
    (tracks,) = reader.select("SELECT count(*) AS count FROM tracks")
    return {"tracks": tracks["count"], "candidates": named}


_NAMED = "SELECT person, id FROM tracks WHERE person IS NOT NULL ORDER BY person, id"


def sources(reader: CaseReader) -> list[Row]:
    """Return path, hashes, size and status of every input, as the manifest lists them."""
    return reader.select(_SOURCES)


_SOURCES = """
SELECT f.path, f.sha256, f.sha256_after, v.size_bytes AS size, f.status
FROM files f LEFT JOIN videos v ON v.sha256 = f.sha256 ORDER BY f.path
"""
