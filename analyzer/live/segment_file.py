"""Recording under way: packets copied into a Matroska file that plays even when it is cut off.

A file is called ``NAME.part`` until it is complete. A cluster is written each second, so a crash
costs a second at most; what was left is completed by ``recovery``.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import IO, Any, Final

from analyzer.hashing import sha256_file
from analyzer.live.messages import Closed

PART: Final = ".part"
_OPTIONS: Final = {"cluster_time_limit": "1000", "flush_packets": "1"}

_JUMP_S: Final = 10.0
"""A greater step between two packets is no step of this recording: its clock was set."""


def recording_name(folder: str, begin: float) -> str:
    """Return what a recording is called: its camera and when its first packet arrived, UTC."""
    moment = datetime.fromtimestamp(begin, UTC)
    return f"{folder}_{moment:%Y-%m-%d_%H-%M-%S}.{moment.microsecond // 1000:03d}Z.mkv"


def begin_of(name: str) -> float | None:
    """Return when the first packet of a recording of that name arrived; None for other names."""
    stem = name.removesuffix(PART).removesuffix(".mkv")
    try:
        moment = datetime.strptime(stem[-24:], "%Y-%m-%d_%H-%M-%S.%fZ")
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC).timestamp()


def _free_name(folder: Path, camera: str, begin: float) -> Path:
    """Return an unused name; what is downloaded fills several recordings in a millisecond."""
    while True:
        path = folder / recording_name(camera, begin)
        part = path.with_name(path.name + PART)
        if not path.exists() and not part.exists():
            return part
        begin += 0.001


@dataclass(slots=True)
class Timeline:
    """Times of packets from the begin of a recording on, always growing, in ``base`` seconds."""

    base: Fraction
    _zero: int | None = None
    _last: int = -1

    def placed(self, pts: int | None, dts: int | None) -> tuple[int, int] | None:
        """Return pts and dts of the next packet; None where the clock of the stream jumped."""
        if pts is None and dts is None:
            pts = dts = 0 if self._zero is None else self._zero + self._last + 1
        pts = dts if pts is None else pts
        dts = pts if dts is None else dts
        assert pts is not None and dts is not None
        if self._zero is None:
            self._zero = dts
        step = float((dts - self._zero - self._last) * self.base)
        if self._last >= 0 and not -_JUMP_S / 10 <= step <= _JUMP_S:
            return None
        at = max(dts - self._zero, self._last + 1)
        self._last = at
        return max(pts - self._zero, at), at

    def seconds_at(self, pts: int | None, dts: int | None) -> float:
        """Return how long the recording is before a packet of these times."""
        at = pts if dts is None else dts
        if at is None or self._zero is None:
            return float(max(self._last, 0) * self.base)
        return float((at - self._zero) * self.base)


class SegmentFile:
    """A recording that is being written, of packets of the stream ``template``."""

    def __init__(self, folder: Path, camera: str, template: Any, begin: float, base: Fraction):
        """Make the file; raises OSError, or an error of libav, where that fails."""
        import av

        self.begin = self.end = begin
        self.timeline = Timeline(base)
        folder.mkdir(parents=True, exist_ok=True)
        self._part = _free_name(folder, camera, begin)
        self._lock: IO[bytes] = self._part.open("wb")
        # Whoever looks for what a crash left must not take what is still written.
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._output = av.open(str(self._part), "w", format="matroska", options=dict(_OPTIONS))
        self._stream = self._output.add_stream_from_template(template)

    def write(self, packet: Any, at: float, times: tuple[int, int]) -> None:
        """Copy ``packet``, which arrived ``at``, to its ``times`` of the timeline."""
        packet.pts, packet.dts = times
        packet.time_base = self.timeline.base
        packet.stream = self._stream
        self._output.mux(packet)
        self.end = at

    def close(self) -> Closed:
        """Complete the file and return what it is; raises as the constructor."""
        self._output.close()
        return completed(self._part, self._lock, self.begin, self.end)


def completed(
    part: Path, file: IO[bytes], begin: float, end: float, reason: str | None = None
) -> Closed:
    """Give the file at ``part`` its name, on the disk for sure, and return what it is.

    ``file`` is it, open and locked, and is closed. Raises OSError.
    """
    os.fsync(file.fileno())
    path = part.with_name(part.name.removesuffix(PART))
    part.rename(path)
    file.close()
    return Closed(path, begin, end, path.stat().st_size, sha256_file(path), reason)
