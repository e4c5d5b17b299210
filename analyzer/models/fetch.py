"""Download and copying of model files: never half written, never of another hash."""

from __future__ import annotations

import shutil
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from analyzer.errors import ModelError
from analyzer.hashing import sha256_file

Progress = Callable[[int, int], None]
"""Called with bytes so far and bytes in all."""

_CHUNK = 1 << 18
_TIMEOUT_S = 30.0


def copy_in(source: Path, target: Path, progress: Progress | None = None) -> None:
    """Copy ``source`` to ``target`` through a temporary file beside it."""
    with temporary_beside(target) as temporary, source.open("rb") as stream:
        _copy_stream(stream, temporary, source.stat().st_size, progress)


def download(url: str, target: Path, sha256: str, size: int, progress: Progress | None) -> None:
    """Fetch ``url`` to ``target``; raises ModelError, leaving nothing behind, for another file."""
    with temporary_beside(target) as temporary:
        try:
            with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as stream:  # noqa: S310 (our own registry names it)
                _copy_stream(stream, temporary, size, progress)
        except (OSError, urllib.error.URLError) as error:
            raise ModelError(
                f"{url}: cannot be fetched ({error}); on a machine without a network copy the file "
                "here and run `analyzer models pull NAME --from DIR`"
            ) from error
        got = sha256_file(temporary)
        if got != sha256:
            raise ModelError(
                f"{url}: expected SHA-256 {sha256}, got {got}; the file there has changed or was "
                "damaged on the way: copy the right one here and run "
                "`analyzer models pull NAME --from DIR`"
            )


def _copy_stream(stream: BinaryIO, target: Path, size: int, progress: Progress | None) -> None:
    done = 0
    with target.open("wb") as file:
        while chunk := stream.read(_CHUNK):
            file.write(chunk)
            done += len(chunk)
            if progress is not None:
                progress(done, size)


@contextmanager
def temporary_beside(target: Path) -> Iterator[Path]:
    """Yield a path beside ``target`` that takes its place when all went well, else vanishes.

    Raises ModelError where the folder of ``target`` cannot be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".arriving-", dir=target.parent))
    except OSError as error:
        raise ModelError(
            f"{target.parent}: cannot be written ({error.strerror}); set ANALYZER_MODELS to a "
            "folder that can"
        ) from error
    try:
        yield folder / target.name
        (folder / target.name).replace(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
