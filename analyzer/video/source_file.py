"""Identity and availability of a source file before, during and after its analysis.

Disks are unplugged, and recordings may still be copied while they are analysed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from analyzer.errors import SourceError
from analyzer.file_names import unescaped
from analyzer.types import VideoInfo
from analyzer.video.picture_series import series_of, source_size


@dataclass(frozen=True, slots=True)
class Stamp:
    """File-system identity of a file; it changes when the file is written."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int


def stamp(path: Path) -> Stamp | None:
    """Return the current stamp of the file at ``path``, or None if it cannot be found."""
    try:
        status = path.stat()
    except OSError:
        return None
    return Stamp(
        status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
    )


def is_readable(path: Path) -> bool:
    """Whether a file, or each picture of a series, is there, holds anything and may be read."""
    series = series_of(path)
    try:
        files = [path] if series is None else series.files()
        sizes = [each.stat().st_size for each in files]
    except OSError:
        return False
    return any(sizes) and all(os.access(each, os.R_OK) for each in files)


@dataclass(frozen=True, slots=True)
class Source:
    """A recording that was probed and hashed, and the stamp of its file before that."""

    info: VideoInfo
    stamp: Stamp | None

    @property
    def untouched(self) -> bool:
        """Whether the file is still the one that was hashed, according to the file system."""
        return self.stamp is not None and stamp(Path(self.info.path)) == self.stamp


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stored recording lies: its file, which video stream of it, from 1, and the hash."""

    file: Path
    stream: int
    sha256: str


def recording_id(sha256: str, stream: int) -> str:
    """Return what a recording is known by: the SHA-256 of its file, and ``#2`` from stream 2 on."""
    return sha256 if stream == 1 else f"{sha256}#{stream}"


def recording_name(path: Path, stream: int) -> str:
    """Return what a recording is called: the path of its file, and ``#2`` from stream 2 on."""
    return str(path) if stream == 1 else f"{path}#{stream}"


def place_of(name: str, recording: str) -> Place:
    """Return the place of the ``recording`` (an id) that a case calls ``name``."""
    sha256, _, stream = recording.partition("#")
    path = name.removesuffix(f"#{stream}") if stream else name
    return Place(Path(unescaped(path)), int(stream or 1), sha256)


def require_unchanged(info: VideoInfo) -> None:
    """Raise SourceError unless the file of ``info`` is there with the size it was probed with.

    To ffmpeg a file that disappears looks like one that ends early. This check before and after a
    segment tells the difference, so that no false gap is recorded.
    """
    try:
        size = source_size(Path(info.path))
    except OSError as error:
        raise SourceError(
            f"{info.path}: disappeared while it was being analysed ({error.strerror}); connect its "
            "disk again and run the same command"
        ) from error
    if size != info.size_bytes:
        raise SourceError(
            f"{info.path}: changed while it was being analysed ({info.size_bytes} bytes, now "
            f"{size}); wait until it is complete and run the same command"
        )
