"""Use case of `analyzer purge`: faces, bodies and vectors are removed, and that is recorded."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from analyzer.commands.policy import under_policy
from analyzer.commands.publish import publish
from analyzer.commands.reference import use_gallery
from analyzer.config import Settings
from analyzer.errors import UsageError
from analyzer.file_names import as_filed, storable
from analyzer.pipeline.derive import Deriver
from analyzer.pipeline.derive_people import derive_people, named_people
from analyzer.pipeline.run_record import RecordedRun, last_run
from analyzer.report.media import kept_pieces
from analyzer.store import audit, removal
from analyzer.store.case import Case
from analyzer.store.errors import case_errors
from analyzer.store.images import KINDS
from analyzer.store.reader import CaseReader
from analyzer.store.removal import Removal
from analyzer.store.videos import find_video


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
class PurgeSummary:
    """What was removed, how many files went with it, and exports made before, which hold copies."""

    removed: Removal
    crops: int
    exports: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return self.removed.as_dict() | {"crops": self.crops, "exports": self.exports}


def preview(folder: Path, request: PurgeRequest) -> Removal:
    """Return what ``purge_case`` would remove, also while the case is being written.

    Raises UsageError as it does, and CaseError for a folder that is not a case.
    """
    with CaseReader(folder) as reader:
        return _removal(reader, request)


def purge_case(folder: Path, request: PurgeRequest) -> PurgeSummary:
    """Remove what is asked for, derive and render again without it, and log what was removed.

    Tracks, times, apparent expressions and actions stay, without a picture and without a name.
    Bytes are gone from the database file too. Raises UsageError when nothing in the case is meant,
    and CaseError; either way nothing was removed.
    """
    with Case.open(folder, create=False) as case:
        with case.reader() as reader:
            found = _removal(reader, request)
            last = last_run(reader)
        settings, _ = under_policy(case, last.settings, None)
        # What was asked for may name a person: it goes into the audit log, not into the report.
        command = f"analyzer purge {folder}"
        with RecordedRun(case, command, settings, last.models, last.raw_hash) as run:
            _remove(run, request, found)
            _derive(run, settings)
            crops = _sweep(case, found.videos)
        case.vacuum()
        exports = tuple(_exports(case))
        publish(case, settings.report)
    return PurgeSummary(found, crops, exports)


def _remove(run: RecordedRun, request: PurgeRequest, found: Removal) -> None:
    detail = found.as_dict() | {
        "what": storable(found.what),
        "by": storable(request.by),
        "reason": request.reason,
        "images": list(found.images),
    }
    run.writer.remove_pictures(found.tracklets, found.people, detail)


def _derive(run: RecordedRun, settings: Settings) -> None:
    before = named_people(run.case)
    people = use_gallery(run, None, settings)
    Deriver(run.case, settings, people, run).derive_stale()
    derive_people(run.case, settings, run.embedder, before)


def _removal(reader: CaseReader, request: PurgeRequest) -> Removal:
    if request.person is None:
        tracklets = [
            key
            for sha256 in _videos(reader, request)
            for key in removal.tracklets_of_video(reader, sha256)
        ]
        return removal.removal_of(reader, request.words, tracklets, [])
    person = as_filed(request.person, removal.names_filed(reader))
    tracklets = removal.tracklets_of_person(reader, person)
    people = [name for name in reader.people() if name == person]
    if not tracklets and not people:
        known = ", ".join(removal.names_filed(reader)) or "none"
        raise UsageError(f"nobody named {request.person!r} in this case; known: {known}")
    return removal.removal_of(reader, request.words, tracklets, people)


def _videos(reader: CaseReader, request: PurgeRequest) -> list[str]:
    if request.older_than is not None:
        return removal.recorded_before(reader, request.older_than)
    return [find_video(reader.known_videos(), str(request.video))]


def _sweep(case: Case, videos: Iterable[str]) -> int:
    """Delete every picture of faces and bodies that no row names; return how many.

    With them go the copies of ``videos`` that the player of the report showed.
    """
    with case.reader() as reader:
        named = {kind: reader.images(kind) for kind in KINDS}
    count = 0
    with case_errors(case.folder):
        for kind in KINDS:
            for path in (case.folder / kind).rglob("*"):
                if path.is_file() and path.stem not in named[kind]:
                    path.unlink()
                    count += 1
        for sha256 in videos:
            for copies in kept_pieces(case.folder, sha256):
                shutil.rmtree(copies)
    return count


def _exports(case: Case) -> Iterator[str]:
    """Yield where data of the case went before, as far as the audit log tells."""
    for entry in audit.entries(case.db):
        if entry["action"] == "exported":
            yield from (str(file["path"]) for file in entry["detail"]["files"])
        elif entry["action"] == "report rendered elsewhere":
            yield str(entry["detail"]["page"])
        elif entry["action"] in ("clip cut", "expression explained"):
            yield str(entry["detail"]["product"])
