"""Remove faces, their crops and embeddings from a case, and leave a record of what was removed."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from analyzer.commands.policy import under_policy
from analyzer.commands.publish import publish
from analyzer.commands.reference import use_gallery
from analyzer.config import Settings
from analyzer.errors import UsageError
from analyzer.pipeline.derive import Deriver
from analyzer.pipeline.derive_people import derive_people, named_people
from analyzer.pipeline.run_record import RecordedRun, last_run
from analyzer.report.media import kept_pieces
from analyzer.store import audit
from analyzer.store.case import Case
from analyzer.store.errors import case_errors
from analyzer.store.images import FACES_NAME
from analyzer.store.rows import storable_path
from analyzer.store.videos import PATHS_OF_VIDEOS, by_video, find_video


@dataclass(frozen=True, slots=True)
class PurgeRequest:
    """What is to be removed, just one of the three, who asked for it, and why."""

    by: str
    reason: str | None = None
    person: str | None = None
    video: str | None = None
    older_than: date | None = None

    @property
    def words(self) -> str:
        """What is to be removed, for the audit log."""
        if self.person is not None:
            return f"person {self.person}"
        if self.video is not None:
            return f"video {self.video}"
        return f"recordings before {self.older_than}"


@dataclass(frozen=True, slots=True)
class Removal:
    """What is removed: ``faces`` rows with their crops, and pictures of the gallery."""

    what: str
    videos: tuple[str, ...]
    tracklets: tuple[str, ...]
    people: tuple[str, ...]
    faces: int
    embeddings: int
    gallery_pictures: int
    images: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PurgeSummary:
    """What was removed, how many files went with it, and exports made before, which hold copies."""

    case: str
    what: str
    faces: int
    embeddings: int
    gallery_pictures: int
    crops: int
    videos: tuple[str, ...]
    exports: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return asdict(self)


def preview(folder: Path, request: PurgeRequest) -> Removal:
    """Return what ``purge_case`` would remove; raises as it does."""
    with Case.open(folder, create=False) as case:
        return _removal(case.db, request)


def purge_case(folder: Path, request: PurgeRequest) -> PurgeSummary:
    """Remove what is asked for, derive and render again without it, and log what was removed.

    Tracks, times, apparent expressions and actions stay, without a face and without a name. Bytes
    are gone from the database file too. Raises UsageError when nothing in the case is meant, and
    CaseError; either way nothing was removed.
    """
    with Case.open(folder, create=False) as case:
        removal = _removal(case.db, request)
        with case.reader() as reader:
            last = last_run(reader)
        settings, _ = under_policy(case, last.settings, None)
        # What was asked for may name a person: it goes into the audit log, not into the report.
        command = f"analyzer purge {folder}"
        with RecordedRun(case, command, settings, last.models, last.raw_hash) as run:
            _remove(run, request, removal)
            _derive(run, settings)
            crops = _sweep(case, removal.videos)
        case.vacuum()
        exports = tuple(_exports(case.db))
        publish(case, settings.report)
    return PurgeSummary(
        case=str(folder),
        what=removal.what,
        faces=removal.faces,
        embeddings=removal.embeddings,
        gallery_pictures=removal.gallery_pictures,
        crops=crops,
        videos=removal.videos,
        exports=exports,
    )


def _remove(run: RecordedRun, request: PurgeRequest, removal: Removal) -> None:
    detail = {
        "what": storable_path(removal.what),
        "by": storable_path(request.by),
        "reason": request.reason,
        "faces": removal.faces,
        "embeddings": removal.embeddings,
        "gallery_pictures": removal.gallery_pictures,
        "videos": list(removal.videos),
        "images": list(removal.images),
    }
    run.writer.remove_faces(removal.tracklets, removal.people, detail)


def _derive(run: RecordedRun, settings: Settings) -> None:
    before = named_people(run.case)
    people = use_gallery(run, None, settings)
    Deriver(run.case, settings, people, run).derive_stale()
    derive_people(run.case, settings, run.embedder, before)


def _removal(db: Database, request: PurgeRequest) -> Removal:
    people: tuple[str, ...] = ()
    if request.person is not None:
        tracklets = _of_person(db, request.person)
        people = tuple(_column(db, "SELECT name FROM people WHERE name = ?", request.person))
        if not tracklets and not people:
            known = sorted({*_column(db, _NAMES), *_column(db, "SELECT name FROM people")})
            raise UsageError(
                f"nobody named {request.person!r} in this case; known: {', '.join(known) or 'none'}"
            )
    else:
        videos = _videos(db, request)
        tracklets = [key for sha256 in videos for key in _column(db, _OF_VIDEO, sha256)]
    return _described(db, request.words, tracklets, people)


_NAMES = "SELECT DISTINCT person FROM appearances WHERE person IS NOT NULL"
_OF_VIDEO = """
SELECT k.id FROM tracklets k JOIN segments s ON s.id = k.segment_id WHERE s.video_sha256 = ?
"""
_RECORDED = """
SELECT v.sha256 FROM videos v JOIN files f ON f.sha256 = v.sha256 JOIN runs r ON r.id = f.run_id
GROUP BY v.sha256 HAVING substr(coalesce(v.wall_start, min(r.started_at)), 1, 10) < ?
"""


def _of_person(db: Database, name: str) -> list[str]:
    sql = """
        SELECT k.tracklet_id FROM track_tracklets k JOIN appearances a ON a.track_id = k.track_id
        WHERE a.person = ? ORDER BY k.tracklet_id
    """
    return list(_column(db, sql, name))


def _videos(db: Database, request: PurgeRequest) -> list[str]:
    if request.older_than is not None:
        return sorted(_column(db, _RECORDED, request.older_than.isoformat()))
    return [find_video(by_video(db.execute(PATHS_OF_VIDEOS)), str(request.video))]


def _described(db: Database, what: str, tracklets: list[str], people: tuple[str, ...]) -> Removal:
    faces = [
        row
        for key in tracklets
        for row in db.query("SELECT image, embedding FROM faces WHERE tracklet_id = ?", [key])
    ]
    pictures = [
        row
        for name in people
        for row in db.query("SELECT image, embedding FROM gallery_faces WHERE person = ?", [name])
    ]
    segments = {key.rpartition(":")[0] for key in tracklets}
    videos = {
        sha256
        for key in segments
        for sha256 in _column(db, "SELECT video_sha256 FROM segments WHERE id = ?", key)
    }
    return Removal(
        what=what,
        videos=tuple(sorted(videos)),
        tracklets=tuple(tracklets),
        people=people,
        faces=len(faces),
        embeddings=sum(row["embedding"] is not None for row in faces + pictures),
        gallery_pictures=len(pictures),
        images=tuple(sorted({row["image"] for row in faces + pictures if row["image"]})),
    )


def _column(db: Database, sql: str, *values: Any) -> Iterator[str]:
    for (value,) in db.execute(sql, values):
        yield value


def _sweep(case: Case, videos: Iterable[str]) -> int:
    """Delete every picture under ``faces/`` that no row names; return how many.

    With them go the copies of ``videos`` that the player of the report showed.
    """
    sql = "SELECT image FROM faces UNION SELECT image FROM gallery_faces WHERE image IS NOT NULL"
    named = {image for (image,) in case.db.execute(sql)}
    count = 0
    with case_errors(case.folder):
        for path in (case.folder / FACES_NAME).rglob("*"):
            if path.is_file() and path.stem not in named:
                path.unlink()
                count += 1
        for sha256 in videos:
            for copies in kept_pieces(case.folder, sha256):
                shutil.rmtree(copies)
    return count


def _exports(db: Database) -> Iterator[str]:
    """Yield where data of the case went before, as far as the audit log tells."""
    for entry in audit.entries(db):
        if entry["action"] == "exported":
            yield from (str(file["path"]) for file in entry["detail"]["files"])
        elif entry["action"] == "report rendered elsewhere":
            yield str(entry["detail"]["page"])
        elif entry["action"] == "clip cut":
            yield str(entry["detail"]["product"])
