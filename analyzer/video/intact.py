"""Whether a file is still there and what it was: disks are unplugged, recordings still copied."""

from __future__ import annotations

from pathlib import Path

from analyzer.errors import SourceError
from analyzer.types import VideoInfo


def require_unchanged(info: VideoInfo) -> None:
    """Raise SourceError unless the file of ``info`` is there with the size it was probed with.

    What ffmpeg reads of a file that vanishes looks like one that ends early: asked before and after
    a segment, this tells the difference, so that no gap is recorded that is none.
    """
    try:
        size = Path(info.path).stat().st_size
    except OSError as error:
        raise SourceError(
            f"{info.path}: is gone while it was being analysed ({error.strerror}); connect its "
            "disk again and run the same command"
        ) from error
    if size != info.size_bytes:
        raise SourceError(
            f"{info.path}: changed while it was being analysed ({info.size_bytes} bytes, now "
            f"{size}); wait until it is complete and run the same command"
        )
