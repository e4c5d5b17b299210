"""Records of what each video of a case was measured with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from analyzer.config import Settings, settings_from
from analyzer.store.case import Case
from analyzer.store.errors import case_errors
from analyzer.store.reader import CaseReader
from analyzer.store.records import RunRecord


@dataclass(frozen=True, slots=True)
class MeasuredWith:
    """What the raw rows of a video were measured with: a run, and what its camera changed.

    ``raw_hash`` is that of the segments, of settings and models; ``settings`` are JSON by section
    and key of the raw settings other than those of the run.
    """

    video_sha256: str
    run_id: str
    raw_hash: str
    camera: str | None
    preset: str
    settings: str

    @property
    def values(self) -> Mapping[str, Mapping[str, Any]]:
        """The raw settings other than those of the run, by section and key."""
        found: Mapping[str, Mapping[str, Any]] = json.loads(self.settings)
        return found

    @property
    def words(self) -> str:
        """These settings in words, as ``people.width 960, tracking.min_hits 3``."""
        return ", ".join(
            f"{section}.{key} {json.dumps(value, ensure_ascii=False)}"
            for section, own in self.values.items()
            for key, value in own.items()
        )


def settings_measured_with(run: RunRecord, measured: MeasuredWith | None) -> Settings:
    """Return the settings of ``run`` with what was ``measured`` otherwise laid over them."""
    settings = settings_from(run.settings, f"run {run.id}")
    for section, values in measured.values.items() if measured is not None else ():
        settings = settings.with_values(section, **values)
    return settings


def settings_of_videos(
    runs: Sequence[RunRecord], measured: Mapping[str, MeasuredWith], last: Settings
) -> dict[str, Settings]:
    """Return the settings that each video was measured with, by SHA-256.

    What smooths lines is that of the ``last`` run for all.
    """
    by_id = {run.id: run for run in runs}
    known: dict[tuple[str, str], Settings] = {}
    found = {}
    for sha256, row in measured.items():
        key = (row.run_id, row.settings)
        if key not in known:
            settings = settings_measured_with(by_id[row.run_id], row)
            known[key] = replace(settings, smoothing=last.smoothing)
        found[sha256] = known[key]
    return found


def measured_with(reader: CaseReader) -> dict[str, MeasuredWith]:
    """Return what each video was measured with, by SHA-256; earlier versions kept nothing."""
    return {row["video_sha256"]: MeasuredWith(**row) for row in reader.rows("measured_with")}


def write_measured_with(case: Case, measured: MeasuredWith) -> None:
    """Write what a video is measured with; nothing where the case says the same already."""
    with case_errors(case.folder):
        key = [measured.video_sha256]
        before = next(case.db.table("measured_with").rows_where("video_sha256 = ?", key), None)
    row = asdict(measured)
    same = ("raw_hash", "camera", "preset")
    if before is not None and all(before[name] == row[name] for name in same):
        return
    detail = {"run": measured.run_id, "video": measured.video_sha256, "with": measured.words}
    with case.record("settings of a video", detail, "measured with", measured.video_sha256) as tx:
        tx.db.table("measured_with").upsert(row, pk="video_sha256")
