"""Writer of a case: every method is one recorded transaction, all of its rows or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from analyzer.file_names import escaped, storable
from analyzer.store import audit
from analyzer.store.case import Case
from analyzer.store.codec import derived, raw, work
from analyzer.store.codec.clocks import clock_row
from analyzer.store.codec.values import Row
from analyzer.store.errors import case_errors
from analyzer.store.images import BODIES_NAME, save_image
from analyzer.store.records import FileStatus, PassedOver, RunRecord, RunStatus, utc_now
from analyzer.store.transaction import Transaction
from analyzer.types import (
    DerivedVideo,
    GalleryFace,
    JudgedClock,
    SegmentResult,
    SegmentState,
    Tracklet,
    VideoInfo,
)
from analyzer.video.cameras import Camera


class CaseWriter:
    """Writes into an open case for the run ``run_id``, on the thread that opened the case.

    Every method that writes raises CaseError when the disk is full or fails, and ValueError for a
    number that is not finite, with the rows of the call not written; it seals what it writes and
    says so in the audit log.
    """

    def __init__(self, case: Case, run_id: str) -> None:
        self._case = case
        self._folder = case.folder
        self._db = case.db
        self._run_id = run_id

    def start_run(self, run: RunRecord) -> None:
        """Record that ``run`` has begun, and what it says of the case."""
        row = work.run_row(run)
        detail = {
            "command": row["command"],
            "raw_hash": run.raw_hash,
            "about": run.about,
            "settings": run.settings,
            "models": run.models,
            "versions": run.versions,
        }
        with self._record("run started", detail, "run", run.id) as tx:
            for key, value in run.about.items():
                tx.db.table("case_info").upsert({"key": key, "value": value}, pk="key")
            tx.insert("runs", [row])

    def end_run(self, status: RunStatus, reason: str | None = None) -> None:
        """Record how the run ended, and that it ended now."""
        detail = {} if reason is None else {"reason": storable(reason)}
        with self._record(f"run {status}", detail, "run", self._run_id) as tx:
            tx.db.table("runs").update(self._run_id, {"status": status, "ended_at": utc_now()})

    def use_gallery(self, fingerprint: str | None) -> None:
        """Record the gallery that the run compares with."""
        with self._record("gallery used", {"fingerprint": fingerprint}, "run", self._run_id) as tx:
            tx.db.table("runs").update(self._run_id, {"gallery_fingerprint": fingerprint})

    def record_file(
        self,
        path: str,
        sha256: str | None,
        status: FileStatus,
        reason: str | None = None,
        sha256_after: str | None = None,
    ) -> None:
        """Record what became of the input ``path``; the last word on a path stands.

        ``sha256_after`` is that of the file read again after its last picture was analysed.
        """
        told = {
            "path": escaped(path),
            "sha256": sha256,
            "sha256_after": sha256_after,
            "reason": None if reason is None else storable(reason),
        }
        with self._record(f"file {status}", told, "file", told["path"] or "") as tx:
            row = {**told, "status": status, "run_id": self._run_id}
            tx.db.table("files").upsert(row, pk="path")

    def record_passed_over(self, aside: Sequence[PassedOver], files: Iterable[str]) -> None:
        """Record what was not taken as an input; what the ``files`` of this run lie in is none."""
        taken = {escaped(str(part)) for path in files for part in (path, *PurePath(path).parents)}
        rows = [{**asdict(each), "path": escaped(each.path)} for each in aside]
        rows = [row | {"reason": storable(row["reason"]), "run_id": self._run_id} for row in rows]
        with self._record("passed over", {"files": len(rows)}, "passed over") as tx:
            known = [row["path"] for row in tx.db.query("SELECT path FROM passed_over")]
            for path in taken.intersection(known):
                tx.db.table("passed_over").delete(path)
            tx.db.table("passed_over").upsert_all(rows, pk="path")

    def record_video(
        self, info: VideoInfo, wall_start: str | None, wall_source: str | None
    ) -> None:
        """Record what probing told; segments of a video need this first."""
        row = raw.VIDEO.row(info, wall_start=wall_start, wall_source=wall_source)
        with self._record("video probed", {"video": info.sha256}, "video", info.sha256) as tx:
            tx.db.table("videos").upsert(row, pk="sha256")
            tx.db.table("stretches").delete_where("video_sha256 = ?", [info.sha256])
            stretches = enumerate(info.stretches)
            own = {"video_sha256": info.sha256}
            tx.insert("stretches", (raw.STRETCH.row(s, number=n, **own) for n, s in stretches))
            tx.seal("stretches", info.sha256)

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

    def forget_video(self, sha256: str) -> None:
        """Delete all raw and derived rows of a video, if any; what probing told of it stays."""
        own = list(self._db.query("SELECT id FROM segments WHERE video_sha256 = ?", [sha256]))
        if not own:
            return
        with self._record("rows removed", {"video": sha256}) as tx:
            tx.db.execute("UPDATE videos SET derived_hash = NULL WHERE sha256 = ?", [sha256])
            for table in ("tracks", "events", "segments"):
                tx.db.table(table).delete_where("video_sha256 = ?", [sha256])
            for row in own:
                tx.unseal("segment", row["id"])
                tx.outdate("motion", row["id"])
            tx.unseal("derived", sha256)
            tx.outdate("left out", sha256)
            tx.outdate("people")

    def write_segment(
        self,
        result: SegmentResult,
        raw_hash: str,
        embedder: str | None,
        look_model: str | None = None,
    ) -> None:
        """Write everything measured in one segment, in place of what was there.

        ``embedder`` names what made the embeddings of faces, ``look_model`` the looks. Pictures go
        first: an interruption leaves at most pictures that no row names, never
        a row without its picture.
        """
        tracklets = raw.tracklets_by_id(result)
        with case_errors(self._folder):
            images = {
                face.jpeg: save_image(self._folder, face.jpeg) if face.jpeg else ""
                for tracklet in tracklets.values()
                for face in tracklet.faces
            }
            images |= {
                body.jpeg: save_image(self._folder, body.jpeg, BODIES_NAME) if body.jpeg else ""
                for tracklet in tracklets.values()
                for body in tracklet.bodies
            }
        sha256, segment = result.video_sha256, raw.segment_row(result, raw_hash)
        detail = {"video": sha256, "segment": result.span.index}
        with self._record("segment stored", detail, "segment", segment["id"]) as tx:
            tx.db.table("videos").update(sha256, {"derived_hash": None})
            tx.db.table("segments").delete_where("id = ?", [segment["id"]])
            tx.insert("segments", [segment])
            own = {"segment_id": segment["id"]}
            tx.insert("gaps", (raw.GAP.row(gap, **own) for gap in result.gaps))
            tx.insert("scene_actions", (raw.scene_row(window, **own) for window in result.scene))
            motion = result.motion or ()
            tx.insert("motion", (raw.motion_row(second, segment["id"]) for second in motion))
            tx.seal("motion", segment["id"])
            for key, tracklet in tracklets.items():
                row = raw.LOOKS.row(tracklet.looks, id=key, number=tracklet.number, **own)
                tx.insert("tracklets", [row])
                self._insert_tracklet(tx, key, tracklet, images, embedder)
                bodies = (raw.body_row(key, b, images[b.jpeg], look_model) for b in tracklet.bodies)
                tx.insert("bodies", bodies)
            # What was derived from the rows before stands until the video is derived again.
            tx.outdate("derived", sha256)
            tx.outdate("left out", sha256)

    def _insert_tracklet(
        self,
        tx: Transaction,
        key: str,
        tracklet: Tracklet,
        images: dict[bytes, str],
        embedder: str | None,
    ) -> None:
        own = {"tracklet_id": key}
        faces = (raw.face_row(key, face, images[face.jpeg], embedder) for face in tracklet.faces)
        tx.insert("observations", (raw.OBSERVATION.row(o, **own) for o in tracklet.observations))
        tx.insert("faces", faces)
        tx.insert("emotions", (raw.emotion_row(sample, **own) for sample in tracklet.emotions))
        tx.insert("actions", (raw.action_row(window, **own) for window in tracklet.actions))

    def derived_states(self) -> dict[str, str | None]:
        """Return what the derived rows of every analysed video follow from, by SHA-256 in order.

        None where they are to be derived.
        """
        sql = """
            SELECT DISTINCT v.sha256, v.derived_hash FROM videos v
            JOIN segments s ON s.video_sha256 = v.sha256 ORDER BY v.sha256
        """
        with case_errors(self._folder):
            return {row["sha256"]: row["derived_hash"] for row in self._db.query(sql)}

    def write_derived(self, sha256: str, video: DerivedVideo, derived_hash: str) -> None:
        """Write everything derived of one video, in place of what was there."""
        with self._record("video derived", {"video": sha256}, "derived", sha256) as tx:
            tx.db.table("videos").update(sha256, {"derived_hash": derived_hash})
            tx.db.table("tracks").delete_where("video_sha256 = ?", [sha256])
            tx.insert("tracks", (derived.track_row(sha256, k) for k in video.tracks))
            for track in video.tracks:
                own = {"track_id": track.id}
                tx.insert("track_tracklets", derived.member_rows(track))
                tx.insert("track_observations", derived.track_observation_rows(track))
                tx.insert("track_emotions", (raw.emotion_row(e, **own) for e in track.emotions))
                tx.insert("track_actions", (raw.action_row(w, **own) for _, w in track.actions))
                tx.insert("track_clothing", [derived.CLOTHING.row(track.clothing, **own)])
                if track.height is not None:
                    tx.insert("track_heights", [derived.HEIGHT.row(track.height, **own)])
                if track.usual is not None:
                    tx.insert("track_usual_emotion", [derived.usual_row(track.id, track.usual)])
                tx.insert("candidates", map(derived.CANDIDATE.row, track.candidates))
            tx.db.table("pair_actions").delete_where("video_sha256 = ?", [sha256])
            tx.insert("pair_actions", (derived.pair_row(sha256, w) for w in video.pairs))
            tx.db.table("events").delete_where("video_sha256 = ?", [sha256])
            events = list(enumerate(video.events, start=1))
            tx.insert("events", (derived.event_row(sha256, n, event) for n, event in events))
            for n, event in events:
                tx.insert("event_tracks", derived.event_track_rows(sha256, n, event))
            tx.db.table("left_out").delete_where("video_sha256 = ?", [sha256])
            own = {"video_sha256": sha256}
            tx.insert("left_out", (derived.LEFT_OUT.row(each, **own) for each in video.left_out))
            if video.left_out:
                tx.seal("left out", sha256)
            else:
                tx.outdate("left out", sha256)
            tx.outdate("people")

    def write_clocks(
        self, sha256: str, clocks: Sequence[JudgedClock], reader: str | None = None
    ) -> None:
        """Write the clocks of a video, in place of what was there; nothing where nothing changed.

        ``reader`` names what searched its pictures for a clock, None where nothing did. The wall
        clock of its rows is derived anew when another clock counts, or the same one differs.
        """
        with case_errors(self._folder):
            found = list(self._db.table("video_clocks").rows_where("video_sha256 = ?", [sha256]))
        rows = sorted((clock_row(c, sha256) for c in clocks), key=lambda row: str(row["source"]))
        if rows == sorted(found, key=lambda row: str(row["source"])) and reader is None:
            return
        stored = next((c.clock for c in clocks if c.clock.source != "camera file"), None)
        with self._record("clocks stored", {"video": sha256}, "clocks", sha256) as tx:
            tx.db.table("video_clocks").delete_where("video_sha256 = ?", [sha256])
            tx.insert("video_clocks", rows)
            if reader is not None:
                burnt_in = any(row["source"] == "burnt-in" for row in rows)
                told = {"video_sha256": sha256, "reader": reader, "found": int(burnt_in)}
                tx.db.table("clock_readings").upsert(told, pk="video_sha256")
            start = None if stored is None else stored.start.isoformat()
            source = None if stored is None else storable(stored.told)
            tx.db.table("videos").update(sha256, {"wall_start": start, "wall_source": source})
            tx.seal("video", sha256)
            if _told_time(rows) != _told_time(found):
                tx.db.table("videos").update(sha256, {"derived_hash": None})
                tx.outdate("derived", sha256)

    def write_cameras(self, cameras: Iterable[Camera]) -> None:
        """Write what is known of the cameras, in place of what was there.

        Where the known heights differ, every video is derived anew.
        """
        known = [asdict(camera) for camera in cameras]
        with self._record("cameras used", {"cameras": known}, "cameras") as tx:
            before = list(tx.db.table("cameras").rows)
            tx.db.table("cameras").delete_where()
            tx.insert("cameras", known)
            if _scales(before) != _scales(known):
                for row in tx.db.query("SELECT sha256 FROM videos ORDER BY sha256"):
                    tx.db.table("videos").update(row["sha256"], {"derived_hash": None})
                    tx.outdate("derived", row["sha256"])

    def write_gallery(self, source: str, faces: Sequence[GalleryFace]) -> None:
        """Write the whole gallery at ``source``, in place of the one that was there."""
        with case_errors(self._folder):
            pictures = [self._gallery_row(face) for face in faces]
        folder, names = escaped(source), dict.fromkeys(face.person for face in faces)
        detail = {"folder": folder, "people": len(names)}
        with self._record("gallery stored", detail, "gallery") as tx:
            tx.db.table("people").delete_where()
            tx.insert("people", ({"name": name, "source": folder} for name in names))
            tx.insert("gallery_faces", pictures)

    def remove_pictures(
        self, tracklets: Sequence[str], people: Sequence[str], detail: Mapping[str, Any]
    ) -> None:
        """Delete faces, bodies and looks of ``tracklets``, and ``people`` of the gallery.

        Files of pictures stay. What was derived of their videos is due again. ``detail`` goes into
        the audit log.
        """
        if not tracklets and not people:
            return
        # Freed pages are overwritten with zeros: without it the bytes stay in the file.
        self._db.execute("PRAGMA secure_delete = ON")
        with self._record(audit.PURGED, detail) as tx:
            for key in tracklets:
                for table in ("faces", "bodies"):
                    tx.db.table(table).delete_where("tracklet_id = ?", [key])
                tx.db.execute(_WITHOUT_LOOKS, [key])
            for segment in sorted({key.rpartition(":")[0] for key in tracklets}):
                tx.db.execute(_DERIVE_AGAIN, [segment])
                tx.seal("segment", segment)
            for name in people:
                tx.db.table("people").delete_where("name = ?", [name])
            if people:
                tx.seal("gallery")

    def _gallery_row(self, face: GalleryFace) -> Row:
        image = None if face.jpeg is None else save_image(self._folder, face.jpeg)
        return work.gallery_row(face, image)

    def _record(
        self, action: str, detail: Mapping[str, Any], scope: str = "", key: str = ""
    ) -> AbstractContextManager[Transaction]:
        return self._case.record(action, {"run": self._run_id, **detail}, scope, key)


def _told_time(rows: Iterable[Row]) -> list[Any]:
    """Return what the wall clock of a video's rows follows from."""
    return [(row["pieces"], row["zone"]) for row in rows if row["used"]]


_WITHOUT_LOOKS = "UPDATE tracklets SET look_first = NULL, look_last = NULL WHERE id = ?"

_DERIVE_AGAIN = """
UPDATE videos SET derived_hash = NULL
WHERE sha256 = (SELECT video_sha256 FROM segments WHERE id = ?)
"""


def _scales(cameras: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """Return what tells which recording has which scale, of rows of ``cameras``.

    The first camera whose pattern fits is that of a recording, so those without a scale count too.
    """
    told = [(c["name"], c["pattern"], c["known_heights"] or "") for c in cameras]
    return told if any(heights for *_, heights in told) else []
