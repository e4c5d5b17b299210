"""A recording: its clock, its segments, its frames, and what is missing of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
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


GapReason = Literal["undecodable", "missing timestamps", "timestamps jump"]


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of video that could not be analysed, and why, in seconds since the first frame."""

    t_start: float
    t_end: float
    reason: str


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What probing tells of a file without decoding a picture.

    ``width`` × ``height`` are as displayed: after rotation, with square pixels; ``coded_width`` ×
    ``coded_height`` are what the stream stores. ``duration_s`` is from the first frame's pts to the
    end of the last. ``keyframes`` are pts in ascending order. ``timestamps`` is ``generated`` where
    the file stores none that can be used: pts then counts pictures at the constant ``1 /
    time_base``. ``pauses`` are pairs of neighbouring pts with an unusually long stretch between
    them in which the file stores no frame, so that it is not taken for damage. ``full_range`` says
    that black is declared as 0 and not as 16.
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
    timestamps: Literal["stored", "generated"] = "stored"
    pauses: tuple[tuple[int, int], ...] = field(default=(), repr=False)
    full_range: bool = False

    @property
    def clock(self) -> StreamClock:
        """The mapping from pts to seconds since the first frame."""
        return StreamClock(self.time_base, self.start_pts)


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
