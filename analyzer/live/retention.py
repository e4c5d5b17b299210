"""Retention of recordings: by age and by room on the disk, each deletion in the audit log.

Files outside of the case are never deleted, nor are recordings about which an examiner has decided
anything. Rows of a recording stay when its file goes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import Final

from analyzer.config_watch import WatchSettings
from analyzer.live.analysis import age_s
from analyzer.store.case import Case
from analyzer.store.recordings import Recording, decided_videos, record_recording, recordings

_DAY_S: Final = 86_400.0
_GB: Final = 1e9


def to_drop(
    kept: Iterable[Recording], decided: Collection[str], settings: WatchSettings
) -> Iterator[tuple[Recording, str]]:
    """Yield which of the ``kept`` recordings are to be deleted, and why, the oldest first.

    Where the budget asks for room, recordings that were analysed go before those that wait.
    """
    own = [one for one in kept if _is_ours(one)]
    free = [one for one in own if one.sha256 not in decided]
    total = sum(one.bytes for one in own)
    gone = set()
    for one in free:
        if settings.keep_days and age_s(one.arrival_end) > settings.keep_days * _DAY_S:
            gone.add(one.path)
            total -= one.bytes
            yield one, f"older than {settings.keep_days:g} days"
    if not settings.budget_gb:
        return
    for one in sorted(free, key=lambda one: one.state == "closed"):
        if total <= settings.budget_gb * _GB:
            return
        if one.path not in gone:
            total -= one.bytes
            yield one, f"recordings took more than {settings.budget_gb:g} GB"


def apply_retention(case: Case, settings: WatchSettings) -> list[Recording]:
    """Delete what the rules of ``settings`` say; return the recordings, as they were recorded.

    A deletion is recorded before it is done, so that a crash leaves a file rather than a row that
    promises one. Raises CaseError where the case cannot be written.
    """
    if not settings.keep_days and not settings.budget_gb:
        return []
    with case.reader() as reader:
        kept = [one for one in recordings(reader) if one.state != "dropped"]
        decided = decided_videos(reader)
    dropped = []
    for one, why in to_drop(kept, decided, settings):
        waited = " before it was analysed" if one.state == "closed" else ""
        gone = replace(one, state="dropped", reason=f"deleted{waited}: {why}")
        record_recording(case, gone)
        one.file(case.folder).unlink(missing_ok=True)
        dropped.append(one)
    return dropped


def _is_ours(recording: Recording) -> bool:
    return recording.state != "dropped" and not PurePath(recording.path).is_absolute()
