"""Clock and camera of the videos of a case."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.store.codec.work import camera_of_row
from analyzer.store.reader import CaseReader
from analyzer.types import Clock, used_clock
from analyzer.video.cameras import Camera, camera_of


@dataclass(frozen=True, slots=True)
class VideoPlace:
    """What tells when and where a video was recorded, each None where nothing does."""

    clock: Clock | None
    camera: Camera | None


class Places:
    """Clock and camera of every video of a case; each video is read once, when it is asked for."""

    def __init__(self, reader: CaseReader) -> None:
        self._reader = reader
        self._cameras = [camera_of_row(row) for row in reader.rows("cameras")]
        self._paths = reader.known_videos()
        self._known: dict[str, VideoPlace] = {}

    def camera(self, video: str) -> Camera | None:
        """Return the entry of the camera that recorded ``video``, by its SHA-256."""
        return camera_of(self._cameras, self._paths.get(video, ()))

    def of(self, video: str) -> VideoPlace:
        """Return the clock that counts for ``video``, by its SHA-256, and the camera's entry."""
        if video not in self._known:
            clock = used_clock(self._reader.clocks(video))
            self._known[video] = VideoPlace(clock, self.camera(video))
        return self._known[video]
