"""Use case of `analyzer run`: footage is analysed into a case, and its report is rendered."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from analyzer.commands.policy import under_policy
from analyzer.commands.publish import publish
from analyzer.commands.reference import given_cameras, require_gallery, use_cameras, use_gallery
from analyzer.commands.summary import RunSummary, closing_table, seen_in, summarise, unread
from analyzer.config import Settings
from analyzer.file_names import escaped
from analyzer.models.registry import load_registry
from analyzer.pipeline import provenance
from analyzer.pipeline.admission import Admission, probed_streams
from analyzer.pipeline.batch import Batch
from analyzer.pipeline.clocks import ClockKeeper
from analyzer.pipeline.closing import VideoCloser
from analyzer.pipeline.derive import Deriver
from analyzer.pipeline.derive_people import Named, derive_people, named_people
from analyzer.pipeline.executors import LOCAL, default_workers, make_executor
from analyzer.pipeline.inputs import Inputs, find_inputs
from analyzer.pipeline.progress import ProgressListener, ProgressReporter
from analyzer.pipeline.run_log import RunLog
from analyzer.pipeline.run_record import RecordedRun
from analyzer.store import report_queries as queries
from analyzer.store.case import Case
from analyzer.store.connect import is_case
from analyzer.video.source_file import is_readable


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What `analyzer run` was asked; ``workers`` None is one per core.

    ``fresh`` analyses everything again, ``retry`` the parts that could not be analysed before.
    ``timelapse_s`` is the time between the numbered pictures of a folder that are one recording.
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
    timelapse_s: float | None = None


def run_batch(request: RunRequest, listener: ProgressListener) -> RunSummary:
    """Analyse every input into the case, derive, and render the report.

    What was analysed before with the same settings and models is not analysed again. A file that
    cannot be analysed is recorded with its reason and the rest goes on. Where no input can be read,
    as after a typing error, no new case is made. Raises UsageError,
    GalleryError, ModelError or CaseError before anything is analysed, and KeyboardInterrupt as it
    comes, with everything finished so far in the case.
    """
    begun = time.monotonic()
    cameras = given_cameras(request.cameras)
    inputs = find_inputs(request.inputs, request.case, request.gallery, request.timelapse_s)
    if not is_case(request.case) and not any(is_readable(path) for path in inputs.files):
        return _nothing_to_read(request, inputs)
    executor = make_executor(
        request.executor, request.workers or default_workers(), request.settings.work
    )
    require_gallery(request.gallery)
    provenance.model_records(request.settings, load_registry())  # a new case only if all is there
    with Case.open(request.case, create=True) as case:
        settings, notes = under_policy(case, request.settings, request.gallery)
        models = provenance.model_records(settings, load_registry())
        unknowns_before = named_people(case)
        run = RecordedRun(case, request.command, settings, models)
        with RunLog(case.folder, run.run_id, request.command, inputs.all) as run_log:
            with run:
                people = use_gallery(run, request.gallery, settings)
                use_cameras(run, cameras)
                tell_passed_over(run, run_log, inputs)
                deriver = Deriver(case, settings, people, run)
                clocks = ClockKeeper(run, settings.limits, load_registry(), run_log, request.fresh)
                batch = _batch(request, settings, run, deriver, clocks, run_log, listener)
                batch.analyse(inputs, executor)
                again, found = _derive(run, deriver, run_log, settings, unknowns_before)
                notes += (*found, *clocks.notes)
                _log_analysed(run, len(inputs.all), run_log.progress.analysed_s, notes)
            videos = summarise(case.folder, batch.names)
            people_in_case, events = seen_in(case.folder)
            run_log.end(closing_table(videos))
        report = publish(
            case, settings.report, None, batch.unchanged_sources, run_log.step, request.workers
        )
        run_log.step("")
    return RunSummary(
        case=str(request.case),
        run_id=run.run_id,
        videos=videos,
        passed_over=inputs.passed_over,
        notes=notes,
        gallery_notes=people.notes,
        processed_s=run_log.progress.analysed_s,
        wall_s=time.monotonic() - begun,
        report=str(report),
        people=people_in_case,
        events=events,
        derived_again=again,
        gallery_of_nobody=request.gallery is not None and people.all_aside,
    )


def _derive(
    run: RecordedRun, deriver: Deriver, run_log: RunLog, settings: Settings, unknowns_before: Named
) -> tuple[int, tuple[str, ...]]:
    """Derive what is stale; return how many videos that were, and what must be known of people."""
    run_log.state("deriving")
    again = deriver.derive_stale(lambda done, total: run_log.step("deriving", "", done, total))
    run_log.step("deriving people")
    notes = derive_people(run.case, settings, run.embedder, unknowns_before)
    run_log.step("")
    return again, notes


def _nothing_to_read(request: RunRequest, inputs: Inputs) -> RunSummary:
    """Return the summary of a run that made no case, since no file of ``inputs`` can be read."""
    streams = (probed_streams(path, request.settings.limits)[1] for path in inputs.files)
    found = dict(zip(map(str, inputs.files), streams, strict=True))
    reasons = {path: one for path, one in found.items() if isinstance(one, str)}
    reasons |= {each.path: each.reason for each in inputs.refused}
    return RunSummary(
        case=str(request.case),
        run_id=None,
        videos=tuple(unread(escaped(path), why) for path, why in reasons.items()),
        passed_over=inputs.passed_over,
        notes=(),
        gallery_notes=(),
        processed_s=0.0,
        wall_s=0.0,
        report=None,
    )


def _log_analysed(run: RecordedRun, files: int, seconds: float, notes: tuple[str, ...]) -> None:
    run.log("analysed", {"files": files, "seconds": round(seconds, 3), "notes": list(notes)})


def tell_passed_over(run: RecordedRun, run_log: RunLog, inputs: Inputs) -> None:
    """Record what was not taken as an input, in the case and in the log of the run."""
    run.writer.record_passed_over(inputs.passed_over, map(str, inputs.files))
    for each in inputs.passed_over:
        run_log.line(f"passed over: {each.path} {each.reason}")


def _batch(
    request: RunRequest,
    settings: Settings,
    run: RecordedRun,
    deriver: Deriver,
    clocks: ClockKeeper,
    run_log: RunLog,
    listener: ProgressListener,
) -> Batch:
    closer = VideoCloser(run, deriver, run_log, clocks)
    with run.case.reader() as reader:
        cameras = queries.cameras(reader)
    admission = Admission(
        settings, run, closer, run_log, clocks, request.fresh, request.retry, cameras=cameras
    )
    reporter = ProgressReporter(listener, run_log, admission.jobs)
    return Batch(run, admission, closer, reporter)
