"""Use case of `analyzer watch`: live sources are recorded into a case and analysed meanwhile."""

from __future__ import annotations

import os
import statistics
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from analyzer.alerts.channels import channels_of
from analyzer.alerts.delivery import deliver_due
from analyzer.commands.policy import under_policy
from analyzer.commands.reference import require_gallery, use_cameras, use_gallery
from analyzer.config import Settings
from analyzer.custody.manifest import write_manifest
from analyzer.errors import UsageError
from analyzer.live.analysis import NICENESS, Analysed, AnalysisQueue
from analyzer.live.sources import AskPassword, Watched, forget_passwords, watched
from analyzer.live.watch import Stop, Watch, WatchEvents
from analyzer.models.registry import load_registry
from analyzer.pipeline import provenance
from analyzer.pipeline.admission import Admission
from analyzer.pipeline.batch import Batch
from analyzer.pipeline.clocks import ClockKeeper
from analyzer.pipeline.closing import VideoCloser
from analyzer.pipeline.derive import Deriver
from analyzer.pipeline.derive_people import derive_people, named_people
from analyzer.pipeline.executors import default_workers
from analyzer.pipeline.executors.local import WorkerPool
from analyzer.pipeline.inference import limit_threads
from analyzer.pipeline.progress import Progress, ProgressReporter
from analyzer.pipeline.run_log import RunLog
from analyzer.pipeline.run_record import RecordedRun
from analyzer.store import report_queries as queries
from analyzer.store.case import Case
from analyzer.store.recordings import events_in

_PEOPLE_SHARE: Final = 20.0
"""People of the whole case are derived again after so many times the time that took last."""
_PEOPLE_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class WatchRequest:
    """What `analyzer watch` was asked; ``workers`` None is one per core, ``for_s`` None for ever.

    ``sources`` are addresses, devices, folders, or names of cameras in the file ``cameras``.
    """

    sources: tuple[str, ...]
    case: Path
    gallery: Path | None
    cameras: Path | None
    settings: Settings
    workers: int | None
    command: str
    for_s: float | None = None


@dataclass(slots=True)
class WatchSummary:
    """What came of it: recordings that were analysed and that failed, and those that wait."""

    case: str
    run_id: str
    analysed: int = 0
    failed: int = 0
    waiting: int = 0
    notes: tuple[str, ...] = ()
    _latencies: deque[float] = field(default_factory=lambda: deque(maxlen=1000))

    @property
    def median_latency_s(self) -> float | None:
        """Median time from the end of the newest recordings to their rows, seconds."""
        return round(statistics.median(self._latencies), 1) if self._latencies else None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        named = ("case", "run_id", "analysed", "failed", "waiting", "median_latency_s", "notes")
        return {name: getattr(self, name) for name in named}

    def add(self, done: Analysed) -> None:
        """Count one recording."""
        if done.recording.state == "failed":
            self.failed += 1
            return
        self.analysed += 1
        self._latencies.append(done.latency_s)


def watch_sources(
    request: WatchRequest,
    stop: Stop,
    tell: Callable[[str], None],
    ask: AskPassword | None = None,
) -> WatchSummary:
    """Record the sources into the case and analyse the recordings until ``stop`` says so.

    What was recorded before and not analysed yet is analysed too. ``tell`` gets lines for a person,
    ``ask`` asks for a password. Raises UsageError, ConfigError, GalleryError, ModelError or
    CaseError before anything is recorded, CaseError where the case cannot be written any more.
    """
    plan = watched(request.sources, request.cameras, os.environ, ask)
    forget_passwords()
    _require_apart(plan, request.case)
    require_gallery(request.gallery)
    limit_threads(1)
    provenance.model_records(request.settings, load_registry())
    with Case.open(request.case, create=True) as case:
        case.folder = case.folder.absolute()
        settings, notes = under_policy(case, request.settings, request.gallery)
        models = provenance.model_records(settings, load_registry())
        run = RecordedRun(case, request.command, settings, models)
        summary = WatchSummary(str(request.case), run.run_id)
        with RunLog(case.folder, run.run_id, request.command, ()) as run_log, run:
            session = _Session(request, run, run_log, settings, tell, summary)
            session.watch(plan, stop)
            session.people.derive()
            summary.notes = notes + session.notes
            run.log("watched", {"analysed": summary.analysed, "failed": summary.failed})
            run_log.end(())
        write_manifest(case)
    return summary


