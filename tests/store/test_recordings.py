"""Recordings of live sources come back as they were written, sealed and logged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from analyzer.store.case import Case
from analyzer.store.reader import CaseReader
from analyzer.store.recordings import (
    Recording,
    RecordingGap,
    newest_recording,
    record_gap,
    record_recording,
    recording_gaps,
    recording_of,
    recordings,
)
from analyzer.store.seals import changed_rows, digests

FIRST = Recording(
    "recordings/gate/gate_1.mkv", "Gate", "a" * 64, 1000,
    "2026-11-29T13:00:00.000+00:00", "2026-11-29T13:00:30.000+00:00",
)  # fmt: skip
SECOND = replace(FIRST, path="recordings/gate/gate_2.mkv", sha256="b" * 64,
                 arrival_end="2026-11-29T13:01:00.000+00:00")  # fmt: skip


def test_recordings_and_gaps_come_back(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    gap = RecordingGap("Gate", FIRST.arrival_end, None, "no answer")
    with Case.open(folder, create=True) as case:
        for one in (SECOND, FIRST):
            record_recording(case, one)
        record_gap(case, gap)
        record_gap(case, replace(gap, t_to=SECOND.arrival_end))
        done = replace(FIRST, state="analysed", analysed_at="2026-11-29T13:00:41.000+00:00")
        record_recording(case, done)
    with CaseReader(folder) as reader:
        assert list(recordings(reader)) == [done, SECOND]
        assert list(recordings(reader, "closed")) == [SECOND]
        assert recording_of(reader, "a" * 64) == done
        assert recording_of(reader, "c" * 64) is None
        assert newest_recording(reader, "Gate") == SECOND
        assert recording_gaps(reader) == [replace(gap, t_to=SECOND.arrival_end)]
        assert recording_gaps(reader, "Yard") == []
    assert done.file(folder) == folder / "recordings/gate/gate_1.mkv"
    assert replace(done, path="/disk/a.mkv").file(folder) == Path("/disk/a.mkv")


def test_a_changed_recording_is_named(tmp_path: Path) -> None:
    with Case.open(tmp_path / "case", create=True) as case:
        record_recording(case, FIRST)
        before = digests(case.db, "recording", FIRST.path)["recordings"]
        case.db.execute("UPDATE recordings SET arrival_begin = '2020'")
        told = changed_rows(case.db, "recording", FIRST.path, "recordings", before)
    assert told == [f"recordings: row arrival_begin 2020, path {FIRST.path} was changed"]
