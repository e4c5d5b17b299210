"""The record of one run: its row, its entries in the audit log, and how it ended."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from analyzer.config import CaseSettings, Settings, settings_from
from analyzer.errors import CaseError
from analyzer.models.weights import ModelRecord
from analyzer.pipeline import provenance
from analyzer.pipeline.measured_with import other_raw_settings
from analyzer.store.case import Case
from analyzer.store.measured import MeasuredWith, write_measured_with
from analyzer.store.reader import CaseReader
from analyzer.store.records import ABOUT, RunRecord, RunStatus, utc_now
from analyzer.store.writer import CaseWriter
from analyzer.video.cameras import Camera


class RecordedRun:
    """A context manager around a run: begins its record, and closes it whatever happens."""

    def __init__(
        self,
        case: Case,
        command: str,
        settings: Settings,
        models: list[ModelRecord],
        raw_hash: str | None = None,
    ) -> None:
        """Prepare the record; ``raw_hash`` is that of an earlier run when nothing is analysed."""
        self.case = case
        self.run_id = uuid.uuid4().hex[:12]
        self.writer = CaseWriter(case, self.run_id)
        self.raw_hash = raw_hash or provenance.raw_hash(settings, models)
        self._raw_hashes: dict[Settings, str] = {}
        self._settings, self._models = settings, models
        self.embedder = embedder_of(settings, models)
        self.look_model = look_model_of(models)
        self._record = RunRecord(
            id=self.run_id,
            command=command,
            started_at=utc_now(),
            settings=settings.stored(),
            raw_hash=self.raw_hash,
            models=models,
            versions=provenance.versions(),
            about=about_case(case, settings.case),
        )

    def raw_hash_of(self, settings: Settings) -> str:
        """Return what rows measured with the settings of a camera depend on."""
        if settings not in self._raw_hashes:
            own = settings.raw_values() != self._settings.raw_values()
            made = provenance.raw_hash(settings, self._models) if own else self.raw_hash
            self._raw_hashes[settings] = made
        return self._raw_hashes[settings]

    def record_settings(
        self, sha256: str, camera: Camera | None, settings: Settings, raw_hash: str
    ) -> None:
        """Record what a video is measured with."""
        other = other_raw_settings(settings, self._settings)
        measured = MeasuredWith(
            video_sha256=sha256,
            run_id=self.run_id,
            raw_hash=raw_hash,
            camera=None if camera is None else camera.name,
            preset="" if camera is None else camera.preset,
            settings=json.dumps(other, sort_keys=True),
        )
        write_measured_with(self.case, measured)

    def log(self, action: str, detail: dict[str, Any]) -> None:
        """Append to the audit log who did what in this run."""
        self.case.log(action, {"run": self.run_id, **detail})

    def __enter__(self) -> RecordedRun:
        self.writer.start_run(self._record)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        status: RunStatus = "finished"
        if kind is not None:
            status = "interrupted" if issubclass(kind, KeyboardInterrupt) else "failed"
        try:
            self.writer.end_run(status, None if error is None else str(error))
        except CaseError:
            if error is None:  # what stopped the run is the news, not that this too cannot be told
                raise


def about_case(case: Case, given: CaseSettings) -> dict[str, str]:
    """Return examiner, authority and purpose: as given, else as the case has them."""
    with case.reader() as reader:
        known = reader.about()
    new = {key: getattr(given, key) for key in ABOUT}
    return {key: new[key] or known.get(key, "") for key in ABOUT if new[key] or key in known}


def embedder_of(settings: Settings, models: list[ModelRecord]) -> str | None:
    """Return the backend that embeds faces; None where ``settings`` do not compare them."""
    if not settings.embedding.enabled:
        return None
    return next((model["backend"] for model in models if model["part"] == "embedding"), None)


def look_model_of(models: list[ModelRecord]) -> str | None:
    """Return the name of the network that makes looks (LookNetwork.name); None where none does."""
    made = (f"{m['backend']}-{m['sha256'][:12]}" for m in models if m["part"] == "looks")
    return next(made, None)


@dataclass(frozen=True, slots=True)
class LastRun:
    """What the newest run of a case was made with."""

    settings: Settings
    models: list[ModelRecord]
    raw_hash: str

    @property
    def embedder(self) -> str | None:
        """What faces were embedded by; None where they were not compared."""
        return embedder_of(self.settings, self.models)


def last_run(reader: CaseReader) -> LastRun:
    """Return the newest run; raises CaseError for a case in which nothing was run yet."""
    newest = reader.newest_run()
    if newest is None:
        raise CaseError(f"{reader.folder}: nothing was analysed yet; run `analyzer run` first")
    settings = settings_from(newest.settings, f"{reader.folder}: the last run")
    return LastRun(settings, newest.models, newest.raw_hash)
