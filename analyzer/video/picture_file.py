"""Picture files as recordings: a still is one of one picture, an animation or pages of several."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.errors import VideoError
from analyzer.hashing import sha256_file
from analyzer.types import Frame, Gap, SegmentSpan, VideoInfo
from analyzer.video.file_kind import head_of
from analyzer.video.jpeg_stream import is_motion_jpeg
from analyzer.video.picture_series import Series, series_of, source_sha256, source_size
from analyzer.video.pictures import PictureFacts, decode_picture, frames_of, picture_facts

STILL_S = 0.04
"""Seconds that a still is given: it shows a moment and has no length."""

_TICK = Fraction(1, 1000)
_SIGNATURES = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"GIF8",
    b"II*\0",
    b"MM\0*",
    b"\0\0\0\x0cjP  ",
    b"\xffO\xffQ",
)
_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"mif2", b"avif", b"avis"})
"""Brands of still pictures, and of animations that Pillow reads; a sequence of HEIC (``hevc``) is a
video to ffmpeg."""


def probe_picture(path: Path, size: int) -> VideoInfo | None:
    """Return what a picture file of ``size`` bytes tells, as a recording; None for any other.

    Raises VideoError for a picture that cannot be read.
    """
    try:
        head = head_of(path)
        if not _is_picture(path, head):
            return None
        facts = picture_facts(path)
    except OSError as error:
        raise VideoError(f"{path}: cannot be read ({error.strerror}); check it") from error
    if facts is None:
        raise VideoError(
            f"{path}: is a picture that cannot be read; copy it again, or save it as JPEG or PNG"
        )
    return _as_recording(path, size, sha256_file(path), facts)


def probe_series(series: Series) -> VideoInfo:
    """Return what the pictures of a time-lapse tell, as one recording; the first gives its size.

    Raises VideoError where none is there or the first cannot be read.
    """
    try:
        files = series.files()
        facts = picture_facts(files[0]) if files else None
        size, sha256 = source_size(series.path), source_sha256(series.path)
    except OSError as error:
        raise VideoError(f"{series.path}: cannot be read ({error.strerror}); check it") from error
    if facts is None:
        raise VideoError(
            f"{series.path}: its first picture cannot be read; copy it again, or leave it out"
        )
    steps = (series.step_s * 1000,) * len(files)
    pages = replace(facts, durations_ms=steps, animated=False)
    return replace(_as_recording(series.path, size, sha256, pages), timestamps="counted")


def picture_frames(
    info: VideoInfo, span: SegmentSpan, fps: float, lost: list[Gap]
) -> Iterator[Frame]:
    """Yield the pictures of ``span``, sampled on the grid that a decoder uses, as displayed.

    Those of a time-lapse that cannot be read are put into ``lost``.
    Raises VideoError where none can be decoded.
    """
    path = Path(info.path)
    pictures: Iterator[NDArray[np.uint8] | None]
    try:
        series = series_of(path)
        if series is not None:
            pictures = _pictures_of(series)
        elif info.frames == 1:
            picture = decode_picture(path.read_bytes())
            pictures = iter(() if picture is None else (picture,))
        else:
            pictures = frames_of(path)
        first = next(pictures, None)
    except OSError as error:
        raise VideoError(f"{path}: cannot be read ({error.strerror}); check it") from error
    if first is None:
        raise VideoError(
            f"{path}: not one picture could be decoded; copy it again, or save it as JPEG or PNG"
        )
    before: int | None = None
    for pts, picture in zip(info.keyframes, chain([first], pictures), strict=False):
        moment = info.clock.moment(pts)
        cell = math.floor(moment.t * fps + 1e-6)
        if picture is None:
            lost.append(Gap(moment.t, moment.t + info.usual_step_s, "undecodable"))
        elif cell != before and span.lead_pts <= pts < span.end_pts:
            upright = np.ascontiguousarray(np.rot90(picture, -info.turned // 90))
            yield Frame(moment, _planes(upright, info.width, info.height), info.width, info.height)
        before = cell


def _pictures_of(series: Series) -> Iterator[NDArray[np.uint8] | None]:
    """Yield the pictures of a time-lapse; None for one that cannot be read."""
    for file in series.files():
        yield decode_picture(file.read_bytes())


def _is_picture(path: Path, head: bytes) -> bool:
    if head[4:8] == b"ftyp":
        return head[8:12] in _BRANDS and not is_sequence(head)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return True
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return True
    if not head.startswith(_SIGNATURES):
        return False
    return not is_motion_jpeg(path)


def is_sequence(head: bytes) -> bool:
    """Whether a file with a brand of still pictures lists that of a sequence of HEIC as well."""
    end = int.from_bytes(head[:4], "big")
    brands = {head[at : at + 4] for at in range(16, min(end, len(head)), 4)}
    return bool(brands & {b"hevc", b"hevx"})


def _as_recording(path: Path, size: int, sha256: str, facts: PictureFacts) -> VideoInfo:
    durations = facts.durations_ms if len(facts.durations_ms) > 1 else (STILL_S * 1000,)
    edges = np.concatenate([[0], np.cumsum(np.maximum(np.round(durations), 1))]).astype(int)
    count, end = len(durations), int(edges[-1])
    seconds = float(end * _TICK)
    info = VideoInfo(
        path=str(path),
        size_bytes=size,
        sha256=sha256,
        container=f"picture ({facts.format})",
        stream_index=0,
        codec=facts.format.lower(),
        pixel_format=facts.mode,
        width=facts.width,
        height=facts.height,
        coded_width=facts.stored[0],
        coded_height=facts.stored[1],
        sample_aspect=Fraction(1),
        rotation=facts.rotation,
        interlaced=False,
        time_base=_TICK,
        start_pts=0,
        end_pts=end,
        duration_s=seconds,
        frames=count,
        average_rate=count / seconds,
        variable_rate=len(set(durations)) > 1,
        creation_time=facts.taken,
        keyframes=tuple(map(int, edges[:-1])),
        timestamps="stored" if facts.animated else "counted",
        usual_step_s=float(np.median(durations)) / 1000,
        recorded_s=seconds,
        is_picture=True,
    )
    return info


def _planes(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Return uint8 BGR as yuv420p planes of the size wanted, padded to even sides."""
    if picture.shape[1::-1] != (width, height):
        smaller = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
        picture = np.asarray(smaller, np.uint8)
    right, down = width % 2, height % 2
    if right or down:
        padded = cv2.copyMakeBorder(picture, 0, down, 0, right, cv2.BORDER_REPLICATE)
        picture = np.asarray(padded, np.uint8)
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420), np.uint8)
