"""Records of the work itself: runs, inputs, segments and pictures of the gallery."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from analyzer.models.weights import ModelRecord
from analyzer.types import PictureStatus, SegmentSpan

RunStatus = Literal["running", "finished", "interrupted", "failed"]
FileStatus = Literal["pending", "done", "failed"]


ABOUT = ("examiner", "authority", "purpose")
"""What a case tells of itself: keys of ``case_info``, columns of ``runs``."""


def utc_now() -> str:
    """Return the time now as ISO 8601 UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One execution.

    ``settings``, ``models`` and ``versions`` are plain values ready for JSON; ``started_at`` and
    ``ended_at`` are ISO 8601 UTC; ``raw_hash`` covers the settings and models that raw rows depend
    on; ``about`` has those of ABOUT that are known as it starts.
    """

    id: str
    command: str
    started_at: str
    settings: dict[str, Any]
    raw_hash: str
    models: list[ModelRecord]
    versions: dict[str, Any]
    gallery_fingerprint: str | None = None
    about: dict[str, str] = field(default_factory=dict)
    ended_at: str | None = None
    status: RunStatus = "running"


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Something in a given folder that was not taken as an input, and why, in words.

    ``files`` is how many files it stands for. ``missed`` tells whether there may be footage among
    them, so that a run does not count as complete.
    """

    path: str
    reason: str
    files: int = 1
    missed: bool = False


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One input path; ``sha256`` is None where its content was not taken in."""

    path: str
    sha256: str | None
    sha256_after: str | None
    status: FileStatus
    reason: str | None
    run_id: str


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """One picture of the gallery, whether it was used, and why not; ``image`` names its crop."""

    person: str
    sha256: str
    path: str
    status: PictureStatus
    reason: str | None
    image: str | None


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """One segment of a video, and how much of it was looked at."""

    id: str
    video_sha256: str
    raw_hash: str
    span: SegmentSpan
    frames_sampled: int
    frames_examined: int
    bad_frames: int
    keyframes_only_s: float
    faces_turned: int = 0
