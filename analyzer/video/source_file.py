"""Identity and availability of a source file before, during and after its analysis.

Disks are unplugged, and recordings may still be copied while they are analysed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analyzer.errors import SourceError
from analyzer.types import VideoInfo


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


@dataclass(frozen=True, slots=True)
class Source:
    """A recording that was probed and hashed, and the stamp of its file before that."""

    info: VideoInfo
    stamp: Stamp | None

    @property
    def untouched(self) -> bool:
        """Whether the file is still the one that was hashed, according to the file system."""
        return self.stamp is not None and stamp(Path(self.info.path)) == self.stamp


def require_unchanged(info: VideoInfo) -> None:
    """Raise SourceError unless the file of ``info`` is there with the size it was probed with.

    To ffmpeg a file that disappears looks like one that ends early. This check before and after a
    segment tells the difference, so that no false gap is recorded.
    """
    try:
        size = Path(info.path).stat().st_size
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
