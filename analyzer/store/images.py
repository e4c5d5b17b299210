"""Pictures of faces and bodies in a case, named by their content."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

FACES_NAME = "faces"
BODIES_NAME = "bodies"
KINDS = (FACES_NAME, BODIES_NAME)
"""Folders of a case that hold pictures of people."""


def image_path(folder: Path, sha256: str, kind: str = FACES_NAME) -> Path:
    """Return where the picture ``sha256`` of that kind lies in the case at ``folder``."""
    return folder / picture_name(sha256, kind)


def picture_name(sha256: str, kind: str) -> str:
    """Return the path of the picture ``sha256`` of that kind inside a case."""
    return f"{kind}/{sha256[:2]}/{sha256}.jpg"


def save_image(folder: Path, jpeg: bytes, kind: str = FACES_NAME) -> str:
    """Keep ``jpeg`` in the case at ``folder`` and return its SHA-256; written once, never changed.

    ``kind`` names the folder, FACES_NAME or BODIES_NAME. The file appears under its name complete
    and on disk, or not at all. Raises OSError.
    """
    sha256 = hashlib.sha256(jpeg).hexdigest()
    path = image_path(folder, sha256, kind)
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
