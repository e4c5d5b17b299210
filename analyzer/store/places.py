"""Clock and camera of the videos of a case."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.store.reader import CaseReader
from analyzer.types import Clock, used_clock
from analyzer.video.cameras import Camera


@dataclass(frozen=True, slots=True)
class VideoPlace:
    """What tells when and where a video was recorded, each None where nothing does."""

    clock: Clock | None
    camera: Camera | None


def place_of(reader: CaseReader, video: str) -> VideoPlace:
    """Return the clock that counts for ``video``, by its SHA-256, and the camera that recorded it.

    The camera is the first of the camera file whose pattern fits one of the paths.
    """
    paths = [row["path"] for row in reader.rows("files", "sha256 = ?", [video])]
    cameras = (Camera(**row) for row in reader.rows("cameras"))
    camera = next((c for c in cameras if any(c.recorded(path) for path in paths)), None)
    return VideoPlace(used_clock(reader.clocks(video)), camera)
