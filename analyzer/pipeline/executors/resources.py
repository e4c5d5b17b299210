"""Cores and memory that this process may use, and how many workers they carry."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_WORKER_BYTES = 600 << 20
"""What a worker takes: 320 MB on the samples, and room for larger pictures and for ffmpeg."""

_OWN_BYTES = 400 << 20
"""What the process that owns the case takes: 324 MB on the samples."""

_LIMITS = ("sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Limits of a container, of version 2 and 1 of control groups."""


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
    for limit in _LIMITS:
        with suppress(OSError, ValueError):  # "max" is no limit
            found.append(int((system / limit).read_text(encoding="ascii")))
    return min(found, default=None)
