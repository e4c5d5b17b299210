"""Face pictures of a case, named by their content."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

FACES_NAME = "faces"


def image_path(folder: Path, sha256: str) -> Path:
    """Return where the face picture ``sha256`` of the case at ``folder`` lies."""
    return folder / FACES_NAME / sha256[:2] / f"{sha256}.jpg"


def save_image(folder: Path, jpeg: bytes) -> str:
    """Keep ``jpeg`` in the case at ``folder`` and return its SHA-256; written once, never changed.

    The file appears under its name complete and on disk, or not at all. Raises OSError.
    """
    sha256 = hashlib.sha256(jpeg).hexdigest()
    path = image_path(folder, sha256)
    if path.exists():
        return sha256
    path.parent.mkdir(parents=True, exist_ok=True)
    # A fixed name: what a crash left is overwritten by the run that resumes, so nothing piles up.
    unfinished = path.with_suffix(".tmp")
    with unfinished.open("wb") as file:
        file.write(jpeg)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    _sync_folder(path.parent)
    return sha256


def _sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` survive a power cut: a rename alone does not."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
