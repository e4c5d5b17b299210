"""Run a batch: analyse what is not done yet, derive, report. The only writer of the case."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from analyzer.commands.policy import under_policy
from analyzer.commands.publish import publish
from analyzer.commands.summary import RunSummary, closing_table, summarise
from analyzer.config import LimitSettings, Settings, overlay_settings
from analyzer.errors import VideoError
from analyzer.hashing import sha256_file
from analyzer.models.registry import load_registry
from analyzer.pipeline import provenance
from analyzer.pipeline.derive import Deriver
from analyzer.pipeline.executors import LOCAL, Executor, default_workers, make_executor
from analyzer.pipeline.inference import limit_threads
from analyzer.pipeline.inputs import find_files
from analyzer.pipeline.people import known_people
from analyzer.pipeline.progress import AtWork, Progress, ProgressListener
from analyzer.pipeline.run_log import RunLog
from analyzer.pipeline.run_record import RecordedRun, last_run
from analyzer.pipeline.tasks import Advance, Outcome, SegmentTask
from analyzer.pipeline.unknowns import derive_people, named_people
from analyzer.store.case import Case
from analyzer.store.records import FileStatus
from analyzer.types import Gap, SegmentResult, SegmentSpan, SegmentState, VideoInfo
from analyzer.video.cameras import Camera, read_cameras
from analyzer.video.probe import probe
from analyzer.video.segments import plan_segments
from analyzer.video.source_file import Source, stamp
from analyzer.video.wall_clock import wall_clock_start


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What `analyzer run` was asked; ``workers`` None is one a core.

    ``fresh`` analyses everything again, ``retry`` the parts that could not be analysed before.
    """

    inputs: tuple[str, ...]
    case: Path
    gallery: Path | None
    settings: Settings
    workers: int | None
    fresh: bool
    command: str
    executor: str = LOCAL
    retry: bool = False
    cameras: Path | None = None


def run_batch(request: RunRequest, listener: ProgressListener) -> RunSummary:
    """Analyse every input into the case, derive, and render the report.

    What was analysed before with the same settings and models is not analysed again. A file that
    cannot be analysed is recorded with its reason and the rest goes on. Raises UsageError,
    GalleryError, ModelError or CaseError before anything is analysed, and KeyboardInterrupt as it
    comes, with everything finished so far in the case.
    """
    begun = time.monotonic()
    cameras = _cameras(request.cameras)
    files = find_files(request.inputs, request.case)
    executor = make_executor(
        request.executor, request.workers or default_workers(), request.settings.work
    )
    with Case.open(request.case, create=True) as case:
        settings, notes = under_policy(case, request.settings, request.gallery)
        request = replace(request, settings=settings)
        models = provenance.model_records(settings, load_registry())
        before = named_people(case)
        run = RecordedRun(case, request.command, settings, models)
        with RunLog(case.folder, run.run_id, request.command, files) as run_log:
            with run:
                people = known_people(run, request.gallery, settings)
                run.writer.use_gallery(people.fingerprint)
                _use_cameras(run, cameras)
                deriver = Deriver(case, settings, people, run)
                batch = _Batch(request, run, deriver, listener, run_log, files)
                batch.run(executor)
                run_log.state("deriving")
                deriver.derive_stale()
                notes += derive_people(case, settings, run.embedder, before)
                analysed_s = run_log.standing.analysed_s
                done = {"files": len(files), "seconds": round(analysed_s, 3)}
                run.log("analysed", done | {"notes": list(notes)})
            run_log.state("rendering the report")
            videos = summarise(case.folder, [str(path) for path in files])
            for line in closing_table(videos):
                run_log.line(line)
            run_log.line("ended")
        report = publish(case, settings.report, sources=batch.sources)
    return RunSummary(
        case=str(request.case),
        run_id=run.run_id,
        videos=videos,
        notes=notes,
        gallery_notes=people.notes,
        processed_s=analysed_s,
        wall_s=time.monotonic() - begun,
        report=str(report),
    )


def derive_case(
    folder: Path,
    gallery: Path | None,
    config: Path | None,
    command: str,
    cameras: Path | None = None,
) -> RunSummary:
    """Derive every video of a case again and render its report; no video is analysed.

    Settings are those of the last run, overlaid by ``config``; gallery and cameras are those in
    the case unless others are given. Raises CaseError, ConfigError or GalleryError with nothing
    changed.
    """
    begun = time.monotonic()
    known_cameras = _cameras(cameras)
    limit_threads(1)
    with Case.open(folder, create=False) as case:
        with case.reader() as reader:
            last = last_run(reader)
        settings, notes = under_policy(case, overlay_settings(last.settings, config), gallery)
        before = named_people(case)
        with RecordedRun(case, command, settings, last.models, last.raw_hash) as run:
            people = known_people(run, gallery, settings)
            run.writer.use_gallery(people.fingerprint)
            _use_cameras(run, known_cameras)
            Deriver(case, settings, people, run).derive_stale()
            notes += derive_people(case, settings, run.embedder, before)
            run.log("derived", {"gallery": people.fingerprint, "notes": list(notes)})
        report = publish(case, settings.report)
        videos = summarise(case.folder, None)
    return RunSummary(
        case=str(folder),
        run_id=run.run_id,
        videos=videos,
        notes=notes,
        gallery_notes=people.notes,
        processed_s=0.0,
        wall_s=time.monotonic() - begun,
        report=str(report),
    )


