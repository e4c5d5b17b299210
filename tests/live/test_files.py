"""What a crash leaves is completed; a watched folder gives files that nobody writes any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from analyzer.config_watch import WatchSettings
from analyzer.live import folder as folder_module
from analyzer.live.folder import FolderTask, SettledFiles, watch_folder
from analyzer.live.messages import Closed, Message
from analyzer.live.recovery import RECOVERED, UNLISTED, left_over
from analyzer.live.retention import to_drop
from analyzer.live.segment_file import Timeline
from analyzer.store.recordings import Recording
from tests.places import ROOT

CLIP = ROOT / "samples" / "footage" / "store_cam3_20240312_224010.avi"


def test_times_start_at_zero_and_grow_and_a_set_clock_ends_a_recording() -> None:
    line = Timeline(Fraction(1, 100))
    assert line.placed(5000, 5000) == (0, 0)
    assert line.placed(5020, 5010) == (20, 10)
    assert line.placed(5010, 5010) == (11, 11), "times always grow"
    assert line.placed(None, None) == (12, 12)
    assert line.placed(5100, 5100) == (100, 100)
    assert line.seconds_at(5200, 5200) == 2.0
    assert line.placed(9000, 9000) is None, "39 s forward"
    assert line.placed(4000, 4000) is None, "11 s back"


def test_what_a_crash_left_is_completed(tmp_path: Path) -> None:
    part = tmp_path / "gate_2026-11-29_13-00-00.500Z.mkv.part"
    part.write_bytes(b"half a recording")
    (tmp_path / "gate_2026-11-29_13-01-00.000Z.mkv.part").touch()
    (tmp_path / "gate_2026-11-29_12-59-00.000Z.mkv").write_bytes(b"not listed")
    (tmp_path / "gate_2026-11-29_12-58-00.000Z.mkv").write_bytes(b"listed")
    found = list(left_over(tmp_path, {"gate_2026-11-29_12-58-00.000Z.mkv"}))
    assert [(one.path.name[16:21], one.reason) for one in found] == [
        ("13-00", RECOVERED), ("12-59", UNLISTED),
    ]  # fmt: skip
    assert found[0].begin == datetime(2026, 11, 29, 13, 0, 0, 500000, UTC).timestamp()
    assert found[0].path.read_bytes() == b"half a recording"
    assert not list(tmp_path.glob("*.part")), "an empty one is removed"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(folder_module, "_SETTLE_S", 0.2)
    monkeypatch.setattr(folder_module, "_UNSURE_SETTLE_S", 0.4)
    monkeypatch.setattr(folder_module, "_RESCAN_S", 1.0)
    monkeypatch.setattr(folder_module, "_TICK_MS", 50)
    yield


@pytest.mark.usefixtures("quick")
def test_a_file_is_taken_when_nobody_writes_it_any_more(tmp_path: Path) -> None:
    (tmp_path / "before.avi").write_bytes(CLIP.read_bytes())
    (tmp_path / "taken.avi").write_bytes(CLIP.read_bytes() + b" ")
    known = {str(tmp_path / "taken.avi"): CLIP.stat().st_size + 1}
    told: list[Message] = []
    stop, arrived = threading.Event(), threading.Event()

    def send(message: Message) -> None:
        told.append(message)
        if isinstance(message, Closed):
            arrived.set()

    def next_name() -> str:
        assert arrived.wait(20)
        arrived.clear()
        return next(one.path.name for one in reversed(told) if isinstance(one, Closed))

    thread = threading.Thread(target=watch_folder, args=(FolderTask(tmp_path, known), send, stop))
    thread.start()
    try:
        assert next_name() == "before.avi"
        (tmp_path / "day").mkdir()
        (tmp_path / "day" / "notes.txt").write_text("no footage")
        with (tmp_path / "day" / "new.avi").open("wb") as file:
            file.write(CLIP.read_bytes())
            file.flush()
            assert not arrived.wait(1.0), "it is open for writing"
        assert next_name() == "new.avi"
    finally:
        stop.set()
        thread.join()
    assert sum(isinstance(one, Closed) for one in told) == 2


@pytest.mark.usefixtures("quick")
def test_a_file_that_grows_later_is_taken_again(tmp_path: Path) -> None:
    path = tmp_path / "a.avi"
    path.write_bytes(CLIP.read_bytes())
    files = SettledFiles({})
    taken = []
    for _ in range(2):
        until = time.monotonic() + 10
        files.see(path)
        while not (found := list(files.settled())) and time.monotonic() < until:
            time.sleep(0.05)
        taken += found
        files.see(path)
        assert list(files.settled()) == [], "the same file is not taken twice"
        with path.open("ab") as file:
            file.write(b"more")
    assert [one.size - taken[0].size for one in taken] == [0, 4]


def recording(name: str, hours: float, size: int, state: str = "analysed") -> Recording:
    end = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    inside = f"recordings/gate/{name}"
    made = Recording(inside, "Gate", name * 8, size, end, end)
    return replace(made, state=state)  # type: ignore[arg-type]


def test_retention_drops_what_is_old_and_makes_room_and_keeps_what_was_decided() -> None:
    kept = [
        recording("a", 50, 400_000_000),
        recording("b", 49, 400_000_000),
        recording("c", 30, 400_000_000, "closed"),
        recording("d", 20, 400_000_000),
        recording("e", 10, 400_000_000),
        replace(recording("f", 500, 400_000_000), path="/disk/f.mkv"),
    ]
    decided = {kept[0].sha256}

    def dropped(**values: float) -> list[str]:
        return [one.path[-1] for one, _ in to_drop(kept, decided, WatchSettings(**values))]

    assert dropped() == [], "nothing is deleted unless asked for"
    assert dropped(keep_days=2) == ["b"], "a was decided on, f is not ours"
    assert dropped(keep_days=1) == ["b", "c"], "age does not ask whether it was analysed"
    assert dropped(budget_gb=1.3) == ["b", "d"], "what waits for analysis goes last"
    assert dropped(budget_gb=0.5) == ["b", "d", "e", "c"]
    assert dropped(keep_days=2, budget_gb=1.7) == ["b"], "what age deletes makes room"
