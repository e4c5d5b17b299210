"""Location of the ffmpeg binary, and the arguments that every call of it carries."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import imageio_ffmpeg

from analyzer.errors import AnalyzerError

# ``-fps_mode passthrough`` (without it ffmpeg duplicates and drops frames) came with 5.1.
OLDEST = (5, 1)

HARDENING = ("-nostdin", "-hide_banner")
PROTOCOLS = "file,pipe"


@dataclass(frozen=True, slots=True)
class FFmpeg:
    """One ffmpeg binary, its version as it reports it, and its origin."""

    path: str
    version: str
    origin: Literal["PATH", "imageio-ffmpeg"]


@lru_cache(maxsize=1)
def find_ffmpeg() -> FFmpeg:
    """Return the ffmpeg on PATH if it is 5.1 or newer, else the one imageio-ffmpeg carries.

    Raises AnalyzerError when there is neither.
    """
    on_path = shutil.which("ffmpeg")
    if on_path is not None:
        version = ffmpeg_version(on_path)
        if version is not None and _new_enough(version):
            return FFmpeg(on_path, version, "PATH")
    return wheel_ffmpeg()


def wheel_ffmpeg() -> FFmpeg:
    """Return the ffmpeg that the imageio-ffmpeg wheel carries; raises AnalyzerError without one."""
    try:
        path = imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise AnalyzerError(
            "ffmpeg 5.1 or newer was not found; install ffmpeg, or run `make` again so that the "
            "imageio-ffmpeg package brings its own"
        ) from error
    version = ffmpeg_version(path)
    if version is None:
        raise AnalyzerError(
            f"{path}: does not run on this machine; install ffmpeg 5.1 or newer on PATH"
        )
    return FFmpeg(path, version, "imageio-ffmpeg")


def ffmpeg_version(path: str) -> str | None:
    """Return the version that the binary at ``path`` reports, or None if it does not run."""
    try:
        done = subprocess.run(
            [path, *HARDENING, "-version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.match(r"ffmpeg version (\S+)", done.stdout)
    return found.group(1) if found else None


def _new_enough(version: str) -> bool:
    """Whether ``version`` is at least OLDEST; a snapshot such as N-109000-g1a2b counts as new."""
    found = re.match(r"n?(\d+)\.(\d+)", version)
    return found is None or (int(found.group(1)), int(found.group(2))) >= OLDEST


def file_url(path: Path) -> str:
    """Return ``path`` as ffmpeg opens it: absolute, and never an option or another protocol."""
    return f"file:{path.absolute()}"
