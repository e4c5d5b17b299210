"""Cores and memory that this process may use, and how many workers they carry."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_WORKER_BYTES = 600 << 20
"""What a worker takes: 320 MB on the samples, and room for larger pictures and for ffmpeg."""

_OWN_BYTES = 400 << 20
"""What the process that owns the case takes: 324 MB on the samples."""

_CONTAINERS = (
    ("sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"),
    (
        "sys/fs/cgroup/memory",
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
        "total_inactive_file",
    ),
)
"""Folder, limit, usage, and what of the usage are files read once, which give way.

Of version 2 and 1 of control groups.
"""


def default_workers() -> int:
    """Return one worker per core that this process may use, fewer where memory is short."""
    affinity = hasattr(os, "sched_getaffinity")
    cores = len(os.sched_getaffinity(0)) if affinity else os.cpu_count() or 1
    memory = memory_bytes()
    if memory is None:
        return cores
    return max(1, min(cores, (memory - _OWN_BYTES) // _WORKER_BYTES))


def memory_bytes(system: Path = Path("/")) -> int | None:
    """Return the bytes that processes may still take here; None where nothing tells (not Linux).

    ``system`` is where the folders ``proc`` and ``sys`` of the system are.
    """
    found = []
    with suppress(OSError, StopIteration):
        lines = (system / "proc/meminfo").read_text(encoding="ascii").splitlines()
        told = next(line for line in lines if line.startswith("MemAvailable:"))
        found.append(int(told.split()[1]) * 1024)
    for folder, limit, usage, files in _CONTAINERS:
        with suppress(OSError, ValueError):  # "max" is no limit
            most = int((system / folder / limit).read_text(encoding="ascii"))
            found.append(max(0, most - _taken(system / folder, usage, files)))
    return min(found, default=None)


def _taken(group: Path, usage: str, files: str) -> int:
    """Return the bytes that the processes of a control group hold; 0 where it does not tell."""
    try:
        taken = int((group / usage).read_text(encoding="ascii"))
        lines = (group / "memory.stat").read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return 0
    told = dict(line.split() for line in lines)
    return max(0, taken - int(told.get(files, 0)))
