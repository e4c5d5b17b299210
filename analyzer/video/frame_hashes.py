"""Hashes of all decoded pictures of a recording, in the text form of ffmpeg's framehash.

The pictures are hashed as they were coded: not turned, not scaled, in their own pixel format, with
the time stamps of the file. So the text can be made again with ffmpeg alone.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from analyzer.errors import VideoError
from analyzer.types import VideoInfo
from analyzer.video.ffmpeg import HARDENING, PROTOCOLS, file_url, find_ffmpeg

_FIELDS = 6
"""Stream, dts, pts, duration, size, hash."""


@dataclass(frozen=True, slots=True)
class FrameHash:
    """One picture: ``t`` is seconds since the first, by time stamps; ``sha256`` of its data."""

    pts: int
    t: float
    sha256: str


def write_frame_hashes(info: VideoInfo, path: Path) -> None:
    """Write the SHA-256 of every picture of a recording to ``path``.

    Raises VideoError where ffmpeg cannot decode it to its end.
    """
    command = [
        find_ffmpeg().path, *HARDENING, "-nostats", "-loglevel", "error", "-copyts",
        "-noautorotate", "-protocol_whitelist", PROTOCOLS,
        "-format_whitelist", info.container, "-f", info.container.split(",")[0],
        "-i", file_url(Path(info.path)), "-map", f"0:{info.stream_index}",
        "-fps_mode", "passthrough", "-enc_time_base", "demux",
        "-f", "framehash", "-hash", "sha256", "pipe:1",
    ]  # fmt: skip
    with path.open("wb") as file:
        done = subprocess.run(command, stdout=file, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
        raise VideoError(f"{info.path}: its pictures cannot be hashed ({lines[-1]})")


def read_frame_hashes(lines: Sequence[str]) -> list[FrameHash]:
    """Return the pictures of a framehash text in its order; ValueError for another text."""
    return list(_frames(lines))


def _frames(lines: Sequence[str]) -> Iterator[FrameHash]:
    tick, first = Fraction(1), None
    for line in lines:
        if line.startswith("#tb 0:"):
            tick = Fraction(line.partition(":")[2].strip())
        if line.startswith("#") or not line.strip():
            continue
        fields = [field.strip() for field in line.split(",")]
        if len(fields) < _FIELDS:
            raise ValueError(f"expected {_FIELDS} fields of framehash, got {line!r}")
        pts = int(fields[2])
        first = pts if first is None else first
        yield FrameHash(pts, float((pts - first) * tick), fields[5])
