"""Recovery of recordings that a crash left: completed, or named with what is wrong with them."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, Final

from analyzer.hashing import sha256_file
from analyzer.live.messages import Closed
from analyzer.live.segment_file import PART, begin_of, completed

RECOVERED: Final = "was being written when recording broke off"
UNLISTED: Final = "was complete, and not listed yet, when watching broke off"

_WAIT_S: Final = 15.0
"""How long the recorder of a watch that was killed may take to complete its file."""


def left_over(folder: Path, listed: Collection[str]) -> Iterator[Closed]:
    """Yield each recording in ``folder`` whose name is not among ``listed``, completed.

    A file that its recorder still writes is waited for. An empty one is removed: nothing is in it.
    """
    if not folder.is_dir():
        return
    told = set(listed)
    for part in sorted(folder.glob(f"*{PART}")):
        found = _recovered(part)
        if found is not None:
            told.add(found.path.name)
            yield found
    for path in sorted(folder.glob("*.mkv")):
        if path.name not in told:
            status = path.stat()
            begin = begin_of(path.name) or status.st_mtime
            digest = sha256_file(path)
            yield Closed(path, begin, status.st_mtime, status.st_size, digest, UNLISTED)


def _recovered(part: Path) -> Closed | None:
    try:
        file = part.open("r+b")
    except FileNotFoundError:  # completed meanwhile
        return None
    if not _locked(file) or not part.exists():
        file.close()
        return None
    status = part.stat()
    if not status.st_size:
        part.unlink()
        file.close()
        return None
    begin = begin_of(part.name) or status.st_mtime
    return completed(part, file, begin, max(status.st_mtime, begin), RECOVERED)


def _locked(file: IO[bytes]) -> bool:
    """Lock ``file``, waiting for its recorder; return whether that was possible."""
    until = time.monotonic() + _WAIT_S
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.1)
        else:
            return True
