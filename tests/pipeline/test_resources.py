"""How many workers a run starts: by cores, and fewer where memory is short."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.pipeline.executors import resources


@pytest.mark.parametrize(
    ("available", "limit", "workers"),
    [(16 << 30, "max", 8), (16 << 30, str(3 << 30), 4), (1 << 30, "max", 1), (64 << 20, "max", 1)],
)
def test_workers_fit_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, available: int, limit: str, workers: int
) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/meminfo").write_text(f"MemTotal: 1 kB\nMemAvailable: {available >> 10} kB\n")
    (tmp_path / "sys/fs/cgroup").mkdir(parents=True)
    (tmp_path / "sys/fs/cgroup/memory.max").write_text(f"{limit}\n")
    found = resources.memory_bytes(tmp_path)
    assert found == min(available, int(limit) if limit != "max" else available)
    monkeypatch.setattr(resources, "memory_bytes", lambda: found)
    monkeypatch.setattr(resources.os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert resources.default_workers() == workers


def test_what_a_container_holds_already_is_not_there_to_take(tmp_path: Path) -> None:
    """Files that were read once give way, so they do not count."""
    group = tmp_path / "sys/fs/cgroup"
    group.mkdir(parents=True)
    (group / "memory.max").write_text(f"{4 << 30}\n")
    (group / "memory.current").write_text(f"{3 << 30}\n")
    (group / "memory.stat").write_text(f"anon {1 << 30}\ninactive_file {2 << 30}\n")
    assert resources.memory_bytes(tmp_path) == 3 << 30
    (group / "memory.stat").write_text("anon 1\n")
    assert resources.memory_bytes(tmp_path) == 1 << 30


def test_a_system_that_tells_nothing_gives_a_worker_per_core(tmp_path: Path) -> None:
    assert resources.memory_bytes(tmp_path) is None
