"""Looks at a few decoded pictures of a recording: their fields, and how many packets make one.

Runs in the child process of the packet scan, on the packets that pass by, so that nothing is read
twice and no seeking is needed.
"""

from __future__ import annotations

import contextlib
from typing import Any

import av
import numpy as np
from av.codec.context import Flags
from numpy.typing import NDArray

from analyzer.video.combing import LooksTold, field_order

_FIRST_PACKETS, _PACKETS = 16, 10
"""Packets decoded at the start and at each place after it: enough for pictures in a row where some
are stored out of order, or as two fields."""

_MOST_PLACES, _PLACE_S = 12, 10.0
"""Largest number of places, and least seconds of a recording per place."""

_ENOUGH = 10
"""Pictures that agree on their fields, after which nothing more is decoded."""


class PictureLooks:
    """Decodes the first packets of a stream, and some after keyframes spread over the file."""

    def __init__(self, stream: Any, size_bytes: int, duration_s: float | None) -> None:
        """Look at ``stream`` of a file of that size; ``duration_s`` as far as it is known."""
        self.told = LooksTold()
        self._codec = stream.codec_context
        self._codec.flags |= Flags.output_corrupt
        self._codec.thread_count = 1
        places = _MOST_PLACES if duration_s is None else 1 + int(duration_s / _PLACE_S)
        self._every = max(1, size_bytes // max(2, min(places, _MOST_PLACES)))
        self._next_place = self._every
        self._read = 0
        self._places = 1
        self._left = _FIRST_PACKETS
        self._last: list[NDArray[np.uint8]] = []
        self._begins: int | None = None

    def take(self, packet: Any) -> None:
        """Take the next packet of the stream."""
        at = self._read if packet.pos is None else packet.pos
        self._read += packet.size
        if not self._left and packet.is_keyframe and at >= self._next_place and not self._decided:
            self._left = _PACKETS
            self._places += 1
        if not self._left:
            return
        self._next_place = at + self._every
        self._left -= 1
        if self._begins is None and packet.is_keyframe:
            self._begins = packet.pts
        self.told.packets += not self._leads(packet.pts)
        self._decode(packet)
        if self._places == 1 and not self.told.pictures:
            self.told.delay += 1
        if not self._left:
            self.finish()

    def finish(self) -> None:
        """Take the pictures that the decoder still holds; the next place starts afresh."""
        self._decode(None)
        with contextlib.suppress(av.FFmpegError):
            self._codec.flush_buffers()
        self._last.clear()
        self._begins = None

    def _leads(self, pts: int | None) -> bool:
        """Whether a picture is shown before the keyframe, so that it may not decode."""
        return pts is not None and self._begins is not None and pts < self._begins

    @property
    def _decided(self) -> bool:
        told = self.told
        most = max(told.tff, told.bff, told.progressive)
        return most >= _ENOUGH and most == told.tff + told.bff + told.progressive

    def _decode(self, packet: Any) -> None:
        try:
            pictures = self._codec.decode(packet)
        except (av.FFmpegError, ValueError):
            return
        for picture in pictures:
            self._look(picture)

    def _look(self, picture: Any) -> None:
        told, pts = self.told, picture.pts
        told.pictures += not self._leads(pts)
        told.flagged += bool(picture.interlaced_frame)
        if self._places == 1 and not picture.is_corrupt and pts is not None:
            told.first_pts = pts if told.first_pts is None else min(pts, told.first_pts)
        if self._decided:
            return
        self._last = [*self._last[-2:], luma(picture)]
        found = field_order(*self._last) if len(self._last) == 3 else None
        if found is not None:
            setattr(told, found, getattr(told, found) + 1)


def luma(picture: Any) -> NDArray[np.uint8]:
    """Return the luma of a decoded picture, uint8 (H, W)."""
    layout = picture.format
    planar = layout.name.startswith(("yuv4", "yuvj4", "nv12", "nv21", "gray"))
    if not planar or layout.components[0].bits != 8:
        picture = picture.reformat(format="gray")
    plane = picture.planes[0]
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[: picture.height, : picture.width].copy()