def _cameras(path: Path | None) -> tuple[Camera, ...]:
    return () if path is None else read_cameras(path)


def _use_cameras(run: RecordedRun, cameras: tuple[Camera, ...]) -> None:
    """Write the cameras that were given, if any; those in the case stay otherwise."""
    if cameras:
        run.writer.write_cameras(cameras)


@dataclass(slots=True)
class _Work:
    """One video of this run: the paths it was found under and the segments still to come.

    ``begun`` says that some of it was analysed in this run; ``after`` is the SHA-256 of the file,
    read again when all was through, and ``spoilt`` why what was measured cannot be relied on.
    """

    source: Source
    number: int
    paths: list[str]
    waiting: set[int] = field(default_factory=set)
    states: dict[int, SegmentState] = field(default_factory=dict)
    interrupted: list[str] = field(default_factory=list)
    begun: bool = False
    after: str | None = None
    spoilt: str | None = None

    @property
    def info(self) -> VideoInfo:
        """What probing told of the video."""
        return self.source.info

    @property
    def spans(self) -> int:
        """The number of segments of the whole video."""
        return len(self.waiting) + len(self.states) + len(self.interrupted)


class _Batch:
    """Feeds segments to an executor and writes what comes back."""

    def __init__(
        self,
        request: RunRequest,
        run: RecordedRun,
        deriver: Deriver,
        listener: ProgressListener,
        run_log: RunLog,
        files: list[Path],
    ) -> None:
        self._request = request
        self._run = run
        self._writer = run.writer
        self._deriver = deriver
        self._watcher = listener
        self._run_log = run_log
        self._files = files
        self._works: dict[str, _Work] = {}
        self._advances: dict[tuple[str, int], Advance] = {}
        self._written = 0
        self._begun = time.monotonic()

    @property
    def sources(self) -> dict[str, Source]:
        """The recordings that were the same before and after, by SHA-256."""
        return {sha256: w.source for sha256, w in self._works.items() if w.after == sha256}

    def run(self, executor: Executor) -> None:
        """Analyse every segment that is not in the case yet."""
        for outcome in executor.run(self._tasks(), self._advance):
            self._take(outcome)

    def _tasks(self) -> Iterator[SegmentTask]:
        """Probe file after file as there is room for work, and yield what is to be analysed."""
        for number, path in enumerate(self._files, start=1):
            work = self._admit(number, path)
            if work is None:
                continue
            for span in self._plan(work):
                yield SegmentTask(str(path), work.info, span, self._request.settings)

    def _admit(self, number: int, path: Path) -> _Work | None:
        """Probe ``path`` and record it; None when there is nothing to do for it."""
        source = _probed(path, self._request.settings.limits)
        if isinstance(source, str):
            self._writer.record_file(str(path), None, "failed", source)
            self._run_log.refused(path, source)
            return None
        info = source.info
        known = self._works.get(info.sha256)
        if known is not None:
            known.paths.append(str(path))
            self._run_log.skipped(path)
            self._record(known, [str(path)])
            return None
        wall = wall_clock_start(info, path.name)
        start = wall.start.isoformat() if wall else None
        self._writer.record_video(info, start, wall.source if wall else None)
        work = _Work(source, number, [str(path)])
        self._works[info.sha256] = work
        self._writer.record_file(str(path), info.sha256, "pending")
        return work

    def _plan(self, work: _Work) -> list[SegmentSpan]:
        """Return the segments of ``work`` that are not in the case yet; finish it if none is."""
        sampling, sha256 = self._request.settings.sampling, work.info.sha256
        spans = plan_segments(work.info, sampling.segment_s, sampling.overlap_s)
        if not self._request.fresh:
            work.states = self._writer.segments_done(sha256, self._run.raw_hash)
        if self._request.retry:
            work.states = {n: state for n, state in work.states.items() if state == "analysed"}
        if not work.states:
            self._writer.forget_video(sha256)
        work.waiting = {span.index for span in spans} - work.states.keys()
        work.begun = bool(work.waiting)
        todo = [span for span in spans if span.index in work.waiting]
        planned_s = sum(_seconds(work.info, span) for span in todo)
        self._run_log.opened(
            Path(work.paths[0]), work.info.duration_s, planned_s, len(work.waiting)
        )
        if not work.waiting:
            self._finish(work)
        return todo

    def _take(self, outcome: Outcome) -> None:
        """Write one outcome; when it was the last of its video, derive and close the video."""
        task = outcome.task
        work = self._works[task.info.sha256]
        work.waiting.discard(task.span.index)
        result = outcome.result or _lost(outcome)
        if result is None:
            work.interrupted.append(outcome.reason or "interrupted")
        else:
            self._writer.write_segment(result, self._run.raw_hash, self._run.embedder)
            work.states[result.span.index] = result.state
        seconds = _seconds(task.info, task.span)
        self._run_log.segment(task.path, task.span.index, seconds, outcome.reason)
        self._advances.pop(task.key, None)
        self._written += 1
        self._tell(work)
        if not work.waiting:
            self._finish(work)

    def _finish(self, work: _Work) -> None:
        """Read the source again, derive, and say what became of the video."""
        work.after, work.spoilt = _read_again(work)
        if work.after not in (None, work.info.sha256):
            self._writer.forget_video(work.info.sha256)
            work.states.clear()
        elif work.begun and work.states:
            self._deriver.derive(work.info.sha256)
        self._record(work, work.paths)

    def _record(self, work: _Work, paths: list[str]) -> None:
        """Say of ``paths`` of ``work`` what became of them, from what the case holds of it."""
        status, reason = self._standing(work)
        for path in paths:
            # Only the first of several equal files was analysed, and read again after.
            after = work.after if path == work.paths[0] else None
            self._writer.record_file(path, work.info.sha256, status, reason, after)
            if status != "pending":
                self._run_log.closed(path, status, reason)

    def _standing(self, work: _Work) -> tuple[FileStatus, str | None]:
        """Return whether a video is done, and what is missing of it.

        Parts that do not decode are gaps of a video that is done otherwise; parts that may yet be
        analysed, now or with another machine, make it failed.
        """
        if work.waiting:
            return "pending", None
        if work.spoilt and not work.interrupted:
            return "failed", work.spoilt
        lost = [state for state in work.states.values() if state != "analysed"]
        if not lost and not work.interrupted:
            return "done", None
        reason = work.interrupted[0] if not lost else self._writer.loss_reason(work.info.sha256)
        missing = len(lost) + len(work.interrupted)
        if missing < work.spans:
            reason = f"{reason} ({missing} of {work.spans} parts of the file)"
        done = missing < work.spans and not work.interrupted and "given up" not in lost
        return "done" if done else "failed", reason

    def _advance(self, advance: Advance) -> None:
        """Take note of how far a worker is, and tell."""
        self._advances[advance.task.key] = advance
        self._tell(self._works[advance.task.info.sha256])

    def _tell(self, work: _Work) -> None:
        spent = time.monotonic() - self._begun
        standing = self._run_log.standing
        begun = [(advance, _share(advance)) for advance in self._advances.values()]
        analysed_s = standing.analysed_s + sum(
            share * _seconds(advance.task.info, advance.task.span) for advance, share in begun
        )
        workers = [self._at_work(advance, share) for advance, share in begun]
        self._watcher.update(
            Progress(
                file_number=work.number,
                files=len(self._files),
                written=self._written,
                planned_s=standing.planned_s + standing.unopened_s,
                analysed_s=analysed_s,
                times_real_time=analysed_s / spent if spent > 0 else 0.0,
                workers=tuple(sorted(workers, key=lambda worker: worker.worker)),
            )
        )

    def _at_work(self, advance: Advance, share: float) -> AtWork:
        task = advance.task
        return AtWork(
            worker=advance.worker,
            file_name=Path(task.path).name,
            segment=task.span.index + 1,
            segments=self._works[task.info.sha256].spans,
            done=share,
        )


