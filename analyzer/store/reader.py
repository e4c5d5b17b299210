"""Reader of a case: typed values for derivation, tables for pandas, rows for export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from analyzer.errors import CaseError
from analyzer.store.codec import derived, raw, work
from analyzer.store.codec.clocks import clock_of
from analyzer.store.codec.values import Row, grouped
from analyzer.store.connect import open_for_reading, require_case
from analyzer.store.errors import case_errors
from analyzer.store.images import BODIES_NAME, FACES_NAME, image_path
from analyzer.store.left_out import is_left_out
from analyzer.store.records import ABOUT, RunRecord, StoredFile, StoredSegment
from analyzer.store.tables import ORDER, Type, column_type, require_table
from analyzer.store.videos import PATHS_OF_VIDEOS, Paths, by_video
from analyzer.types import (
    BodySample,
    FaceSample,
    GalleryFace,
    JudgedClock,
    PairWindow,
    SceneWindow,
    SegmentSpan,
    StreamClock,
    Stretch,
    Tracklet,
)

if TYPE_CHECKING:
    import pandas as pd

_DTYPES: dict[str, Literal["float64", "int64"]] = {"REAL": "float64", "INTEGER": "int64"}
"""What pandas cannot tell from a table without rows; no INTEGER column of ours may be NULL."""


class CaseReader:
    """The case at ``folder``, read only; a context manager. ``db`` is for the modules of the store.

    Works beside a writer (every answer is of one committed state) and on a read-only medium.
    Raises CaseError for a folder that is not a case, a newer version or a damaged database.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with case_errors(folder):
            require_case(folder)
            self.db = open_for_reading(folder)

    def close(self) -> None:
        """Close the database."""
        self.db.conn.close()

    def __enter__(self) -> CaseReader:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """Answer all questions inside from one committed state; keep it short, writers wait."""
        with case_errors(self.folder):
            self.db.execute("BEGIN")
        try:
            yield
        finally:
            self.db.execute("ROLLBACK")

    def known_videos(self) -> Paths:
        """Return the videos with their paths, for ``find_video``."""
        return by_video((row["sha256"], row["path"]) for row in self.iterate(PATHS_OF_VIDEOS))

    def runs(self) -> tuple[RunRecord, ...]:
        """Return every execution, oldest first."""
        return tuple(map(work.RUN.value, self.rows("runs")))

    def newest_run(self) -> RunRecord | None:
        """Return the run that began last; None before the first."""
        runs = self.runs()
        return runs[-1] if runs else None

    def inputs(self) -> tuple[StoredFile, ...]:
        """Return the inputs and what became of each, by path."""
        return tuple(StoredFile(**row) for row in self.rows("files"))

    def segments(self, sha256: str | None = None) -> list[StoredSegment]:
        """Return the analysed segments of one video in order; of all videos, by id, when None."""
        if sha256 is None:
            found = self.rows("segments", "state = 'analysed'", order="id")
        else:
            found = self.rows("segments", "video_sha256 = ?", [sha256])
        return list(map(raw.SEGMENT.value, found))

    def about(self) -> dict[str, str]:
        """Return examiner, authority and purpose of the case, those that were given."""
        info = {row["key"]: row["value"] for row in self.rows("case_info")}
        return {key: info[key] for key in ABOUT if key in info}

    def clock(self, sha256: str) -> StreamClock:
        """Return the mapping from pts to seconds of a video; CaseError when it is not here."""
        for row in self.iterate(
            "SELECT time_base, start_pts FROM videos WHERE sha256 = ?", [sha256]
        ):
            return StreamClock(Fraction(row["time_base"]), row["start_pts"])
        raise CaseError(f"{self.folder}: no video {sha256}; run `analyzer run` on it first")

    def wall_start(self, sha256: str) -> datetime | None:
        """Return the wall clock of the first frame of a video, as stored; None when unknown."""
        for row in self.iterate("SELECT wall_start FROM videos WHERE sha256 = ?", [sha256]):
            return None if row["wall_start"] is None else datetime.fromisoformat(row["wall_start"])
        return None

    def clocks(self, sha256: str) -> tuple[JudgedClock, ...]:
        """Return the clocks of a video, the one that counts first, then by trust."""
        sql = "SELECT * FROM video_clocks WHERE video_sha256 = ? ORDER BY used DESC, trust DESC"
        return tuple(map(clock_of, self.iterate(sql, [sha256])))

    def clock_reading(self, sha256: str) -> str | None:
        """Return what searched the pictures of a video for a clock; None where nothing did yet."""
        sql = "SELECT reader FROM clock_readings WHERE video_sha256 = ?"
        return next((str(row["reader"]) for row in self.iterate(sql, [sha256])), None)

    def tracklets(
        self, sha256: str, pictures: bool = False
    ) -> Iterator[tuple[SegmentSpan, tuple[Tracklet, ...]]]:
        """Yield the segments of a video in order, each with all that was measured in it.

        Holds one segment at a time. ``jpeg`` of faces and bodies is empty unless ``pictures`` is
        asked for. Probabilities that were not assessed come back as 1/7 each.
        """
        segments = self.iterate(
            "SELECT * FROM segments WHERE video_sha256 = ? ORDER BY number", [sha256]
        )
        for segment in segments:
            yield raw.SPAN.value(segment), tuple(self._segment(segment["id"], pictures))

    def _segment(self, segment_id: str, pictures: bool) -> Iterator[Tracklet]:
        observations = self._of_segment("observations", "pts", segment_id)
        faces = self._of_segment("faces", "pts", segment_id)
        bodies = self._of_segment("bodies", "pts", segment_id)
        emotions = self._of_segment("emotions", "pts", segment_id)
        actions = self._of_segment("actions", "start_pts", segment_id)
        own = "SELECT * FROM tracklets WHERE segment_id = ? ORDER BY number"
        for row in self.iterate(own, [segment_id]):
            key = row["id"]
            yield Tracklet(
                number=row["number"],
                observations=tuple(map(raw.OBSERVATION.value, observations.get(key, ()))),
                faces=tuple(self._face(face, pictures) for face in faces.get(key, ())),
                emotions=tuple(map(raw.EMOTION.value, emotions.get(key, ()))),
                actions=tuple(map(raw.action_of, actions.get(key, ()))),
                looks=raw.LOOKS.value(row),
                bodies=tuple(self._body(body, pictures) for body in bodies.get(key, ())),
            )

    def scene(self, sha256: str) -> tuple[SceneWindow, ...]:
        """Return the windows of the whole picture of a video, by time."""
        sql = (
            "SELECT a.* FROM scene_actions a JOIN segments s ON s.id = a.segment_id "
            "WHERE s.video_sha256 = ? ORDER BY a.start_pts, a.end_pts"
        )
        return tuple(map(raw.scene_of, self.iterate(sql, [sha256])))

    def size(self, sha256: str) -> tuple[float, float]:
        """Return the displayed width and height of a video in px."""
        (row,) = self.iterate("SELECT width, height FROM videos WHERE sha256 = ?", [sha256])
        return float(row["width"]), float(row["height"])

    def pairs(self, sha256: str) -> tuple[PairWindow, ...]:
        """Return the windows of people near each other of a video, by time."""
        sql = "video_sha256 = ? ORDER BY begins, track_a, track_b"
        rows = self.iterate(f"SELECT * FROM pair_actions WHERE {sql}", [sha256])
        return tuple(map(derived.pair_of, rows))

    def stretches(self, sha256: str) -> list[Stretch]:
        """Return the recorded stretches and pauses of a video; none in a case of earlier versions.

        They are in order of time.
        """
        return list(map(raw.STRETCH.value, self.rows("stretches", "video_sha256 = ?", [sha256])))

    def _of_segment(self, table: str, moment: str, segment_id: str) -> dict[str, list[Row]]:
        sql = (
            f"SELECT r.* FROM tracklets k JOIN {table} r ON r.tracklet_id = k.id "
            f"WHERE k.segment_id = ? ORDER BY k.number, r.{moment}"
        )
        return grouped(self.iterate(sql, [segment_id]), "tracklet_id")

    def _face(self, row: Row, pictures: bool) -> FaceSample:
        wanted = pictures and row["image"]
        return raw.FACE.value(row, jpeg=self.picture(row["image"]) if wanted else b"")

    def _body(self, row: Row, pictures: bool) -> BodySample:
        wanted = pictures and row["image"]
        jpeg = self.picture(row["image"], BODIES_NAME) if wanted else b""
        return raw.BODY.value(row, jpeg=jpeg)

    def faces(self, track_id: str) -> list[FaceSample]:
        """Return the kept faces of a track with their pictures, best quality first."""
        return [self._face(row, pictures=True) for row in self.iterate(_FACES, [track_id])]

    def bodies(self, track_id: str) -> list[BodySample]:
        """Return the kept pictures of the body of a track, best quality first."""
        return [self._body(row, pictures=True) for row in self.iterate(_TRACK_BODIES, [track_id])]

    def picture(self, sha256: str, kind: str = FACES_NAME) -> bytes:
        """Return the picture of that hash and kind, a JPEG; CaseError when it cannot be read."""
        with case_errors(self.folder):
            return image_path(self.folder, sha256, kind).read_bytes()

    def images(self, kind: str) -> set[str]:
        """Return the SHA-256 of every picture of that kind that a row names."""
        return {row["image"] for row in self.iterate(_IMAGES[kind]) if row["image"]}

    def gallery(self) -> tuple[GalleryFace, ...]:
        """Return the pictures of the gallery as they were written, crops included."""
        return tuple(
            work.GALLERY_FACE.value(row, jpeg=self.picture(row["image"]) if row["image"] else None)
            for row in self.rows("gallery_faces")
        )

    def people(self) -> list[str]:
        """Return the names in the gallery."""
        return [row["name"] for row in self.rows("people")]

    def columns(self, name: str) -> dict[str, Type]:
        """Return the columns of a table or view in order, with their types."""
        info = self.iterate(f"PRAGMA table_info({require_table(name)})")
        return {row["name"]: column_type(row["name"], row["type"]) for row in info}

    def rows(
        self, name: str, where: str = "", parameters: Sequence[Any] = (), order: str = ""
    ) -> Iterator[Row]:
        """Yield the rows of a table or view one by one, in an order that equal cases share.

        ``where`` is SQL of ours with ? for each of ``parameters``. Raises UsageError for a name
        that is not in the schema.
        """
        return self.iterate(_select(name, where, order), parameters)

    def frame(
        self, name: str, where: str = "", parameters: Sequence[Any] = (), order: str = ""
    ) -> pd.DataFrame:
        """Return the rows of a table or view as a DataFrame; arguments as for ``rows``.

        REAL columns are float64 with NaN for NULL and INTEGER columns int64, rows or none.
        """
        found = self.query(_select(name, where, order), parameters)
        kinds = self.columns(name)
        return found.astype({key: _DTYPES[kinds[key]] for key in kinds if kinds[key] in _DTYPES})

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> pd.DataFrame:
        """Return what ``sql`` selects, with ? for each of ``parameters``, as a DataFrame."""
        import pandas as pd

        with case_errors(self.folder):
            cursor = self.db.conn.execute(sql, tuple(parameters))
            names = [column[0] for column in cursor.description]
            return pd.DataFrame.from_records(cursor.fetchall(), columns=names, coerce_float=False)

    def tuples(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return what ``sql`` of ours selects as plain tuples; arguments as for ``select``."""
        with case_errors(self.folder):
            return list(self.db.conn.execute(sql, tuple(parameters)).fetchall())

    def select(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Return what ``sql`` of ours selects, with ? for each of ``parameters``, as plain rows."""
        return list(self.iterate(sql, parameters))

    def iterate(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Row]:
        """Yield what ``sql`` of ours selects one by one; arguments as for ``select``."""
        with case_errors(self.folder):
            cursor = self.db.conn.execute(sql, tuple(parameters))
            names = [column[0] for column in cursor.description]
            for values in cursor:
                yield dict(zip(names, values, strict=True))


_FACES = f"""
SELECT f.* FROM faces f JOIN track_tracklets k ON k.tracklet_id = f.tracklet_id
WHERE k.track_id = ? AND NOT {is_left_out("f")} ORDER BY f.quality DESC, f.id
"""

_TRACK_BODIES = f"""
SELECT b.* FROM bodies b JOIN track_tracklets k ON k.tracklet_id = b.tracklet_id
WHERE k.track_id = ? AND NOT {is_left_out("b")} ORDER BY b.quality DESC, b.id
"""

_IMAGES = {
    FACES_NAME: "SELECT image FROM faces UNION SELECT image FROM gallery_faces",
    BODIES_NAME: "SELECT DISTINCT image FROM bodies",
}


def _select(name: str, where: str, order: str) -> str:
    condition = f" WHERE {where}" if where else ""
    return f"SELECT * FROM {require_table(name)}{condition} ORDER BY {order or ORDER[name]}"
