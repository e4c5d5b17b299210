"""Export of a stretch of a recording as an MP4 that every browser plays.

Every picture keeps its own time: nothing is dropped, doubled or moved to a fixed rate.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import cv2
import numpy as np

from analyzer.errors import VideoError
from analyzer.types import Frame, Moment, SegmentSpan, VideoInfo
from analyzer.video.annotate import Image, Painter
from analyzer.video.decode import Decoder

# No B-frames and frequent keyframes: seeking in a player lands on the requested picture.
_OPTIONS: dict[str, object] = {
    "preset": "veryfast",
    "bf": "0",
    "g": "12",
    "sc_threshold": "0",
    "threads": "1",
}
DERIVED = "derived by analyzer; not the original recording"
"""What every clip and still says of itself, by which a run knows it."""

_QUALITY = {"copy": "28", "evidence": "20"}
_TICKS = Fraction(1, 90_000)
# Signature and first chunk of a PNG, in bytes.
_PNG_HEADER = 33
# Each thread of ffmpeg holds pictures in memory.
_MOST_THREADS = 4


@dataclass(frozen=True, slots=True)
class Cut:
    """Result of a cut: moments of the first and last picture, their number and size in px."""

    first: Moment
    last: Moment
    frames: int
    width: int
    height: int


def cut(
    info: VideoInfo,
    t_start: float,
    t_end: float,
    out: Path,
    *,
    fps: float | None = None,
    width: int | None = None,
    paint: Painter | None = None,
    evidence: bool = False,
) -> Cut:
    """Write the pictures of ``info.path`` between two times in seconds as H.264 to ``out``.

    ``fps`` samples them on the grid that the analysis uses, each picture at its own time; ``width``
    is the largest width in px; ``paint`` gets each picture at full size. The file is written
    completely or not at all. Raises VideoError if no picture of the stretch can be decoded, and
    OSError if ``out`` cannot be written.
    """
    size = _size(info, width)
    # Without painting, ffmpeg resizes and the planes are encoded as they are, not converted to BGR.
    seen = info if paint is not None else replace(info, width=size[0], height=size[1])
    frames = _frames(seen, t_start, t_end, fps)
    first = next(frames, None)
    if first is None:
        raise VideoError(
            f"{info.path}: no picture between {t_start:.3f} and {t_end:.3f} s can be decoded; "
            "choose another stretch"
        )
    unfinished = out.with_name(f"{out.name}.tmp")
    with av.open(str(unfinished), "w", format="mp4", options={"movflags": "+faststart"}) as target:
        target.metadata["comment"] = DERIVED
        stream = target.add_stream("libx264", rate=max(1, round(fps or info.average_rate)))
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = _TICKS
        stream.options = _OPTIONS | {"crf": _QUALITY["evidence" if evidence else "copy"]}
        last, count = first.moment, 0
        for frame in chain([first], frames):
            picture = _encodable(frame, size, paint)
            picture.pts = round((frame.moment.t - first.moment.t) / _TICKS)
            picture.time_base = _TICKS
            target.mux(stream.encode(picture))
            last, count = frame.moment, count + 1
        target.mux(stream.encode(None))
    unfinished.replace(out)
    return Cut(first.moment, last, count, *size)


def still(info: VideoInfo, t: float, paint: Painter | None = None) -> tuple[bytes, Moment]:
    """Return the first picture at or after ``t`` seconds as PNG, at full size, and its moment.

    Raises VideoError if no picture can be decoded from there on.
    """
    frame = next(_frames(info, t, info.duration_s, None), None)
    if frame is None:
        raise VideoError(f"{info.path}: no picture at {t:.3f} s can be decoded; choose another")
    picture = _picture(frame, (info.width, info.height), paint)
    return _marked(cv2.imencode(".png", picture)[1].tobytes()), frame.moment


def _marked(png: bytes) -> bytes:
    """Return ``png`` with ``DERIVED`` as its comment, behind the header."""
    chunk = b"tEXtComment\0" + DERIVED.encode("ascii")
    length, check = (len(chunk) - 4).to_bytes(4, "big"), zlib.crc32(chunk).to_bytes(4, "big")
    return png[:_PNG_HEADER] + length + chunk + check + png[_PNG_HEADER:]


def _frames(info: VideoInfo, t_start: float, t_end: float, fps: float | None) -> Iterator[Frame]:
    ticks = float(1 / info.time_base)
    # Half a tick earlier, so that a time rounded to milliseconds still finds its picture.
    start = info.start_pts + max(0, int(np.ceil(t_start * ticks - 0.5 - 0.0005 * ticks)))
    end = min(info.start_pts + int(np.floor(t_end * ticks)) + 1, info.end_pts + 1)
    span = SegmentSpan(0, start, start, max(end, start + 1))
    rate = fps or max(1000.0, info.average_rate)
    # Unlike in an analysis, no other workers need the processor.
    threads = min(os.cpu_count() or 1, _MOST_THREADS)
    return iter(Decoder(info, span, rate, threads=threads))


def _size(info: VideoInfo, width: int | None) -> tuple[int, int]:
    """Return even sides with the aspect ratio of the recording, at most ``width`` wide."""
    scale = min(1.0, width / info.width) if width else 1.0
    return max(2, round(info.width * scale / 2) * 2), max(2, round(info.height * scale / 2) * 2)


def _encodable(frame: Frame, size: tuple[int, int], paint: Painter | None) -> av.VideoFrame:
    if paint is None:
        return av.VideoFrame.from_ndarray(frame.planes, format="yuv420p")
    return av.VideoFrame.from_ndarray(_picture(frame, size, paint), format="bgr24")


def _picture(frame: Frame, size: tuple[int, int], paint: Painter | None) -> Image:
    picture = frame.bgr if paint is None else paint(frame.bgr.copy(), frame.moment)
    if picture.shape[1::-1] != size:
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    return picture
