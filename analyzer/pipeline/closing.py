"""Closing of a video: its file is read again, its tracks are derived, its state is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer.pipeline.clocks import ClockKeeper
from analyzer.pipeline.derive import Deriver
from analyzer.pipeline.run_log import RunLog
from analyzer.pipeline.run_record import RecordedRun
from analyzer.pipeline.video_job import VideoJob
from analyzer.video.picture_series import source_sha256


@dataclass(frozen=True, slots=True, eq=False)
class VideoCloser:
    """Closes the videos of a run, and records the state of their files."""

    _run: RecordedRun
    _deriver: Deriver
    _run_log: RunLog
    _clocks: ClockKeeper

    def close(self, job: VideoJob) -> None:
        """Close a video of which no segment is waiting any more.

        Where its file has changed, what was measured in it is removed from the case.
        """
        job.sha256_after, job.source_problem = _read_again(job, self._run_log)
        if job.sha256_after not in (None, job.info.sha256):
            self._run.writer.forget_video(job.info.sha256)
            job.stored.clear()
        else:
            if job.source_problem is None:
                self._clocks.close(job)
            if job.analysed_now and job.stored:
                with self._run_log.at("deriving", job.info.path):
                    self._deriver.derive(job.info.sha256)
        self.record(job, job.paths)

    def record(self, job: VideoJob, paths: Sequence[str]) -> None:
        """Record the state of the video for those of its ``paths``."""
        sha256 = job.info.sha256
        status, reason = job.status(self._run.writer.loss_reason(sha256) if job.lost else None)
        for path in paths:
            # Only the first of several equal files was analysed, and read again after.
            after = job.sha256_after if path == job.paths[0] else None
            self._run.writer.record_file(path, sha256, status, reason, after)
            if status != "pending":
                self._run_log.closed(path, status, reason)


def _read_again(job: VideoJob, run_log: RunLog) -> tuple[str | None, str | None]:
    """Return the SHA-256 of a source after its analysis, and what is wrong with that, if anything.

    A file of which nothing was analysed in this run was hashed just now, when it was probed.
    """
    path, before = job.info.path, job.info.file_sha256
    if not job.analysed_now:
        return job.info.sha256, None
    try:
        with run_log.at("reading again", path):
            after = source_sha256(Path(path))
    except OSError as error:
        return None, (
            f"{path}: could not be read again after it was analysed ({error.strerror}), so nothing "
            "shows that it stayed the same; connect it again and run the same command"
        )
    if after == before:
        return job.info.sha256, None
    return after, (
        f"{path}: changed while it was analysed (SHA-256 {before} before, {after} after); let "
        "nothing write to it, then run the same command"
    )
