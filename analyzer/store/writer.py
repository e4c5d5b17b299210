"""Writes a case: every method one transaction, all of its rows or none."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain

from sqlite_utils import Database

from analyzer.store import derived_rows, rows
from analyzer.store.case import Case
from analyzer.store.derived import DerivedVideo
from analyzer.store.errors import case_errors
from analyzer.store.images import save_image
from analyzer.store.records import (
    ABOUT,
    FileStatus,
    PersonRecord,
    RunRecord,
    RunStatus,
    utc_now,
)
from analyzer.store.rows import Row
from analyzer.store.seals import Seals, kept, seal, unseal, unseal_people
from analyzer.types import GalleryFace, SegmentResult, SegmentState, Tracklet, VideoInfo


class CaseWriter:
    """Writes into an open case; one a case, on the thread that opened it.

    Every method raises CaseError when the disk is full or fails, with the rows of the call not
    written, and ValueError for a number that is not finite. Those that write evidence seal it and
    return the seals, for the audit log of the same transaction.
    """

    def __init__(self, case: Case) -> None:
        self._folder = case.folder
        self._db = case.db

    def start_run(self, run: RunRecord) -> Seals:
        """Record that ``run`` has begun."""
        row = {
            "id": run.id,
            "command": rows.storable_path(run.command),
            "started_at": run.started_at,
            "ended_at": None,
            "status": "running",
            "settings": rows.as_json(dict(run.settings)),
            "raw_hash": run.raw_hash,
            "models": rows.as_json([dict(model) for model in run.models]),
            "versions": rows.as_json(dict(run.versions)),
            "gallery_fingerprint": run.gallery_fingerprint,
            **{key: run.about.get(key) for key in ABOUT},
        }
        with self._transaction() as db:
            self._insert("runs", [row])
            return seal(db, "run", run.id)

    def set_about(self, about: Mapping[str, str]) -> None:
        """Record examiner, authority and purpose of the case, those of ABOUT that are given."""
        with self._transaction() as db:
            for key, value in about.items():
                db.table("case_info").upsert({"key": key, "value": value}, pk="key")

    def end_run(self, run_id: str, status: RunStatus) -> Seals:
        """Record how the run ended, and that it ended now."""
        with self._transaction() as db:
            db.table("runs").update(run_id, {"status": status, "ended_at": utc_now()})
            return seal(db, "run", run_id)

    def set_gallery(self, run_id: str, fingerprint: str | None) -> Seals:
        """Record the gallery that the run compares with."""
        with self._transaction() as db:
            db.table("runs").update(run_id, {"gallery_fingerprint": fingerprint})
            return seal(db, "run", run_id)

    def record_file(
        self,
        path: str,
        sha256: str | None,
        status: FileStatus,
        reason: str | None,
        run_id: str,
        sha256_after: str | None = None,
    ) -> Seals:
        """Record what became of the input ``path``; the last word on a path stands.

        ``sha256_after`` is that of the file read again after its last picture was analysed.
        """
        row = {
            "path": rows.storable_path(path),
            "sha256": sha256,
            "sha256_after": sha256_after,
            "status": status,
            "reason": None if reason is None else rows.storable_path(reason),
            "run_id": run_id,
        }
        with self._transaction() as db:
            db.table("files").upsert(row, pk="path")
            return seal(db, "file", rows.storable_path(path))

    def record_video(
        self, info: VideoInfo, wall_start: str | None, wall_source: str | None
    ) -> Seals:
        """Record what probing told; segments of a video need this first."""
        row = rows.video_row(info, wall_start, wall_source)
        with self._transaction() as db:
            db.table("videos").upsert(row, pk="sha256")
            return seal(db, "video", info.sha256)

    def segments_done(self, sha256: str, raw_hash: str) -> dict[int, SegmentState]:
        """Return the segments that were written under ``raw_hash``, by number, with their state."""
        found = self._db.table("segments").rows_where(
            "video_sha256 = ? AND raw_hash = ?", [sha256, raw_hash], select="number, state"
        )
        with case_errors(self._folder):
            return {row["number"]: row["state"] for row in found}

    def loss_reason(self, sha256: str) -> str:
        """Return why the first segment of a video that could not be analysed could not be."""
        sql = """
            SELECT g.reason FROM gaps g JOIN segments s ON s.id = g.segment_id
            WHERE s.video_sha256 = ? AND s.state != 'analysed' ORDER BY s.number LIMIT 1
        """
        with case_errors(self._folder):
            return str(next(self._db.query(sql, [sha256]))["reason"])

    def forget_video(self, sha256: str) -> Seals:
        """Delete all raw and derived rows of a video; what probing told of it stays.

        Returns nothing where there were none.
        """
        with self._transaction() as db:
            segments = list(db.query("SELECT id FROM segments WHERE video_sha256 = ?", [sha256]))
            db.execute("UPDATE videos SET derived_hash = NULL WHERE sha256 = ?", [sha256])
            db.table("tracks").delete_where("video_sha256 = ?", [sha256])
            db.table("events").delete_where("video_sha256 = ?", [sha256])
            db.table("segments").delete_where("video_sha256 = ?", [sha256])
            seals: Seals = {}
            for row in segments:
                seals |= unseal(db, "segment", row["id"])
            if segments:
                seals |= unseal(db, "derived", sha256) | unseal_people(db)
            return seals

    def write_segment(self, result: SegmentResult, raw_hash: str, embedder: str | None) -> Seals:
        """Write everything measured in one segment, in place of what was there.

        ``embedder`` names what made the embeddings. Pictures go first: an interruption leaves at
        most pictures that no row names, never a row without its picture.
        """
        tracklets = rows.tracklets_by_id(result)
        with case_errors(self._folder):
            images = {
                face.jpeg: save_image(self._folder, face.jpeg) if face.jpeg else ""
                for tracklet in tracklets.values()
                for face in tracklet.faces
            }
        segment = rows.segment_row(result, raw_hash)
        with self._transaction() as db:
            db.table("videos").update(result.video_sha256, {"derived_hash": None})
            db.table("segments").delete_where("id = ?", [segment["id"]])
            self._insert("segments", [segment])
            self._insert("gaps", rows.gap_rows(result))
            self._insert(
                "scene_actions", (rows.scene_row(segment["id"], window) for window in result.scene)
            )
            self._insert(
                "tracklets",
                (
                    {"id": key, "segment_id": segment["id"], "number": tracklet.number}
                    for key, tracklet in tracklets.items()
                ),
            )
            for key, tracklet in tracklets.items():
                self._insert_tracklet(key, tracklet, images, embedder)
            seals = seal(db, "segment", segment["id"])
            if kept(db, "derived", result.video_sha256):
                # What was derived from the rows before stands until the video is derived again.
                seals |= unseal(db, "derived", result.video_sha256)
            return seals

    def _insert_tracklet(
        self, key: str, tracklet: Tracklet, images: dict[bytes, str], embedder: str | None
    ) -> None:
        self._insert(
            "observations", (rows.observation_row(key, item) for item in tracklet.observations)
        )
        self._insert(
            "faces",
            (rows.face_row(key, face, images[face.jpeg], embedder) for face in tracklet.faces),
        )
        self._insert("emotions", (rows.emotion_row(key, sample) for sample in tracklet.emotions))
        self._insert("actions", (rows.action_row(key, window) for window in tracklet.actions))

    def stale_videos(self, derived_hash: str) -> list[str]:
        """Return the analysed videos whose derived rows do not follow from ``derived_hash``."""
        sql = """
            SELECT DISTINCT v.sha256 FROM videos v JOIN segments s ON s.video_sha256 = v.sha256
            WHERE v.derived_hash IS NOT ? ORDER BY v.sha256
        """
        with case_errors(self._folder):
            return [row["sha256"] for row in self._db.query(sql, [derived_hash])]

    def write_derived(self, sha256: str, video: DerivedVideo, derived_hash: str) -> Seals:
        """Write everything derived of one video, in place of what was there."""
        with self._transaction() as db:
            db.table("videos").update(sha256, {"derived_hash": derived_hash})
            db.table("tracks").delete_where("video_sha256 = ?", [sha256])
            self._insert("tracks", (derived_rows.track_row(sha256, k) for k in video.tracks))
            for track in video.tracks:
                self._insert("track_tracklets", derived_rows.member_rows(track))
                self._insert("track_observations", derived_rows.track_observation_rows(track))
                self._insert("track_emotions", derived_rows.track_emotion_rows(track))
                self._insert("track_actions", derived_rows.track_action_rows(track))
                self._insert("candidates", derived_rows.candidate_rows(track))
            db.table("events").delete_where("video_sha256 = ?", [sha256])
            self._insert(
                "events",
                (
                    derived_rows.event_row(sha256, number, event)
                    for number, event in enumerate(video.events, start=1)
                ),
            )
            return seal(db, "derived", sha256) | unseal_people(db)

    def write_cameras(self, cameras: Iterable[Row]) -> Seals:
        """Write what is known of the cameras, in place of what was there."""
        with self._transaction() as db:
            db.table("cameras").delete_where()
            self._insert("cameras", cameras)
            return seal(db, "cameras", "")

    def write_gallery(self, people: Iterable[PersonRecord], faces: Iterable[GalleryFace]) -> Seals:
        """Write the whole gallery, in place of the one that was there."""
        with case_errors(self._folder):
            pictures = [self._gallery_row(face) for face in faces]
        with self._transaction() as db:
            db.table("people").delete_where()
            self._insert(
                "people",
                ({"name": p.name, "source": rows.storable_path(p.source)} for p in people),
            )
            self._insert("gallery_faces", pictures)
            return seal(db, "gallery", "")

    def remove_faces(self, tracklets: Sequence[str], people: Sequence[str]) -> Seals:
        """Delete the faces of ``tracklets`` and ``people`` of the gallery; pictures stay.

        What was derived of their videos is due again.
        """
        segments = sorted({key.rpartition(":")[0] for key in tracklets})
        seals: Seals = {}
        with self._transaction() as db:
            for key in tracklets:
                db.table("faces").delete_where("tracklet_id = ?", [key])
            for segment in segments:
                sql = (
                    "UPDATE videos SET derived_hash = NULL "
                    "WHERE sha256 = (SELECT video_sha256 FROM segments WHERE id = ?)"
                )
                db.execute(sql, [segment])
                seals |= seal(db, "segment", segment)
            if people:
                for name in people:
                    db.table("people").delete_where("name = ?", [name])
                seals |= seal(db, "gallery", "")
        return seals

    def _gallery_row(self, face: GalleryFace) -> Row:
        return {
            "person": face.person,
            "sha256": face.sha256,
            "path": rows.storable_path(face.path),
            "status": face.status,
            "reason": face.reason,
            "image": None if face.jpeg is None else save_image(self._folder, face.jpeg),
            "embedder": None if face.embedding is None else face.embedder,
            "embedding": rows.as_blob(face.embedding),
        }

    @contextmanager
    def _transaction(self) -> Iterator[Database]:
        with case_errors(self._folder), self._db.atomic():
            yield self._db

    def _insert(self, table: str, values: Iterable[Row]) -> None:
        # Not insert_all of sqlite-utils: it looks at every value for what it might have to convert,
        # which took longer than analysing a picture in which nothing moves.
        checked = (_finite(table, row) for row in values)
        for first in checked:
            columns = ", ".join(first)
            marks = ", ".join(f":{column}" for column in first)
            sql = f"INSERT INTO {table} ({columns}) VALUES ({marks})"
            self._db.conn.executemany(sql, chain([first], checked))


def _finite(table: str, row: Row) -> Row:
    """Return ``row``; SQLite would turn NaN into NULL and keep infinities that readers trip on."""
    for column, value in row.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"expected a finite number in {table}.{column}, got {value}")
    return row
