"""Motion of a case by place: when something changed in a rectangle of the picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analyzer.errors import UsageError
from analyzer.store.places import Places
from analyzer.store.reader import CaseReader
from analyzer.types import Box, Description
from analyzer.video.motion_grid import unpack_cells, weights_of

JOIN_S = 2.0
"""Changes that are no further apart are one: whoever stands still for a moment has not left."""


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch in which something changed in a region; times in seconds since the first picture.

    ``share`` is the largest share of the region that changed from one picture to the next that
    differed, at ``t_peak``; ``people`` names the tracks whose boxes touch the region meanwhile.
    ``wall_time`` is when it begins by the clock that counts, None without one.
    """

    video_sha256: str
    video_path: str | None
    camera: str | None
    t_start: float
    t_end: float
    t_peak: float
    share: float
    wall_time: str | None
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MotionCoverage:
    """How much of the searched recordings holds motion rows.

    ``videos`` were searched; of ``unmeasured`` some segment has no rows, as a version before or a
    setting left them out. ``keyframes_only_s`` seconds were passed over by triage.
    """

    videos: int
    unmeasured: tuple[str, ...]
    keyframes_only_s: float


def changes_in(
    reader: CaseReader, region: Box, wish: Description, videos: Sequence[str], least: float
) -> Iterator[Change]:
    """Yield when at least ``least``, a share, of ``region`` changed, by video and time.

    ``region`` is in pixels of the picture as displayed; ``wish`` says by which cameras and from
    when to when. Raises UsageError for a region outside the picture of one of the ``videos``.
    """
    places = Places(reader)
    paths = reader.known_videos()
    for video in videos:
        for start, end, peak, share in _stretches(reader, video, region, least):
            if not places.fits(video, start, end, wish):
                continue
            camera, wall_time = places.told(video, start)
            yield Change(
                video_sha256=video,
                video_path=next(iter(paths.get(video, ())), None),
                camera=camera,
                t_start=start,
                t_end=end,
                t_peak=peak,
                share=share,
                wall_time=wall_time,
                people=_people(reader, video, region, start, end),
            )


def searched_videos(reader: CaseReader, wish: Description) -> list[str]:
    """Return the analysed videos of the cameras that ``wish`` names, all where it names none."""
    places = Places(reader)
    rows = reader.select("SELECT DISTINCT video_sha256 AS sha256 FROM segments ORDER BY 1")
    return [row["sha256"] for row in rows if places.is_of_cameras(row["sha256"], wish)]


def coverage_of(reader: CaseReader, videos: Sequence[str]) -> MotionCoverage:
    """Return how much of ``videos`` holds motion rows."""
    unmeasured, seconds = [], 0.0
    for video in videos:
        (row,) = reader.select(_COVERAGE, [video])
        seconds += row["keyframes_only_s"]
        if row["unmeasured"]:
            unmeasured.append(video)
    return MotionCoverage(len(videos), tuple(unmeasured), seconds)


def _stretches(
    reader: CaseReader, video: str, region: Box, least: float
) -> list[tuple[float, float, float, float]]:
    """Return start, end, moment and size of the largest change, of every stretch of a video."""
    found: list[tuple[float, float, float, float]] = []
    weights, grid = None, (0, 0)
    for row in reader.iterate(_ROWS, [video]):
        if weights is None or grid != (row["motion_rows"], row["motion_columns"]):
            grid = (row["motion_rows"], row["motion_columns"])
            weights = weights_of(_shares(region, row["width"], row["height"], video), *grid)
        share = float((unpack_cells(row["cells"], *grid) * weights).sum() / 255)
        if share < least:
            continue
        one = (row["t_start"], row["t_end"], row["t_start"], share)
        if found and one[0] - found[-1][1] <= JOIN_S:
            start, _, peak, most = found.pop()
            peak, most = (one[2], share) if share > most else (peak, most)
            one = (start, one[1], peak, most)
        found.append(one)
    return found


def _shares(region: Box, width: int, height: int, video: str) -> tuple[float, float, float, float]:
    """Return a region as shares of a picture: left, top, right, bottom."""
    left, top = max(region.x, 0.0), max(region.y, 0.0)
    right, bottom = min(region.x2, float(width)), min(region.y2, float(height))
    if right <= left or bottom <= top:
        raise UsageError(
            f"the region lies outside the picture of {video[:12]}, which is {width} x {height}; "
            "name the recordings that it is of with --camera or --video"
        )
    return left / width, top / height, right / width, bottom / height


def _people(
    reader: CaseReader, video: str, region: Box, start: float, end: float
) -> tuple[str, ...]:
    given = [video, start, end, region.x2, region.x, region.y2, region.y]
    rows = reader.select(_PEOPLE, given)
    return tuple(
        f"{row['track_id'].rpartition(':')[2]} {row['person'] or ''}".strip() for row in rows
    )


_ROWS = """
SELECT m.t_start, m.t_end, m.cells, s.motion_rows, s.motion_columns, v.width, v.height
FROM segments s JOIN motion m ON m.segment_id = s.id JOIN videos v ON v.sha256 = s.video_sha256
WHERE s.video_sha256 = ? ORDER BY m.t_start
"""

_COVERAGE = """
SELECT coalesce(sum(motion_columns IS NULL AND state = 'analysed'), 0) AS unmeasured,
       coalesce(sum(keyframes_only_s), 0.0) AS keyframes_only_s
FROM segments WHERE video_sha256 = ?
"""

_PEOPLE = """
SELECT DISTINCT k.id AS track_id,
       CASE WHEN w.status <> 'rejected' THEN w.person END AS person, k.number
FROM tracks k JOIN track_people w ON w.track_id = k.id
JOIN track_observations s ON s.track_id = k.id
JOIN observations o ON o.tracklet_id = s.tracklet_id AND o.pts = s.pts
WHERE k.video_sha256 = ? AND o.t BETWEEN ? AND ?
  AND coalesce(o.body_x, o.face_x) < ?
  AND coalesce(o.body_x + o.body_w, o.face_x + o.face_w) > ?
  AND coalesce(o.body_y, o.face_y) < ?
  AND coalesce(o.body_y + o.body_h, o.face_y + o.face_h) > ?
ORDER BY k.number
"""