def _seconds(info: VideoInfo, span: SegmentSpan) -> float:
    """Return how many seconds of video ``span`` adds, without its lead."""
    return float((min(span.end_pts, info.end_pts) - span.start_pts) * info.time_base)


def _share(advance: Advance) -> float:
    """Return the share of its segment that a worker has behind it, 0 to 1."""
    info, span = advance.task.info, advance.task.span
    seconds = _seconds(info, span)
    past = advance.t - info.clock.moment(span.start_pts).t
    return min(max(past / seconds, 0.0), 1.0) if seconds > 0 else 0.0


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


def _read_again(work: _Work) -> tuple[str | None, str | None]:
    """Return the SHA-256 of a source after its analysis, and what is wrong with that, if anything.

    A file of which nothing was analysed in this run was hashed just now, when it was probed.
    """
    path, before = work.paths[0], work.info.sha256
    if not work.begun:
        return before, None
    try:
        after = sha256_file(Path(path))
    except OSError as error:
        return None, (
            f"{path}: could not be read again after it was analysed ({error.strerror}), so nothing "
            "shows that it stayed the same; connect it again and run the same command"
        )
    if after == before:
        return after, None
    return after, (
        f"{path}: changed while it was analysed (SHA-256 {before} before, {after} after); let "
        "nothing write to it, then run the same command"
    )


def _lost(outcome: Outcome) -> SegmentResult | None:
    """Return an empty result whose whole span is a gap with the outcome's reason.

    None where the same may succeed the next time, so that nothing is to be remembered.
    """
    if outcome.failure is None or outcome.failure == "interrupted":
        return None
    info, span = outcome.task.info, outcome.task.span
    t_start, t_end = (info.clock.moment(pts).t for pts in (span.start_pts, span.end_pts))
    gap = Gap(t_start, min(t_end, info.duration_s), outcome.reason or "could not be analysed")
    return SegmentResult(info.sha256, span, (), 0, 0, 0, (gap,), outcome.failure)
