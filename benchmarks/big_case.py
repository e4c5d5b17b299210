"""A case of many recordings, made by repeating the rows of an analysed one.

Each made recording lasts an hour and has ``--tracks`` tracks, which are those of ``--like`` over and
over at other times: the rows of a track (boxes, pictures, expressions, actions, vectors, clothes,
candidates) are as many as were measured. One track in seven has an unknown face that two thirds of
the time is seen nowhere else, one in six is in a group by appearance, and there is an event for
every twenty tracks. The recordings themselves do not exist, so that there is nothing to play.

    python benchmarks/big_case.py CASE --like reports/demo [--videos 1000] [--tracks 200]
        [--pictures 1000] [--sealed]

Without ``--sealed`` rows have no seals: `analyzer verify` says so, and nothing else differs.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from analyzer.store import report_queries as queries
from analyzer.store.case import Case
from analyzer.store.images import BODIES_NAME, FACES_NAME, image_path
from analyzer.store.people import write_people
from analyzer.store.reader import CaseReader
from analyzer.store.writer import CaseWriter
from analyzer.types import Clock, ClockPiece, JudgedClock, Unknown
from analyzer.video.cameras import Camera

HOUR_S = 3600.0
TICKS = 1000
SEGMENT_S = 300.0
CAMERAS = 50
SHARED = "x" * 16
"""Stands for the video in ids of the rows that are repeated."""

EVENTS_EVERY = 20
PER_TRACKLET = ("observations", "faces", "bodies", "emotions", "actions")
PER_TRACK = ("track_tracklets", "track_observations", "track_emotions", "track_actions",
             "track_clothing", "track_heights", "candidates")  # fmt: skip
SEGMENT_TABLES = ("segments", "tracklets", *PER_TRACKLET)
DERIVED_TABLES = ("tracks", *PER_TRACK, "events", "event_tracks")

Row = dict[str, Any]


class Pattern:
    """The rows of one made recording in tables of a database of its own, with ids to be replaced."""

    def __init__(self, like: Path, tracks: int) -> None:
        self.db = sqlite3.connect(f"file:{like / 'case.db'}?mode=ro", uri=True)
        self.db.row_factory = sqlite3.Row
        self.rows: dict[str, list[Row]] = {name: [] for name in (*SEGMENT_TABLES, *DERIVED_TABLES)}
        self._tracklets = 0
        self._segments()
        known = [row["id"] for row in self._select("tracks", "1 = 1 ORDER BY id")]
        step = (HOUR_S - 60) / tracks
        for number, track in enumerate(islice(cycle(known), tracks), start=1):
            self._track(track, number, (number - 1) * step)

    def _select(self, table: str, where: str, *values: Any) -> list[Row]:
        return list(map(dict, self.db.execute(f"SELECT * FROM {table} WHERE {where}", values)))

    def _segments(self) -> None:
        like = self._select("segments", "state = 'analysed' LIMIT 1")[0]
        for number in range(int(HOUR_S / SEGMENT_S)):
            at = {
                "start_pts": number * SEGMENT_S * TICKS,
                "end_pts": (number + 1) * SEGMENT_S * TICKS,
            }
            own = {"id": f"{SHARED}:{number}", "video_sha256": SHARED, "number": number}
            counts = {"frames_sampled": 1500, "frames_examined": 700, "bad_frames": 0}
            self.rows["segments"].append(like | own | at | counts | {"lead_pts": at["start_pts"]})

    def _track(self, key: str, number: int, begin: float) -> None:
        """Add a track like ``key`` that begins at ``begin`` seconds."""
        (like,) = self._select("tracks", "id = ?", key)
        shift, own = begin - like["t_start"], f"{SHARED}:T{number}"
        names = {key: own}
        members = self._select("track_tracklets", "track_id = ? ORDER BY position", key)
        for member in members:
            self._tracklets += 1
            segment = f"{SHARED}:{int(begin // SEGMENT_S)}"
            old, new = member["tracklet_id"], f"{segment}:{self._tracklets}"
            names[old] = new
            (row,) = self._select("tracklets", "id = ?", old)
            self._add(
                "tracklets", [row | {"segment_id": segment, "number": self._tracklets}], names, 0
            )
            for table in PER_TRACKLET:
                self._add(table, self._select(table, "tracklet_id = ?", old), names, shift)
        self._add("tracks", [like | {"number": number, "video_sha256": SHARED}], names, shift)
        for table in PER_TRACK:
            self._add(table, self._select(table, "track_id = ?", key), names, shift)
        if number % EVENTS_EVERY == 0:
            self._event(like, own, number // EVENTS_EVERY, begin)

    def _event(self, like: Row, track: str, number: int, begin: float) -> None:
        events = self._select("events", "1 = 1 ORDER BY id")
        told = events[number % len(events)]
        own = {"id": f"{SHARED}:E{number}", "video_sha256": SHARED, "number": number}
        times = {"t_start": begin, "t_end": begin + 2, "t_peak": begin + 1}
        pts = {f"{k.removeprefix('t_')}_pts": round(t * TICKS) for k, t in times.items()}
        self.rows["events"].append(told | own | times | pts | {"track_id": track})
        self.rows["event_tracks"].append({"event_id": own["id"], "position": 0, "track_id": track})

    def _add(self, table: str, rows: list[Row], names: dict[str, str], shift: float) -> None:
        """Add ``rows`` with other ids, later by ``shift`` seconds, in a time base of 1/1000."""
        for row in rows:
            for column, value in row.items():
                if isinstance(value, str) and (column == "id" or column.endswith("_id")):
                    row[column] = _renamed(value, names)
                elif column in ("t", "t_start", "t_end"):
                    row[column] = value + shift
            if row.get("image"):
                row["image"] += f" {len(self.rows['tracks'])}"  # other bytes for each track
            for column, moment in _PTS.items():
                if column in row and moment in row:
                    row[column] = round(row[moment] * TICKS)
            if table == "track_observations":
                row["pts"] = self._pts_of(row)
            self.rows[table].append(row)

    def _pts_of(self, row: Row) -> int:
        """Return the pts of an observation; its row has no second of its own."""
        if not hasattr(self, "_moments") or row["tracklet_id"] not in self._moments:
            self._moments = {row["tracklet_id"]: iter(
                o["pts"] for o in self.rows["observations"] if o["tracklet_id"] == row["tracklet_id"]
            )}  # fmt: skip
        return int(next(self._moments[row["tracklet_id"]]))


_PTS = {"pts": "t", "start_pts": "t_start", "end_pts": "t_end"}


def _renamed(value: str, names: dict[str, str]) -> str:
    """Return an id of a made row: that of a picture begins with the id of its tracklet."""
    if value in names:
        return names[value]
    head, _, tail = value.rpartition(":")
    found = names.get(head) or names.get(head.rpartition(":")[0])
    return value if found is None else f"{found}:{tail}"


class Repeater:
    """Copies the rows of a pattern into a case, once per recording, in SQL."""

    def __init__(self, case: Case, like: Path, pattern: Pattern) -> None:
        self._case, self._db, self._like = case, case.db.conn, like
        self._db.execute("CREATE TEMP TABLE pictures (old TEXT PRIMARY KEY, new TEXT)")
        for table, rows in pattern.rows.items():
            self._db.execute(f"CREATE TEMP TABLE like_{table} AS SELECT * FROM {table} LIMIT 0")
            for row in rows:
                marks = ", ".join(f":{name}" for name in row)
                self._db.execute(
                    f"INSERT INTO like_{table} ({', '.join(row)}) VALUES ({marks})", row
                )
        self._db.commit()
        self._images = {
            kind: sorted({row["image"] for row in pattern.rows[kind] if row["image"]})
            for kind in (FACES_NAME, BODIES_NAME)
        }

    def pictures(self, number: int) -> None:
        """Write the pictures of recording ``number``: those of the pattern with other bytes."""
        self._db.execute("DELETE FROM pictures")
        for kind, images in self._images.items():
            for name in images:
                sha256, _, track = name.partition(" ")
                # What stands behind the end of a JPEG is not shown.
                jpeg = (
                    image_path(self._like, sha256, kind).read_bytes() + f"{number} {track}".encode()
                )
                new = hashlib.sha256(jpeg).hexdigest()
                path = image_path(self._case.folder, new, kind)
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(jpeg)
                self._db.execute("INSERT OR IGNORE INTO pictures VALUES (?, ?)", [name, new])
        self._db.commit()

    def rows(self, tables: tuple[str, ...], video: str) -> None:
        """Insert the rows of ``tables`` for ``video``, inside a transaction."""
        for table in tables:
            names = [row[1] for row in self._db.execute(f"PRAGMA table_info({table})")]
            values = ", ".join(map(_expression, names))
            sql = f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM like_{table}"
            self._db.execute(sql, {"video": video, "short": video[:16]})


def _expression(column: str) -> str:
    if column == "video_sha256":
        return ":video"
    if column == "image":
        return "coalesce((SELECT new FROM pictures WHERE old = image), image)"
    if column == "id" or column.endswith("_id"):
        return f"replace({column}, '{SHARED}', :short)"
    return column


def make_case(
    folder: Path, like: Path, videos: int, tracks: int, pictures: int, sealed: bool
) -> None:
    """Write the case at ``folder`` and print how far it is."""
    pattern = Pattern(like, tracks)
    with CaseReader(like) as reader, Case.open(folder, create=True) as case:
        case.db.execute("PRAGMA synchronous = OFF")
        run = replace(reader.runs()[-1], id="made", status="finished")
        info, gallery = queries.videos(reader)[0][0], reader.gallery()
        writer = CaseWriter(case, run.id)
        writer.start_run(run)
        writer.write_gallery("/made/gallery", gallery)
        writer.write_cameras(
            Camera(name=f"cam{n:02d}", pattern=f"*/cam{n:02d}/*") for n in range(CAMERAS)
        )
        repeater = Repeater(case, like, pattern)
        made = info_of(info)
        for number, video in enumerate(_videos(videos)):
            _write_video(writer, made, number, video, run.id)
            if number < pictures:
                repeater.pictures(number)
            _write_rows(case, repeater, video, sealed)
            if number % 50 == 49:
                print(
                    f"{number + 1} recordings, {time.process_time():.0f} s of processor time",
                    flush=True,
                )
        _write_people(case, pattern, list(_videos(videos)))


def _videos(count: int) -> Iterator[str]:
    return (hashlib.sha256(f"made {number}".encode()).hexdigest() for number in range(count))


def info_of(info: Any) -> Any:
    """Return what probing tells of an hour like ``info``."""
    ticks = round(HOUR_S * TICKS)
    return replace(
        info, time_base=Fraction(1, TICKS), start_pts=0, end_pts=ticks, duration_s=HOUR_S,
        recorded_s=HOUR_S, pauses=(), keyframes=(), frames=90_000, average_rate=25.0,
        size_bytes=900_000_000,
    )  # fmt: skip


def _write_video(writer: CaseWriter, made: Any, number: int, video: str, run_id: str) -> None:
    camera, hour = number % CAMERAS, number // CAMERAS
    start = datetime(2024, 3, 11) + timedelta(hours=hour, seconds=7 * camera)
    path = f"/made/cam{camera:02d}/{start:%Y%m%d_%H%M%S}.mp4"
    writer.record_video(replace(made, sha256=video, path=path), start.isoformat(), "the name")
    writer.record_file(path, video, "done")
    clock = Clock("name", "the name of the file", (ClockPiece(0.0, start),), "Europe/Berlin")
    writer.write_clocks(video, [JudgedClock(clock, True, None, None)])


def _write_rows(case: Case, repeater: Repeater, video: str, sealed: bool) -> None:
    with case.record("segments stored", {"video": video}) as tx:
        repeater.rows(SEGMENT_TABLES, video)
        for number in range(int(HOUR_S / SEGMENT_S) if sealed else 0):
            tx.seal("segment", f"{video[:16]}:{number}")
    with case.record("video derived", {"video": video}) as tx:
        repeater.rows(DERIVED_TABLES, video)
        if sealed:
            tx.seal("derived", video)


def _write_people(case: Case, pattern: Pattern, videos: list[str]) -> None:
    """Write unknown persons, and groups by appearance of three, over all recordings."""
    faces = [t["id"] for t in pattern.rows["tracks"] if t["identity"] == "unknown"]
    unknown = [key.replace(SHARED, video[:16]) for key in faces for video in videos]
    persons, at = [], 0
    while at < len(unknown):
        several = 1 if len(persons) % 3 else 2 + len(persons) % 7
        tracks = tuple(unknown[at : at + several])
        persons.append(Unknown(len(persons) + 1, tracks))
        at += several
    write_people(case, persons, (), ())
    looks = [t["id"] for t in pattern.rows["tracks"] if t["identity"] == "not assessed"]
    alike = [key.replace(SHARED, video[:16]) for key in looks[::5] for video in videos]
    with case.record("looks derived", {}, "people") as tx:
        for number in range(1, len(alike) // 3 + 1):
            name, tracks = f"look-{number}", sorted(alike[3 * number - 3 : 3 * number])
            group = {"name": name, "number": number, "tracks": 3, "confirmed": 0}
            tx.insert("look_groups", [group])
            tx.insert("look_group_tracks", (
                {"track_id": track, "look_group": name, "position": n}
                for n, track in enumerate(tracks)
            ))  # fmt: skip
            tx.insert("look_links", (
                {"track_a": tracks[0], "track_b": other, "similarity": 0.8, "probability": 0.9,
                 "relation": "other recording", "gap_s": 3000.0, "distance_m": None}
                for other in tracks[1:]
            ))  # fmt: skip


def main() -> None:
    """Make the case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", type=Path)
    parser.add_argument("--like", type=Path, default=Path("reports/demo"))
    parser.add_argument("--videos", type=int, default=1000)
    parser.add_argument("--tracks", type=int, default=200, help="Tracks of a recording.")
    parser.add_argument(
        "--pictures", type=int, default=1000, help="Recordings with pictures of their own."
    )
    parser.add_argument("--sealed", action="store_true", help="Seal the rows: takes longer.")
    options = parser.parse_args()
    shutil.rmtree(options.case, ignore_errors=True)
    make_case(
        options.case, options.like, options.videos, options.tracks, options.pictures, options.sealed
    )


if __name__ == "__main__":
    main()
