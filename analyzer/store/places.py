"""Clock and camera of the videos of a case."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.store.codec.work import camera_of_row
from analyzer.store.reader import CaseReader
from analyzer.types import Clock, Description, used_clock, wall_text
from analyzer.video.cameras import Camera, camera_of


@dataclass(frozen=True, slots=True)
class VideoPlace:
    """What tells when and where a video was recorded, each None where nothing does."""

    clock: Clock | None
    camera: Camera | None


def camera_of_video(reader: CaseReader, video: str) -> Camera | None:
    """Return the entry of the camera that recorded one ``video``; of many, ``Places`` tells."""
    cameras = [camera_of_row(row) for row in reader.rows("cameras")]
    if not cameras:
        return None
    return camera_of(cameras, [row["path"] for row in reader.rows("files", "sha256 = ?", [video])])


class Places:
    """Clock and camera of every video of a case; each video is read once, when it is asked for."""

    def __init__(self, reader: CaseReader) -> None:
        self._reader = reader
        self._cameras = [camera_of_row(row) for row in reader.rows("cameras")]
        self._paths = reader.known_videos()
        self._known: dict[str, VideoPlace] = {}
        self._cameras_of: dict[str, Camera | None] = {}

    def camera(self, video: str) -> Camera | None:
        """Return the entry of the camera that recorded ``video``, by its SHA-256."""
        if video not in self._cameras_of:
            self._cameras_of[video] = camera_of(self._cameras, self._paths.get(video, ()))
        return self._cameras_of[video]

    def is_of_cameras(self, video: str, wish: Description) -> bool:
        """Whether ``video`` is of a camera that ``wish`` names; of any, where it names none."""
        if not wish.cameras:
            return True
        camera = self.camera(video)
        return camera is not None and camera.name in wish.cameras

    def fits(self, video: str, t_start: float, t_end: float, wish: Description) -> bool:
        """Whether a stretch of ``video`` is of a camera and of a time that ``wish`` asks for.

        Nothing is of a time where no clock tells one.
        """
        if not self.is_of_cameras(video, wish):
            return False
        if wish.start is None and wish.end is None:
            return True
        clock = self.of(video).clock
        if clock is None:
            return False
        begins, ends = clock.at(t_start), clock.at(t_end)
        return (wish.end is None or begins <= wish.end) and (
            wish.start is None or ends >= wish.start
        )

    def told(self, video: str, t: float) -> tuple[str | None, str | None]:
        """Return the name of the camera and the wall time of ``t``, each None where unknown."""
        place = self.of(video)
        return None if place.camera is None else place.camera.name, wall_text(place.clock, t)

    def of(self, video: str) -> VideoPlace:
        """Return the clock that counts for ``video``, by its SHA-256, and the camera's entry."""
        if video not in self._known:
            clock = used_clock(self._reader.clocks(video))
            self._known[video] = VideoPlace(clock, self.camera(video))
        return self._known[video]
