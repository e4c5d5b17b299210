"""What a terminal of 80 columns shows of a run, and what `status` tells of one that was stopped."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from analyzer.cli.progress import lines_of
from analyzer.config import Settings
from analyzer.pipeline.progress import Progress, Step, WorkerProgress
from analyzer.pipeline.run_log import RunLog
from analyzer.pipeline.run_record import RecordedRun
from analyzer.store.case import Case
from tests.jobs import analyzer


def shown(progress: Progress) -> list[str]:
    """Return the lines on a terminal of 80 columns."""
    out = io.StringIO()
    Console(file=out, width=80, color_system=None).print(lines_of(progress))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_one_total_by_media_time_and_a_line_per_worker() -> None:
    workers = (
        WorkerProgress(1, "lobby.mp4", 2, 5, 0.5, "analysing"),
        WorkerProgress(2, "a name that is longer than what is left of the line.mp4", 1, 1, 0.0,
                       "starting"),
    )  # fmt: skip
    progress = Progress(8, 3, 4, 7200.0, 1800.0, 3.0, 1800.0, workers)
    total, first, second = shown(progress)
    assert "25%, 30:00 min left, 30:00 min of 2:00:00 h" in total
    assert first.endswith("analysing lobby.mp4, part 2 of 5") and "worker 1" in first
    assert "starting a name" in second
    assert all(len(line) <= 80 for line in (total, first, second))


def test_the_last_steps_have_names_and_the_end_is_no_file_five_of_eight() -> None:
    step = Step("cutting copies", "lobby.mp4", 2, 8)
    total, last = shown(Progress(8, 8, 9, 60.0, 60.0, 3.0, 0.0, (), step))
    assert "100%, 1:00 min of 1:00 min, 8 of 8 files" in total
    assert last.startswith("cutting copies") and last.endswith("3 of 8 lobby.mp4")
    (nothing,) = shown(Progress(3, 3, 0, 0.0, 0.0, 0.0, None))
    assert nothing.endswith("3 of 3 files") and "%" not in nothing


def test_status_of_a_stopped_run_says_what_is_left(tmp_path: Path) -> None:
    footage = tmp_path / "a.mp4"
    footage.write_bytes(b"0123456789")
    with Case.open(tmp_path / "case", create=True) as case:
        run = RecordedRun(case, "analyzer run", Settings(), [])
        log = RunLog(case.folder, run.run_id, "analyzer run", [footage])
        with pytest.raises(KeyboardInterrupt), log, run:
            log.opened(str(footage), 90.0, 90.0, 3)
            run.writer.record_file(str(footage), None, "pending")
            log.segment(str(footage), 0, 30.0, None)
            log.step("reading", "b.mp4")
            log.state("analysing")
            told = analyzer("status", case.folder).stdout
            assert "now: reading b.mp4" in told and "1 under way" in told
            raise KeyboardInterrupt
    told = analyzer("status", tmp_path / "case").stdout
    assert ", interrupted\n" in told
    assert "1 not finished" in told and "under way" not in told and "now:" not in told
    assert "left: 1:00 min of video; the same command goes on with it" in told
