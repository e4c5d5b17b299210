"""Clocks of the videos of a run: which there are, which one counts, told once per video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from analyzer.clock.reading import MODELS_MISSING, ClockReader, clock_reader, search
from analyzer.clock.rule import judged, stored_clocks
from analyzer.config import LimitSettings
from analyzer.errors import AnalyzerError, ModelError
from analyzer.models.registry import Registry
from analyzer.pipeline.run_log import RunLog
from analyzer.pipeline.run_record import RecordedRun
from analyzer.pipeline.video_job import VideoJob
from analyzer.store import report_queries as queries
from analyzer.types import Clock, JudgedClock, VideoInfo
from analyzer.video.cameras import Camera, camera_of

_IN_PICTURES = "burnt-in"


@dataclass(slots=True, eq=False)
class ClockKeeper:
    """Finds the clocks of each video and writes them into the case.

    What a file tells is taken when it is admitted. Its pictures are searched when it is closed, and
    not again by a later run with the same reader. ``notes`` are what the run has to say of that.
    """

    _run: RecordedRun
    _limits: LimitSettings
    _registry: Registry
    _log: RunLog
    fresh: bool = False
    notes: list[str] = field(default_factory=list)
    _cameras: tuple[Camera, ...] = ()

    def __post_init__(self) -> None:
        """Read the cameras of the case."""
        with self._run.case.reader() as reader:
            self._cameras = queries.cameras(reader)

    def admit(self, info: VideoInfo, path: str) -> None:
        """Record a video with the clocks that its file tells, and those known from before."""
        with self._run.case.reader() as reader:
            known = reader.clocks(info.sha256)
        clocks = self._judged(
            info, [path], [k.clock for k in known if k.clock.source == _IN_PICTURES]
        )
        stored = next((c.clock for c in clocks if c.clock.source != "camera file"), None)
        start = None if stored is None else stored.start.isoformat()
        self._run.writer.record_video(info, start, None if stored is None else stored.told)
        self._run.writer.write_clocks(info.sha256, clocks)

    def close(self, job: VideoJob) -> None:
        """Search the pictures of a video for a clock, unless that was done, and store all."""
        info = job.info
        with self._run.case.reader() as reader:
            known, done = reader.clocks(info.sha256), reader.clock_reading(info.sha256)
        seen = [k.clock for k in known if k.clock.source == _IN_PICTURES]
        reader_now = self._reader()
        search_now = reader_now is not None and (done != reader_now.name or self.fresh)
        if search_now and reader_now is not None:
            stored = [c.clock for c in self._judged(info, job.paths, [])]
            found = _searched(info, reader_now, self._limits, stored)
            if isinstance(found, str):
                self._log.line(f"{job.paths[0]}: clock in the picture not read ({found})")
                search_now = False
            else:
                seen = [] if found is None else [found]
                told = "none" if found is None else f"{found.start:%Y-%m-%d %H:%M:%S} at the start"
                self._log.line(f"{job.paths[0]}: clock in the picture: {told}")
        clocks = self._judged(info, job.paths, seen)
        name = reader_now.name if search_now and reader_now else None
        self._run.writer.write_clocks(info.sha256, clocks, name)

    def _judged(
        self, info: VideoInfo, paths: Sequence[str], seen: Sequence[Clock]
    ) -> tuple[JudgedClock, ...]:
        camera = camera_of(self._cameras, paths)
        now = datetime.now(UTC).replace(tzinfo=None)
        return judged([*seen, *stored_clocks(info, paths)], camera, info.duration_s, now)

    def _reader(self) -> ClockReader | None:
        """Return what reads clocks; where it is not installed, a note says so, once."""
        try:
            reader = clock_reader(
                self._registry.installed,
                lambda name: self._registry.state(self._registry.entry(name)).sha256,
            )
            why = MODELS_MISSING
        except ModelError as error:
            reader, why = None, f"burnt-in clock not read: {error}"
        if reader is None and why not in self.notes:
            self.notes.append(why)
            self._log.line(why)
        return reader


def _searched(
    info: VideoInfo, reader: ClockReader, limits: LimitSettings, others: Sequence[Clock]
) -> Clock | str | None:
    """Return the clock in the pictures, or why they could not be searched: the run outlives it."""
    try:
        return search(info, reader, limits, others)
    except AnalyzerError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001
        return f"unexpected error, {type(error).__name__}: {error}".splitlines()[0]


def judge_again(run: RecordedRun) -> None:
    """Settle anew, for every video of the case, which of its clocks counts: cameras may be new."""
    with run.case.reader() as reader:
        cameras, paths = queries.cameras(reader), reader.known_videos()
        videos = [video for video, *_ in queries.videos(reader)]
        clocks = {video.sha256: reader.clocks(video.sha256) for video in videos}
    now = datetime.now(UTC).replace(tzinfo=None)
    for video in videos:
        camera = camera_of(cameras, paths.get(video.sha256, ()))
        stored = [c.clock for c in clocks[video.sha256] if c.clock.source != "camera file"]
        again = judged(stored, camera, video.duration_s, now)
        run.writer.write_clocks(video.sha256, again)
