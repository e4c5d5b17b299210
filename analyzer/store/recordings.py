"""Recordings of live sources: what arrived when, what became of it, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from analyzer.file_names import escaped, storable, unescaped
from analyzer.store.case import Case
from analyzer.store.codec.columns import Columns
from analyzer.store.reader import CaseReader
from analyzer.store.records import FileStatus

RecordingState = Literal["closed", "analysed", "failed", "dropped"]
"""*closed*: complete and listed, waits for analysis. *analysed*: its rows are in the case.
*failed*: it could not be analysed. *dropped*: its file was deleted by the retention rule; its rows
stay."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording of a live source, or one file of a watched folder.

    ``path`` is inside the case, with forward slashes, or absolute, as ``escaped`` writes it.
    Arrival times are ISO 8601 UTC by the clock of this machine; ``sha256`` is that of the file when
    it was closed, by which ``videos`` knows its rows.
    """

    path: str
    camera: str
    sha256: str
    bytes: int
    arrival_begin: str
    arrival_end: str
    state: RecordingState = "closed"
    reason: str | None = None
    analysed_at: str | None = None

    def file(self, case: Path) -> Path:
        """Return where its file lies, of the case at ``case``."""
        return case / unescaped(self.path)


@dataclass(frozen=True, slots=True)
class RecordingGap:
    """A time in which a live source was not recorded; ``t_to`` is None while it lasts."""

    camera: str
    t_from: str
    t_to: str | None
    reason: str


_RECORDING = Columns(Recording)
_GAP = Columns(RecordingGap)


def record_recording(case: Case, recording: Recording) -> None:
    """Record a recording, in place of what was known of its path; raises CaseError."""
    reason = None if recording.reason is None else storable(recording.reason)
    row = asdict(recording) | {"reason": reason}
    with case.record(f"recording {recording.state}", row, "recording", row["path"]) as tx:
        tx.db.table("recordings").upsert(row, pk="path")


def record_gap(case: Case, gap: RecordingGap) -> None:
    """Record a gap, or its end where it is known already; raises CaseError."""
    row = asdict(gap) | {"reason": storable(gap.reason)}
    action = "recording gap" if gap.t_to is None else "recording gap ended"
    with case.record(action, row, "recording gaps", gap.camera) as tx:
        tx.db.table("recording_gaps").upsert(row, pk=("camera", "t_from"))


def recordings(reader: CaseReader, state: RecordingState | None = None) -> Iterator[Recording]:
    """Yield the recordings of a case, or those in one state, the one that ended first, first."""
    where, values = ("", []) if state is None else ("state = ?", [state])
    order = "arrival_end, path"
    return map(_RECORDING.value, reader.rows("recordings", where, values, order=order))


def recording_of(reader: CaseReader, sha256: str) -> Recording | None:
    """Return the recording that a video of the case is, by its SHA-256; None for a file."""
    found = reader.rows("recordings", "sha256 = ?", [sha256], order="arrival_end DESC, path")
    return next(map(_RECORDING.value, found), None)


def newest_recording(reader: CaseReader, camera: str) -> Recording | None:
    """Return the recording of ``camera`` that ended last."""
    newest = "SELECT * FROM recordings WHERE camera = ? ORDER BY arrival_end DESC LIMIT 1"
    return next(map(_RECORDING.value, reader.iterate(newest, [camera])), None)


def recording_gaps(reader: CaseReader, camera: str | None = None) -> list[RecordingGap]:
    """Return the gaps of ``camera``, or of all, by camera and time."""
    where, values = ("", []) if camera is None else ("camera = ?", [camera])
    return list(map(_GAP.value, reader.rows("recording_gaps", where, values)))


_NEWEST = """
SELECT * FROM recordings WHERE camera = ? AND analysed_at IS NOT NULL
ORDER BY arrival_end DESC LIMIT 200
"""


def newest_analysed(reader: CaseReader, camera: str, seconds: float) -> list[Recording]:
    """Return the recordings of ``camera`` with rows that ended within ``seconds``, newest first.

    The time counts back from the end of the newest of them; at most 200 are returned.
    """
    found = [_RECORDING.value(row) for row in reader.select(_NEWEST, [camera])]
    if not found:
        return []
    ends = [datetime.fromisoformat(one.arrival_end) for one in found]
    return [
        one
        for one, end in zip(found, ends, strict=True)
        if (ends[0] - end).total_seconds() <= seconds
    ]


def outcome_of(reader: CaseReader, path: str) -> tuple[FileStatus, str | None]:
    """Return what became of the file at ``path``, absolute, and why; *pending* where nothing did.

    The further video streams of a file are not asked for.
    """
    for row in reader.rows("files", "path = ?", [escaped(path)]):
        return row["status"], row["reason"]
    return "pending", None


def events_in(reader: CaseReader, sha256: str) -> dict[str, int]:
    """Return how many events there are in a video, by kind, levels below *to check* left out."""
    rows = reader.iterate(_EVENTS, [sha256])
    return {row["kind"]: row["events"] for row in rows}


def decided_videos(reader: CaseReader) -> set[str]:
    """Return the SHA-256 of the videos about which an examiner has decided anything."""
    return {row["video_sha256"] for row in reader.iterate(_DECIDED)}


_EVENTS = """
SELECT kind, count(*) AS events FROM events
WHERE video_sha256 = ? AND level IN ('alarm', 'to check') GROUP BY kind ORDER BY kind
"""
_DECIDED = "SELECT DISTINCT video_sha256 FROM reviews"
