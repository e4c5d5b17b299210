"""State of live sources as other programs read it: ``live/status.json`` and the newest pictures.

``live/`` of a case holds what comes and goes while `analyzer watch` runs: it is no evidence, and no
product that a manifest lists. Each file is replaced as a whole, so it can be read at any moment.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

LIVE_NAME = "live"

SourceState = Literal["connecting", "recording", "lost", "ended", "stopped"]
"""*connecting*: nothing has arrived yet. *recording*: it arrives. *lost*: it is tried again.
*ended*: a source of finite length is over. *stopped*: it is not watched any more."""

_STATUS, _WANTED = "status.json", "wanted"
_WANTED_S = 10.0
"""How long after the last wish pictures are still made."""


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """One watched source.

    ``url`` has nothing secret in it; ``folder`` is where its recordings lie inside ``recordings/``,
    and the name of its picture in ``live/``; ``last_arrival`` is UTC; ``backlog`` recordings wait
    for analysis; ``latency_s`` is from the end of the newest analysed recording to its rows, and
    ``median_latency_s`` the middle of the last ones; ``reason`` says why it is lost.
    """

    camera: str
    folder: str
    url: str
    state: SourceState
    last_arrival: str | None = None
    recordings: int = 0
    backlog: int = 0
    latency_s: float | None = None
    median_latency_s: float | None = None
    reason: str | None = None
    codec: str | None = None
    width: int | None = None
    height: int | None = None
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class WatchStatus:
    """What `analyzer watch` is at; ``at`` is UTC, ``pid`` its process.

    ``behind_s`` is how long the oldest recording waits for analysis where that is too long, else
    None; ``bytes`` are of all recordings that the case keeps.
    """

    at: str
    pid: int
    sources: tuple[SourceStatus, ...]
    backlog: int = 0
    behind_s: float | None = None
    bytes: int = 0
    stopping: bool = False


def live_folder(case: Path) -> Path:
    """Return the folder of what comes and goes, made where it is not there."""
    folder = case / LIVE_NAME
    folder.mkdir(exist_ok=True)
    return folder


def write_status(case: Path, status: WatchStatus) -> None:
    """Replace ``live/status.json``; raises OSError."""
    replace_file(live_folder(case) / _STATUS, json.dumps(asdict(status)).encode())


def read_status(case: Path) -> WatchStatus | None:
    """Return what the last `analyzer watch` of the case told; None where none did."""
    try:
        values: dict[str, Any] = json.loads((case / LIVE_NAME / _STATUS).read_bytes())
        sources = tuple(SourceStatus(**source) for source in values.pop("sources"))
        return WatchStatus(sources=sources, **values)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def want_pictures(case: Path) -> None:
    """Ask `analyzer watch` for the newest picture of each camera, for ten seconds from now."""
    with suppress(OSError):
        (live_folder(case) / _WANTED).touch()


def pictures_wanted(case: Path) -> bool:
    """Whether somebody has asked for pictures in the last ten seconds."""
    try:
        asked = (case / LIVE_NAME / _WANTED).stat().st_mtime
    except OSError:
        return False
    return time.time() - asked < _WANTED_S


def picture_path(case: Path, folder: str) -> Path:
    """Return where the newest picture of the camera lies whose recordings are in ``folder``."""
    return case / LIVE_NAME / f"{folder}.jpg"


def replace_file(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Put ``data`` in place of the file at ``path``, whole or not at all; raises OSError."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    unfinished.touch(mode=mode)
    unfinished.write_bytes(data)
    unfinished.replace(path)
