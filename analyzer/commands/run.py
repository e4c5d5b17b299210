"""Use case of `analyzer run`: footage is analysed into a case, and its report is rendered."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from analyzer.commands.policy import under_policy
from analyzer.commands.publish import publish
from analyzer.commands.reference import given_cameras, require_gallery, use_cameras, use_gallery
from analyzer.commands.summary import RunSummary, closing_table, summarise
from analyzer.config import Settings
from analyzer.models.registry import load_registry
from analyzer.pipeline import provenance
from analyzer.pipeline.admission import Admission
from analyzer.pipeline.batch import Batch
from analyzer.pipeline.clocks import ClockKeeper
from analyzer.pipeline.closing import VideoCloser
from analyzer.pipeline.derive import Deriver
from analyzer.pipeline.derive_people import derive_people, named_people
from analyzer.pipeline.executors import LOCAL, default_workers, make_executor
from analyzer.pipeline.inputs import find_files
from analyzer.pipeline.progress import ProgressListener, ProgressReporter
from analyzer.pipeline.run_log import RunLog
from analyzer.pipeline.run_record import RecordedRun
from analyzer.store.case import Case


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What `analyzer run` was asked; ``workers`` None is one per core.

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
    cameras = given_cameras(request.cameras)
    files = find_files(request.inputs, request.case)
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
        with RunLog(case.folder, run.run_id, request.command, files) as run_log:
            with run:
                people = use_gallery(run, request.gallery, settings)
                use_cameras(run, cameras)
                deriver = Deriver(case, settings, people, run)
                clocks = ClockKeeper(run, settings.limits, load_registry(), run_log, request.fresh)
                batch = _batch(request, settings, run, deriver, clocks, run_log, listener)
                batch.analyse(files, executor)
                run_log.state("deriving")
                deriver.derive_stale()
                named = derive_people(case, settings, run.embedder, unknowns_before)
                notes += (*named, *clocks.notes)
                analysed_s = run_log.progress.analysed_s
                run.log(
                    "analysed",
                    {"files": len(files), "seconds": round(analysed_s, 3), "notes": list(notes)},
                )
            videos = summarise(case.folder, [str(path) for path in files])
            for line in closing_table(videos):
                run_log.line(line)
            run_log.state("ended")
        report = publish(case, settings.report, sources=batch.unchanged_sources)
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
    admission = Admission(
        settings, run, closer, run_log, clocks, fresh=request.fresh, retry=request.retry
    )
    reporter = ProgressReporter(listener, run_log, admission.jobs)
    return Batch(run, admission, closer, reporter)
