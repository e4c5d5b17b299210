"""Weight files of a run, each by name and SHA-256, those inside installed packages included."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from analyzer.errors import ModelError
from analyzer.extras import install_command
from analyzer.hashing import sha256_file

ModelRecord = dict[str, Any]
"""What a run records of a part that looks at pictures.

``part``, ``backend``, ``sha256``, ``files`` (a list of ``file`` and ``sha256``), and ``package``
with its version where the files come inside one.
"""

LANDMARKS = "shape_predictor_68_face_landmarks.dat"
"""dlib's predictor of landmarks in the package face_recognition_models."""


def package_file(module: str, *parts: str) -> Path:
    """Return the file ``parts`` inside the package that ``module`` is imported from.

    The package is found but not imported. Raises ModelError where the package or file is missing.
    """
    found = importlib.util.find_spec(module)
    if found is None or not found.origin:
        raise ModelError(f"{module} is not installed; run: {install_command(module)}")
    path = Path(found.origin).parent.joinpath(*parts)
    if not path.is_file():
        raise ModelError(f"{path}: missing; install the package of {module} again")
    return path


def dlib_file(name: str) -> Path:
    """Return a file of dlib's models in the package face_recognition_models."""
    return package_file("face_recognition_models", "models", name)


def files_of(paths: Sequence[Path]) -> ModelRecord:
    """Return ``sha256`` and ``files`` of a record for weights that lie at ``paths``."""
    files = []
    for path in paths:
        stat = path.stat()
        digest = _sha256(path, stat.st_size, stat.st_mtime_ns)
        files.append({"file": path.name, "sha256": digest})
    return {"sha256": combined(files), "files": files}


def combined(files: Sequence[dict[str, str]]) -> str:
    """Return the SHA-256 of one file; of several, that of the listing which sha256sum prints."""
    if len(files) == 1:
        return files[0]["sha256"]
    lines = "".join(f"{each['sha256']}  {each['file']}\n" for each in files)
    return hashlib.sha256(lines.encode()).hexdigest() if files else ""


@lru_cache(maxsize=64)
def _sha256(path: Path, size: int, modified_ns: int) -> str:
    """Hash ``path`` once, and again only where size or time of change differ."""
    return sha256_file(path)
