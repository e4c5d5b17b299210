"""Batch analysis: the segments of many files go to an executor, their outcomes into the case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer.pipeline.admission import Admission
from analyzer.pipeline.closing import VideoCloser
from analyzer.pipeline.executors import Executor
from analyzer.pipeline.inputs import Inputs
from analyzer.pipeline.progress import ProgressReporter
from analyzer.pipeline.run_record import RecordedRun
from analyzer.pipeline.tasks import SegmentOutcome, SegmentTask
from analyzer.pipeline.video_job import VideoJob
from analyzer.video.source_file import Source


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Analyses files that are not in the case yet; the only writer of the case meanwhile."""

    _run: RecordedRun
    _admission: Admission
    _closer: VideoCloser
    _reporter: ProgressReporter

    @property
    def unchanged_sources(self) -> dict[str, Source]:
        """The recordings whose file was the same before and after, by SHA-256."""
        jobs = self._admission.jobs
        return {sha256: job.source for sha256, job in jobs.items() if job.sha256_after == sha256}

    @property
    def names(self) -> list[str]:
        """What was recorded in this run: files, and further video streams of them."""
        return self._admission.names

    def analyse(self, inputs: Inputs, executor: Executor) -> None:
        """Analyse every segment of ``inputs`` that is not in the case yet, and store its rows."""
        for each in inputs.refused:
            self._admission.refuse(each.path, each.reason)
        for outcome in executor.run(self.tasks(inputs.files), self._reporter.advanced):
            self.take(outcome)

    def is_waiting(self, sha256: str) -> bool:
        """Whether a part of the file with that SHA-256, of any of its streams, waits."""
        return any(job.waiting for job in self._jobs_of(sha256).values())

    def forget(self, sha256: str) -> None:
        """Forget a file whose videos are closed: a batch that goes on for days holds few."""
        for key in self._jobs_of(sha256):
            del self._admission.jobs[key]
        self._admission.names.clear()

    def _jobs_of(self, sha256: str) -> dict[str, VideoJob]:
        jobs = self._admission.jobs.items()
        return {key: job for key, job in jobs if key.partition("#")[0] == sha256}

    def tasks(self, files: Sequence[Path]) -> Iterator[SegmentTask]:
        """Yield what is to be analysed; a file is opened when there is room for its segments."""
        for path in files:
            yield from self._admission.tasks(path)

    def take(self, outcome: SegmentOutcome) -> None:
        """Store one outcome; when it was the last of its video, close the video."""
        task = outcome.task
        job = self._admission.jobs[task.info.sha256]
        job.waiting.discard(task.span.index)
        result = outcome.lasting
        if result is None:
            job.interrupted.append(outcome.reason or "interrupted")
        else:
            run = self._run
            made = job.raw_hash(run.raw_hash_of(job.settings))
            run.writer.write_segment(result, made, run.embedder, run.look_model)
            job.stored[result.span.index] = result.state
        self._reporter.ended(outcome)
        if not job.waiting:
            self._closer.close(job)