def _require_apart(plan: Watched, case: Path) -> None:
    own = Path(os.path.realpath(case))
    for source in plan.sources:
        if source.kind == "folder":
            folder = Path(os.path.realpath(source.url))
            if folder == own or folder in own.parents or own in folder.parents:
                raise UsageError(
                    f"{case}: this case and the watched folder {source.url} lie in each other; "
                    "choose a --case outside of it"
                )


class _Silent:
    """Listener that leaves progress to the log: watching has lines of its own."""

    def update(self, _progress: Progress) -> None:
        """Show nothing."""


@dataclass(slots=True, eq=False)
class _People:
    """People of the whole case, derived anew now and then: it takes longer the more there are."""

    run: RecordedRun
    settings: Settings
    _due: float = 0.0
    _stale: bool = True

    def changed(self) -> None:
        """Take note that a video has changed, and derive where it is time to."""
        self._stale = True
        if time.monotonic() >= self._due:
            self.derive()

    def derive(self) -> None:
        """Derive, if anything has changed."""
        if not self._stale:
            return
        begun = time.monotonic()
        before = named_people(self.run.case)
        derive_people(self.run.case, self.settings, self.run.embedder, before)
        took = time.monotonic() - begun
        self._due = time.monotonic() + max(_PEOPLE_S, _PEOPLE_SHARE * took)
        self._stale = False


class _Session:
    """One run of watching: what analyses, and what is told."""

    def __init__(
        self,
        request: WatchRequest,
        run: RecordedRun,
        run_log: RunLog,
        settings: Settings,
        tell: Callable[[str], None],
        summary: WatchSummary,
    ) -> None:
        self._request = request
        self._run = run
        self._run_log = run_log
        self._settings = settings
        self._tell = tell
        self._summary = summary
        self._channels = channels_of(settings.alerts, os.environ)
        self.people = _People(run, settings)
        self.notes: tuple[str, ...] = ()

    def watch(self, plan: Watched, stop: Stop) -> None:
        """Record and analyse until ``stop`` says so."""
        run, request = self._run, self._request
        known = use_gallery(run, request.gallery, self._settings)
        use_cameras(run, self._cameras(plan))
        clocks = ClockKeeper(run, self._settings.limits, load_registry(), self._run_log)
        batch = self._batch(Deriver(run.case, self._settings, known, run), clocks)
        workers = request.workers or default_workers()
        with closing(WorkerPool(workers, self._settings.work.recycle, NICENESS)) as pool:
            queue = AnalysisQueue(run.case, batch, pool)
            events = WatchEvents(self._line, self._done, self._deliver)
            watch = Watch(
                run.case, plan.sources, self._settings.watch, queue, events, stop, request.for_s
            )
            watch.run()
            self._summary.waiting = len(queue)
        self.notes = (*known.notes, *clocks.notes)

    def _cameras(self, plan: Watched) -> Sequence[Any]:
        """Return the cameras of the case with those of ``plan`` laid over them, by name."""
        with self._run.case.reader() as reader:
            known = {camera.name: camera for camera in queries.cameras(reader)}
        given = self._request.cameras is not None
        for camera in plan.cameras:
            before = known.get(camera.name)
            if before is not None and not given:
                camera = replace(before, url=camera.url)
            known[camera.name] = camera
        return tuple(known.values())

    def _batch(self, deriver: Deriver, clocks: ClockKeeper) -> Batch:
        run, run_log = self._run, self._run_log
        closer = VideoCloser(run, deriver, run_log, clocks)
        with run.case.reader() as reader:
            cameras = queries.cameras(reader)
        admission = Admission(
            self._settings, run, closer, run_log, clocks, fresh=False, retry=False, cameras=cameras
        )
        return Batch(run, admission, closer, ProgressReporter(_Silent(), run_log, admission.jobs))

    def _line(self, text: str) -> None:
        self._run_log.line(text)
        self._tell(text)

    def _deliver(self) -> None:
        """Send the messages that are due, those held back or tried before included."""
        report = deliver_due(self._run.case, self._settings.alerts, self._channels)
        for note in report.notes:
            self._line(note)

    def _done(self, analysed: Analysed) -> None:
        self._summary.add(analysed)
        recording = analysed.recording
        self._deliver()
        self.people.changed()
        if recording.state == "failed":
            self._line(f"{recording.camera}: {recording.reason}")
            return
        with self._run.case.reader() as reader:
            found = events_in(reader, recording.sha256)
        told = "".join(f", {count} × {kind}" for kind, count in found.items())
        self._line(
            f"{recording.camera}: {recording.arrival_begin[11:19]} to "
            f"{recording.arrival_end[11:19]} UTC analysed {analysed.latency_s:.0f} s after its "
            f"end{told}"
        )
