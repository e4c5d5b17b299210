"""Reads what ffmpeg writes on standard error: exact pts, damage, and its last complaint."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from analyzer.video.graph import SEEN, TAKEN

_FRAME = re.compile(rb"\[showinfo@(\w+) @ \w+\] \[info\] n: *\d+ pts: *(-?\d+|NOPTS) ")
_CONFIG = re.compile(rb"\[showinfo@(\w+) @ \w+\] \[info\] config in time_base: (\d+)/(\d+)")
# A picture decoded in parts, then (5.1, later) a packet that gave no picture.
_DAMAGE = (b"corrupt decoded frame", b"Error while decoding stream", b"Error submitting packet")
_COMPLAINT = re.compile(rb"^(?:\[[^\]]*@[^\]]*\] )*\[(?:error|fatal)\] (.+)")


@dataclass(frozen=True, slots=True)
class Line:
    """One frame that passed a showinfo filter; ``pts`` in the stream's time base, or None."""

    taken: bool
    pts: int | None


class DecodeLog:
    """Fed line by line; keeps the number of damaged pictures and the last error."""

    def __init__(self, time_base: Fraction) -> None:
        """``time_base`` is the stream's: filters may count in a finer one."""
        self._time_base = time_base
        self._bases: dict[bytes, Fraction] = {}
        self.damaged = 0
        self.frozen = False
        self.complaint: str | None = None

    def freeze(self) -> None:
        """Count no further damage and keep the last error: what follows is our own doing."""
        self.frozen = True

    def feed(self, line: bytes) -> Line | None:
        """Return the frame that ``line`` speaks of, if it does; else note what it says."""
        found = _FRAME.search(line)
        if found:
            return self._frame(*found.groups())
        config = _CONFIG.search(line)
        if config:
            self._bases[config[1]] = Fraction(int(config[2]), int(config[3]))
            return None
        if self.frozen:
            return None
        if any(words in line for words in _DAMAGE):
            self.damaged += 1
        complaint = _COMPLAINT.match(line)
        if complaint:
            self.complaint = complaint[1].decode(errors="replace").strip()
        return None

    def _frame(self, name: bytes, pts: bytes) -> Line | None:
        if name not in (SEEN.encode(), TAKEN.encode()):
            return None
        taken = name == TAKEN.encode()
        if pts == b"NOPTS":
            return Line(taken, None)
        base = self._bases.get(name, self._time_base)
        return Line(taken, int(pts) if base == self._time_base else self._converted(int(pts), base))

    def _converted(self, pts: int, base: Fraction) -> int:
        return round(pts * base / self._time_base)
