"""Parser of ffmpeg's standard error: exact pts, damaged frames, and the last error message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from analyzer.video.ffmpeg_command import TAKEN

_SHOWN = rb"\[showinfo@" + TAKEN.encode() + rb" @ \w+\] \[info\] "
_FRAME = re.compile(_SHOWN + rb"n: *\d+ pts: *(-?\d+|NOPTS) ")
_CONFIG = re.compile(_SHOWN + rb"config in time_base: (\d+)/(\d+)")
# A partly decoded picture; then (5.1, later versions) a packet that gave no picture.
_DAMAGE = (b"corrupt decoded frame", b"Error while decoding stream", b"Error submitting packet")
_ERROR = re.compile(rb"^(?:\[[^\]]*@[^\]]*\] )*\[(?:error|fatal)\] (.+)")


@dataclass(frozen=True, slots=True)
class Line:
    """One sampled frame; ``pts`` in the stream's time base, or None."""

    pts: int | None


class DecodeLog:
    """Line-by-line parser that keeps the number of damaged pictures and the last error."""

    def __init__(self, time_base: Fraction) -> None:
        """``time_base`` is the stream's: filters may count in a finer one."""
        self._time_base = self._shown_base = time_base
        self.damaged = 0
        self.frozen = False
        self.last_error: str | None = None

    def freeze(self) -> None:
        """Ignore further damage and errors: they follow from closing ffmpeg."""
        self.frozen = True

    def feed(self, line: bytes) -> Line | None:
        """Return the frame that ``line`` reports, or None; other lines update the counters."""
        found = _FRAME.search(line)
        if found:
            return self._frame(found[1])
        config = _CONFIG.search(line)
        if config:
            self._shown_base = Fraction(int(config[1]), int(config[2]))
            return None
        if self.frozen:
            return None
        if any(words in line for words in _DAMAGE):
            self.damaged += 1
        error = _ERROR.match(line)
        if error:
            self.last_error = error[1].decode(errors="replace").strip()
        return None

    def _frame(self, pts: bytes) -> Line:
        if pts == b"NOPTS":
            return Line(None)
        if self._shown_base == self._time_base:
            return Line(int(pts))
        return Line(round(int(pts) * self._shown_base / self._time_base))
