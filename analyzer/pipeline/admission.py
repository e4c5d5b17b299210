"""Admission of files to a run: probing, recording, and the plan of the segments to analyse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analyzer.config import LimitSettings, Settings
from analyzer.errors import VideoError
from analyzer.pipeline.clocks import ClockKeeper
from analyzer.pipeline.closing import VideoCloser
from analyzer.pipeline.run_log import RunLog
from analyzer.pipeline.run_record import RecordedRun
from analyzer.pipeline.tasks import SegmentTask
from analyzer.pipeline.video_job import VideoJob
from analyzer.video.probe import probe
from analyzer.video.segments import plan_segments
from analyzer.video.source_file import Source, stamp


@dataclass(frozen=True, slots=True, eq=False)
class Admission:
    """Takes in the files of a run one after the other; ``jobs`` are its videos by SHA-256.

    ``fresh`` plans every segment again, ``retry`` those that could not be analysed before.
    """

    _settings: Settings
    _run: RecordedRun
    _closer: VideoCloser
    _run_log: RunLog
    _clocks: ClockKeeper
    fresh: bool
    retry: bool
    jobs: dict[str, VideoJob] = field(default_factory=dict)

    def tasks(self, number: int, path: Path) -> Sequence[SegmentTask]:
        """Probe the file, the ``number``-th of the run, and return what is to be analysed of it.

        A file that is no readable video is recorded as failed. A video that was given before under
        another path is recorded under both. One that is in the case already is closed at once.
        """
        source = _probed(path, self._settings.limits)
        if isinstance(source, str):
            self._run.writer.record_file(str(path), None, "failed", source)
            self._run_log.refused(path, source)
            return ()
        job = self.jobs.get(source.info.sha256)
        if job is not None:
            job.paths.append(str(path))
            self._run_log.skipped(path)
            self._closer.record(job, [str(path)])
            return ()
        job = self._new_job(source, number, path)
        tasks = self._plan(job)
        if not job.waiting:
            self._closer.close(job)
        return tasks

    def _new_job(self, source: Source, number: int, path: Path) -> VideoJob:
        info = source.info
        self._clocks.admit(info, str(path))
        job = self.jobs[info.sha256] = VideoJob(source, number, [str(path)])
        self._run.writer.record_file(str(path), info.sha256, "pending")
        return job

    def _plan(self, job: VideoJob) -> Sequence[SegmentTask]:
        """Return the segments of the video that are not in the case yet."""
        info, path, settings = job.info, job.paths[0], self._settings
        spans = plan_segments(info, settings.sampling.segment_s, settings.sampling.overlap_s)
        if not self.fresh:
            job.stored = self._run.writer.segments_done(info.sha256, self._run.raw_hash)
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
        self._run_log.opened(Path(path), info.recorded_s, planned_s, len(tasks))
        return tasks


def _probed(path: Path, limits: LimitSettings) -> Source | str:
    """Return what probing tells of ``path``, or why it tells nothing: the batch outlives it."""
    before = stamp(path)
    try:
        return Source(probe(path, limits), before)
    except VideoError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        return f"{path}: unexpected error ({what}); please report it with --debug"
