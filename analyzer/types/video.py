"""A recording: its clock, its segments, its frames, and what is missing of it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Moment:
    """One presentation timestamp of one video.

    ``pts`` counts in the stream's time base; ``t`` is seconds since the first frame and always
    comes from ``pts``.
    """

    pts: int
    t: float


@dataclass(frozen=True, slots=True)
class StreamClock:
    """Maps the pts of a stream to seconds since its first frame."""

    time_base: Fraction
    start_pts: int

    def moment(self, pts: int) -> Moment:
        """Return the moment of ``pts``; exact in rationals, then one rounding to float."""
        return Moment(pts, float((pts - self.start_pts) * self.time_base))


StretchKind = Literal["recorded", "pause"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a recording with pictures, or a pause in which the recorder wrote none."""

    kind: StretchKind
    start: Moment
    end: Moment


GapReason = Literal["undecodable", "missing timestamps", "timestamps jump"]


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of video that could not be analysed, and why, in seconds since the first frame."""

    t_start: float
    t_end: float
    reason: str


Timestamps = Literal["stored", "interpolated", "counted", "invented"]
"""Where the times of the pictures come from: ``stored`` in the file for each of them;
``interpolated`` for a few between stored ones; ``counted``, where none can be used: the number of
the picture at a constant rate; ``invented`` by a container that stores a rate and no times, which
comes to the same."""


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What probing tells of a file.

    ``width`` × ``height`` are as displayed: after rotation, with square pixels; ``coded_width`` ×
    ``coded_height`` are what the stream stores. ``duration_s`` is from the first frame's pts to the
    end of the last, ``recorded_s`` the part of it that is no pause. ``usual_step_s`` is the median
    distance of neighbouring frames, ``average_rate`` frames per recorded second.
    ``start_offset_s`` is from the beginning of the recording to its first frame: of sound that
    begins before, or of an empty edit. ``keyframes`` are pts in ascending order. ``interpolated``
    counts the frames whose pts is not stored. ``pauses`` are pairs of neighbouring pts with an
    unusually long stretch between them in which the file stores no frame, so that it is not taken
    for damage. ``retiming`` are expressions of ffmpeg's ``setpts``, with ";" between them, that
    make pts of what the file stores where that cannot be used as it is: such a file is decoded from
    its start only.
    ``field_order`` is ``tff`` or ``bff`` where decoded frames show it. ``full_range`` says that
    black is declared as 0 and not as 16. ``sha256`` is that of the file, followed by ``#2`` and so
    on for its further video streams, of which there are ``streams``. ``is_picture`` tells of a file
    that is a still picture, an animation or pages, and no video to ffmpeg. ``turned`` are the
    degrees by which it is turned clockwise to be upright, after ``rotation``, as a camera file
    says; ``width`` and ``height`` are of the turned picture.
    """

    path: str
    size_bytes: int
    sha256: str
    container: str
    stream_index: int
    codec: str
    pixel_format: str
    width: int
    height: int
    coded_width: int
    coded_height: int
    sample_aspect: Fraction
    rotation: int
    interlaced: bool
    time_base: Fraction
    start_pts: int
    end_pts: int
    duration_s: float
    frames: int
    average_rate: float
    variable_rate: bool
    creation_time: str | None
    keyframes: tuple[int, ...] = field(repr=False)
    timestamps: Timestamps = "stored"
    pauses: tuple[tuple[int, int], ...] = field(default=(), repr=False)
    full_range: bool = False
    usual_step_s: float = 0.04
    recorded_s: float = 0.0
    start_offset_s: float = 0.0
    interpolated: int = 0
    retiming: str = ""
    field_order: Literal["", "tff", "bff"] = ""
    streams: int = 1
    is_picture: bool = False
    turned: int = 0

    @property
    def file_sha256(self) -> str:
        """The SHA-256 of the file, without the number of the stream that ``sha256`` may carry."""
        return self.sha256.partition("#")[0]

    @property
    def clock(self) -> StreamClock:
        """The mapping from pts to seconds since the first frame."""
        return StreamClock(self.time_base, self.start_pts)

    @property
    def seekable(self) -> bool:
        """Whether decoding can start at a keyframe in the middle."""
        return not self.retiming

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """The recorded stretches and the pauses between them, in order, without holes.

        ::

            frames     | | | | |            | | | |
            stretches  --recorded-- pause --recorded--
        """
        step = self._step
        borders = [border for a, b in self.pauses for border in (min(a + step, b), b)]
        edges = [self.start_pts, *borders, self.end_pts]
        kinds: tuple[StretchKind, ...] = ("recorded", "pause")
        return tuple(
            Stretch(kinds[i % 2], self.clock.moment(a), self.clock.moment(b))
            for i, (a, b) in enumerate(pairwise(edges))
        )

    def recorded_between(self, begin: int, end: int) -> float:
        """Return the seconds from ``begin`` to ``end``, in pts, that lie in no pause."""
        begin, end = max(begin, self.start_pts), min(end, self.end_pts)
        step = self._step
        first = max(bisect_left(self.pauses, (begin, begin)) - 1, 0)
        last = bisect_left(self.pauses, (end, end))
        paused = sum(
            max(min(b, end) - max(min(a + step, b), begin), 0) for a, b in self.pauses[first:last]
        )
        return float(max(end - begin - paused, 0) * self.time_base)

    @property
    def _step(self) -> int:
        return round(self.usual_step_s / float(self.time_base))


@dataclass(frozen=True, slots=True)
class SegmentSpan:
    """A stretch of one video between keyframes: the unit of work and of resume.

    Frames with ``lead_pts`` <= pts < ``end_pts`` are analysed; those before ``start_pts`` overlap
    with the segment before and exist only so that tracklets can be stitched.
    """

    index: int
    lead_pts: int
    start_pts: int
    end_pts: int


class Frame:
    """A decoded picture with its moment; planes stay as they came until somebody wants colour."""

    def __init__(self, moment: Moment, planes: NDArray[np.uint8], width: int, height: int) -> None:
        """Keep ``planes``, uint8 (H' * 3 / 2, W') yuv420p with W', H' even and >= width, height."""
        rows = (height + height % 2) * 3 // 2
        if planes.dtype != np.uint8 or planes.shape != (rows, width + width % 2):
            raise ValueError(
                f"expected uint8 ({rows}, {width + width % 2}) yuv420p planes, "
                f"got {planes.dtype} {planes.shape}"
            )
        self.moment = moment
        self.width = width
        self.height = height
        self.planes = planes

    @property
    def luma(self) -> NDArray[np.uint8]:
        """Brightness, uint8 (height, width), a view."""
        return self.planes[: self.height, : self.width]

    @cached_property
    def bgr(self) -> NDArray[np.uint8]:
        """Colour, uint8 BGR (height, width, 3); converted on first use."""
        import cv2

        colour = cv2.cvtColor(self.planes, cv2.COLOR_YUV2BGR_I420)
        return np.ascontiguousarray(colour[: self.height, : self.width], dtype=np.uint8)
