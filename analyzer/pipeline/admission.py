"""Admission of files to a run: probing, recording, and the plan of the segments to analyse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from analyzer.config import LimitSettings, Settings
from analyzer.errors import VideoError
from analyzer.pipeline.clocks import ClockKeeper
from analyzer.pipeline.closing import VideoCloser
from analyzer.pipeline.run_log import RunLog
from analyzer.pipeline.run_record import RecordedRun
from analyzer.pipeline.tasks import SegmentTask
from analyzer.pipeline.video_job import VideoJob
from analyzer.video.cameras import Camera, camera_of, rotation_of, settings_of
from analyzer.video.probe import probe
from analyzer.video.segments import plan_segments
from analyzer.video.source_file import Source, recording_name, stamp
from analyzer.video.turning import turned


@dataclass(frozen=True, slots=True, eq=False)
class Admission:
    """Takes in the files of a run one after the other; ``jobs`` are its recordings by id.

    ``names`` are those of all that was recorded, in the order of the files.

    ``fresh`` plans every segment again, ``retry`` those that could not be analysed before.
    """

    _settings: Settings
    _run: RecordedRun
    _closer: VideoCloser
    _run_log: RunLog
    _clocks: ClockKeeper
    fresh: bool
    retry: bool
    cameras: tuple[Camera, ...] = ()
    jobs: dict[str, VideoJob] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)

    def tasks(self, path: Path) -> Sequence[SegmentTask]:
        """Probe the file and return what is to be analysed of it.

        Each of its video streams is a recording of its own. A file that is no readable video is
        recorded as failed. A video that was given before under another path is recorded under both.
        One that is in the case already is closed at once.
        """
        with self._run_log.at("reading", str(path)):
            sources = probed_streams(path, self._settings.limits)
        tasks: list[SegmentTask] = []
        for stream, source in sources.items():
            name = recording_name(path, stream)
            if isinstance(source, str):
                self.refuse(name, source)
            else:
                tasks += self._tasks_of(source, name)
        return tasks

    def _tasks_of(self, source: Source, name: str) -> Sequence[SegmentTask]:
        self.names.append(name)
        job = self.jobs.get(source.info.sha256)
        if job is not None:
            job.paths.append(name)
            self._run_log.skipped(name)
            self._closer.record(job, [name])
            return ()
        job = self._new_job(source, name)
        tasks = self._plan(job)
        if not job.waiting:
            self._closer.close(job)
        return tasks

    def refuse(self, name: str, reason: str) -> None:
        """Record a file, a stream or a folder of which nothing can be analysed."""
        self.names.append(name)
        self._run.writer.record_file(name, None, "failed", reason)
        self._run_log.refused(name, reason)

    def _new_job(self, source: Source, name: str) -> VideoJob:
        camera = camera_of(self.cameras, [name])
        info = turned(source.info, rotation_of(self.cameras, name))
        source = replace(source, info=info)
        self._clocks.admit(info, name)
        settings = settings_of(camera, self._settings)
        job = self.jobs[info.sha256] = VideoJob(source, [name], settings)
        self._run.writer.record_file(name, info.sha256, "pending")
        made = job.raw_hash(self._run.raw_hash_of(settings))
        self._run.record_settings(info.sha256, camera, settings, made)
        return job

    def _plan(self, job: VideoJob) -> Sequence[SegmentTask]:
        """Return the segments of the video that are not in the case yet."""
        info, path, settings = job.info, job.paths[0], job.settings
        spans = plan_segments(info, settings.sampling.segment_s, settings.sampling.overlap_s)
        if not self.fresh:
            made = job.raw_hash(self._run.raw_hash_of(settings))
            job.stored = self._run.writer.segments_done(info.sha256, made)
        if self.retry:
            job.stored = {n: state for n, state in job.stored.items() if state == "analysed"}
        if not job.stored:
            self._run.writer.forget_video(info.sha256)
        tasks = [
            SegmentTask(path, info, span, settings)
            for span in spans
            if span.index not in job.stored
        ]
        job.waiting = {task.span.index for task in tasks}
        job.analysed_now = bool(tasks)
        planned_s = sum(task.seconds for task in tasks)
        self._run_log.opened(path, info.recorded_s, planned_s, len(tasks))
        return tasks


def probed_streams(path: Path, limits: LimitSettings) -> dict[int, Source | str]:
    """Return what probing tells of each video stream of ``path``, from 1, or why it tells nothing.

    Where the first cannot be read, the second is tried, for it may be another camera's.
    """
    first = _probed(path, limits, 1)
    found = {1: first}
    for stream in range(2, 3 if isinstance(first, str) else first.info.streams + 1):
        found[stream] = _probed(path, limits, stream)
    if isinstance(first, str) and isinstance(found[2], str):
        del found[2]
    return found


def _probed(path: Path, limits: LimitSettings, stream: int) -> Source | str:
    before = stamp(path)
    try:
        return Source(probe(path, limits, stream=stream), before)
    except VideoError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        return f"{path}: unexpected error ({what}); please report it with --debug"
