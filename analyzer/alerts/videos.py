"""Videos as alerts see them: camera, place, and the clocks that tell the time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from analyzer.store import report_queries as queries
from analyzer.store.ids import short_id
from analyzer.store.reader import CaseReader
from analyzer.types import Clock, JudgedClock, used_clock, wall_text
from analyzer.video.cameras import Camera, camera_of

_WATCHED = "recordings"
"""Folder of a case in which `analyzer watch` keeps segments, a folder per camera."""


@dataclass(frozen=True, slots=True)
class AlertVideo:
    """One video; ``camera`` None where the camera file names none of it."""

    sha256: str
    paths: tuple[str, ...]
    camera: Camera | None
    clocks: tuple[JudgedClock, ...]

    @property
    def path(self) -> str | None:
        """Where it lay when it was analysed."""
        return self.paths[0] if self.paths else None

    @property
    def place(self) -> str | None:
        """Where its camera hangs and the site it belongs to, by the camera file."""
        if self.camera is None:
            return None
        told = filter(None, (self.camera.location, self.camera.place))
        return ", ".join(dict.fromkeys(told)) or None

    @property
    def name(self) -> str:
        """The camera: by the camera file, by the folder of a watched one, by the clock's words.

        The recording itself, by the first digits of its SHA-256, where no camera is known.
        """
        if self.camera is not None:
            return self.camera.name
        folders = PurePath(self.path or "").parts[-3:]
        if len(folders) == 3 and folders[0] == _WATCHED:
            return folders[1]
        told = (judged.clock.camera for judged in self.clocks if judged.clock.camera)
        return next(told, f"recording {short_id(self.sha256, 12)}")

    @property
    def clock(self) -> Clock | None:
        """The clock that counts; None where none tells the time."""
        return used_clock(self.clocks)

    @property
    def clock_words(self) -> str:
        """Which clock that is: "corrected, Europe/Berlin"."""
        if self.clock is None:
            return "clock unknown"
        return _words(self.clock, "corrected" if self._corrected else self.clock.told)

    @property
    def stored_words(self) -> str | None:
        """Which clock of the recording itself was corrected; None where none was."""
        own = self._own
        return _words(own, own.told) if own is not None and self._corrected else None

    def wall(self, t: float) -> str | None:
        """Return the wall clock at ``t`` seconds, ISO 8601 without a zone, None where unknown."""
        return wall_text(self.clock, t)

    def stored(self, t: float) -> str | None:
        """Return the time as stored at ``t`` seconds, where the camera file corrects it."""
        return wall_text(self._own, t) if self._corrected else None

    @property
    def _corrected(self) -> bool:
        return self.clock is not None and self.clock.source == "camera file"

    @property
    def _own(self) -> Clock | None:
        own = (judged.clock for judged in self.clocks if judged.clock.source != "camera file")
        return next(own, None)


@dataclass(slots=True)
class AlertVideos:
    """The videos of a case, each read when it is asked for."""

    reader: CaseReader
    cameras: Sequence[Camera]
    paths: dict[str, tuple[str, ...]]
    _known: dict[str, AlertVideo] = field(default_factory=dict)

    @classmethod
    def of(cls, reader: CaseReader) -> AlertVideos:
        """Return the videos of the case of ``reader``."""
        paths = {sha256: tuple(found) for sha256, found in reader.known_videos().items()}
        return cls(reader, queries.cameras(reader), paths)

    def __getitem__(self, sha256: str) -> AlertVideo:
        """Return the video of that content."""
        if sha256 not in self._known:
            paths = self.paths.get(sha256, ())
            clocks = self.reader.clocks(sha256)
            self._known[sha256] = AlertVideo(sha256, paths, camera_of(self.cameras, paths), clocks)
        return self._known[sha256]


def _words(clock: Clock, told: str) -> str:
    return f"{told}, {clock.zone}" if clock.zone else told
