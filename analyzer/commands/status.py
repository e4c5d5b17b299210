"""Use case of `analyzer status`: the content of a case, and the state of its newest run."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from analyzer.live.status import WatchStatus, read_status
from analyzer.pipeline.measured_with import measured_otherwise
from analyzer.pipeline.run_log import FAILED, RunProgress, read_progress
from analyzer.store import audit
from analyzer.store.alert_records import ChannelState
from analyzer.store.deliveries import channel_states, delivery_counts
from analyzer.store.errors import obstacle
from analyzer.store.lock import writer_of
from analyzer.store.measured import MeasuredWith, measured_with
from analyzer.store.overview import progress_of
from analyzer.store.places import Places
from analyzer.store.reader import CaseReader

_MOST_FAILURES = 50


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """How many videos of a camera were measured with which settings.

    ``raw_hash`` is the fingerprint of settings and models; ``settings`` are the measured ones other
    than those of the run, by section and key, and ``words`` the same in words. ``current`` is
    whether that is what the camera file asks for now.
    """

    camera: str | None
    preset: str
    raw_hash: str
    settings: dict[str, Any]
    words: str
    videos: int
    current: bool


@dataclass(frozen=True, slots=True)
class CaseStatus:
    """The state of a case. ``live`` is where its newest run stands, or stood when it ended.

    ``analysed_s`` seconds of video are in the case; ``failures`` hold path and reason. ``reason``
    says why the newest run failed, ``obstacle`` why the case cannot be written now, and
    ``watch`` is what `analyzer watch` tells of its sources, or told last.
    ``report_stale`` whether its report is older than its results. ``messages`` counts those of
    alerts by state; ``channels`` are those that fail, with reason and when they are tried again.
    """

    case: str
    running: bool
    run: dict[str, Any] | None
    files: dict[str, int]
    segments: int
    analysed_s: float
    failures: tuple[dict[str, str], ...]
    live: RunProgress | None
    reason: str | None
    obstacle: str | None
    report_stale: bool
    messages: dict[str, int] = field(default_factory=dict)
    channels: tuple[ChannelState, ...] = ()
    watch: WatchStatus | None = None
    cameras: tuple[CameraStatus, ...] = ()

    @property
    def words(self) -> str:
        """What the newest run is doing, in words."""
        if self.run is None:
            return f"{self.case}: being made now" if self.running else f"{self.case}: no run yet"
        begun = f"{self.case}: run {self.run['id']}, started {self.run['started_at'][:19]} UTC"
        if self.running:
            return f"{begun}, is working ({self.live.state if self.live else 'starting'})"
        if self.reason is not None:
            return f"{begun}, failed: {self.reason}"
        if self.run["status"] == "running":
            return f"{begun}, was killed; run the same command again to go on"
        return f"{begun}, {self.run['status']}"

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        report = asdict(self)
        live = self.live
        if live is not None:
            report["live"] |= {
                "times_real_time": round(live.times_real_time, 3),
                "remaining_s": round(live.remaining_s, 3),
                "eta_s": None if live.eta_s is None else round(live.eta_s, 1),
            }
        return report


def case_status(folder: Path) -> CaseStatus:
    """Return the state of the case at ``folder``, without waiting for or disturbing its writer.

    Raises CaseError for a folder that is not a case.
    """
    with CaseReader(folder) as reader:
        run = reader.newest_run()
        done = progress_of(reader, _MOST_FAILURES)
        reason = None if run is None else audit.reason_of_failure(reader.db, run.id)
        messages, tried = delivery_counts(reader), channel_states(reader)
        cameras = _cameras(reader)
        stale, report_is_next = audit.report_is_stale(reader.db), audit.report_is_next(reader.db)
    live = read_progress(folder)
    if run is None or live is None or live.run_id != run.id:
        live = None
    writer = writer_of(folder)
    running = writer is not None and (run is None or run.status == "running")
    blocked = obstacle(folder)
    if writer is not None and not running:
        what = "its report is being written"
        if not report_is_next:
            what = "is being written by another command"
        blocked = blocked or f"{folder}: {what} (process {writer})"
    if live is not None and not running and live.state.startswith(FAILED):
        # All that is left of a run that could not write its end into the database.
        reason = reason or live.state.removeprefix(FAILED)
    named = ("id", "command", "started_at", "ended_at", "status")
    return CaseStatus(
        case=str(folder),
        running=running,
        run=None if run is None else {key: getattr(run, key) for key in named},
        files=done.files,
        segments=done.segments,
        analysed_s=round(done.seconds, 3),
        failures=done.failures,
        live=live,
        reason=reason,
        obstacle=blocked,
        report_stale=stale and writer is None,
        watch=read_status(folder),
        messages=messages,
        channels=tuple(state for state in tried.values() if state.failures),
        cameras=cameras,
    )


def _cameras(reader: CaseReader) -> tuple[CameraStatus, ...]:
    """Return what the videos of each camera were measured with, by name."""
    otherwise, places = set(measured_otherwise(reader)), Places(reader)
    found: Counter[tuple[MeasuredWith, bool]] = Counter()
    for sha256, row in measured_with(reader).items():
        camera = places.camera(sha256)
        name = row.camera if camera is None else camera.name
        same = replace(row, video_sha256="", run_id="", camera=name)
        found[same, sha256 not in otherwise] += 1
    told = [
        CameraStatus(
            row.camera, row.preset, row.raw_hash, dict(row.values), row.words, count, current
        )
        for (row, current), count in found.items()
    ]
    return tuple(sorted(told, key=lambda one: (one.camera or "", one.raw_hash)))
