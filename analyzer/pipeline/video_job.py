"""State of one video within a run."""

from __future__ import annotations

from dataclasses import dataclass, field

from analyzer.config import Settings
from analyzer.store.records import FileStatus
from analyzer.types import SegmentState, VideoInfo
from analyzer.video.source_file import Source
from analyzer.video.turning import turned_hash


@dataclass(slots=True)
class VideoJob:
    """One video of a run: the paths it was found under, and how far its segments are.

    A *segment* is in one of these states:

    * **waiting**: the run has to analyse it, and its outcome has not come back. It is in
      ``waiting`` from the plan of the video until its outcome is taken.
    * **analysed**: its rows are in the case, from this run or from an earlier one under the same
      settings and models. It is in ``stored``.
    * **undecodable** or **given up**: its pictures do not decode, or its workers died of it. The
      case holds an empty segment that is one gap, so that no run tries it again unless it is told
      to (``--retry``). It is in ``stored`` as well.
    * **interrupted**: something stood in the way that may be gone the next time. The case holds
      nothing, so the next run analyses it. Only its reason is in ``interrupted``.

    A *video* goes through these states, which `analyzer status` shows of its files:

    * **pending**: it was probed, and some of its segments are waiting.
    * **done**: no segment is waiting, its file was the same before and after, and at least one
      segment is analysed. Segments that do not decode are gaps of a video that is done.
    * **failed**: its file changed or was not there to be read again, or a segment was given up or
      interrupted, or none could be decoded. The reason says which.
    """

    source: Source
    paths: list[str]
    settings: Settings = field(default_factory=Settings)
    """Those of its camera."""
    waiting: set[int] = field(default_factory=set)
    stored: dict[int, SegmentState] = field(default_factory=dict)
    interrupted: list[str] = field(default_factory=list)
    analysed_now: bool = False
    """Whether some of it is analysed in this run."""
    sha256_after: str | None = None
    """SHA-256 of the file, read again after its last segment; None where that failed."""
    source_problem: str | None = None
    """Why the file cannot be relied on to be what was analysed."""

    @property
    def info(self) -> VideoInfo:
        """What probing told of the video."""
        return self.source.info

    def raw_hash(self, of_settings: str) -> str:
        """Return what the rows of the video depend on, given that of its settings and models."""
        return turned_hash(of_settings, self.info.turned)

    @property
    def segments(self) -> int:
        """The number of segments of the whole video."""
        return len(self.waiting) + len(self.stored) + len(self.interrupted)

    @property
    def lost(self) -> list[SegmentState]:
        """The states of the segments that the case remembers as not analysed."""
        return [state for state in self.stored.values() if state != "analysed"]

    def status(self, loss_reason: str | None) -> tuple[FileStatus, str | None]:
        """Return the state of the video, and in words what is missing of it.

        ``loss_reason`` is why the first of its ``lost`` segments was not analysed.
        """
        if self.waiting:
            return "pending", None
        if self.source_problem and not self.interrupted:
            return "failed", self.source_problem
        missing = len(self.lost) + len(self.interrupted)
        if not missing:
            return "done", None
        reason = loss_reason if self.lost else self.interrupted[0]
        if missing < self.segments:
            reason = f"{reason} ({missing} of {self.segments} parts of the file)"
        may_succeed = bool(self.interrupted) or "given up" in self.lost
        done = missing < self.segments and not may_succeed
        return "done" if done else "failed", reason
