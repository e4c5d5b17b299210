"""Probe of a video file from its headers, its packets, and a few decoded pictures."""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from analyzer.config import LimitSettings
from analyzer.errors import VideoError
from analyzer.hashing import sha256_file
from analyzer.types import Timestamps, VideoInfo
from analyzer.video.packet_scanner import Scan, shared_scanner
from analyzer.video.picture_file import probe_picture, probe_series
from analyzer.video.picture_series import series_of
from analyzer.video.picture_times import picture_times
from analyzer.video.source_file import recording_id

# Containers that read text as pictures are not recordings.
_NOT_RECORDINGS = ("tty",)
# AVFieldOrder: 0 unknown, 1 progressive, the rest interlaced.
_PROGRESSIVE = 1
# These count from an arbitrary moment; other containers count from the beginning of the recording,
# unless its first stamp is further off than that, as in a fragment of a stream.
_FREE_CLOCKS = frozenset({"mpegts", "mpeg"})
_FREE_FROM_S = 60.0
# Less is the delay of a decoder, which muxers leave in.
_LEAST_OFFSET_S = 0.2


def probe(path: Path, limits: LimitSettings | None = None, *, stream: int = 1) -> VideoInfo:
    """Return the properties of the file at ``path``, the times of its pictures, and its SHA-256.

    ``stream`` counts the video streams of the file from 1; each is a recording of its own, with an
    id of its own (``recording_id``) in ``sha256``.
    The file is opened read-only and read twice: by the demuxer in a child process, then hashed.
    ``start_pts`` is the pts of the first presented picture, as in ffprobe's ``-show_frames``.
    ``limits`` are those of the settings, or the defaults. Raises VideoError for a file that cannot
    be analysed as a video.
    """
    limits = limits or LimitSettings()
    series = series_of(path)
    if series is not None:
        return checked_sides(probe_series(series), limits.max_side)
    size = _checked_size(path)
    if stream == 1:
        picture = probe_picture(path, size)
        if picture is not None:
            return checked_sides(picture, limits.max_side)
    scan = shared_scanner.scan(path, limits, stream)
    _check_header(path, scan, limits.max_side)
    times = picture_times(scan)
    if times is None:
        raise VideoError(f"{path}: holds no picture that is meant to be shown; leave it out")
    width, height = displayed_size(scan.width, scan.height, scan.aspect, scan.rotation)
    timing, tick = times.timing, times.time_base
    duration_s = float((timing.end_pts - timing.start_pts) * tick)
    _check_duration(path, duration_s, limits.max_hours)
    decoded = scan.looks.interlaced
    info = VideoInfo(
        path=str(path),
        size_bytes=size,
        sha256=recording_id(sha256_file(path), stream),
        streams=scan.streams,
        container=scan.container,
        stream_index=scan.index,
        codec=scan.codec,
        pixel_format=scan.pixel_format,
        width=width,
        height=height,
        coded_width=scan.width,
        coded_height=scan.height,
        sample_aspect=scan.aspect,
        rotation=scan.rotation,
        interlaced=scan.field_order > _PROGRESSIVE if decoded is None else decoded,
        time_base=tick,
        start_pts=timing.start_pts,
        end_pts=timing.end_pts,
        duration_s=duration_s,
        frames=timing.frames,
        average_rate=timing.average_rate,
        variable_rate=timing.variable_rate,
        creation_time=_created(scan.metadata),
        keyframes=timing.keyframes,
        timestamps=times.source,
        pauses=timing.pauses,
        full_range=scan.full_range,
        usual_step_s=float(timing.usual_step) * float(tick),
        start_offset_s=_start_offset(scan, timing.start_pts * tick, times.source),
        interpolated=times.interpolated,
        retiming=times.retiming,
        field_order=scan.looks.field_order,
    )
    return replace(info, recorded_s=info.recorded_between(info.start_pts, info.end_pts))


def _start_offset(scan: Scan, start_s: Fraction, source: Timestamps) -> float:
    """Return the seconds from the beginning of the recording to its first picture."""
    if source == "counted" or scan.first_s is None:
        return 0.0
    free = scan.container in _FREE_CLOCKS or scan.first_s > _FREE_FROM_S
    late_s = float(start_s) - (scan.first_s if free else 0.0)
    return round(late_s, 6) if abs(late_s) >= _LEAST_OFFSET_S else 0.0


def _created(metadata: dict[str, str]) -> str | None:
    """Return when the file says that it was made: phones of Apple tell it in local time as well."""
    return metadata.get("com.apple.quicktime.creationdate") or metadata.get("creation_time")


def displayed_size(width: int, height: int, aspect: Fraction, rotation: int) -> tuple[int, int]:
    """Return width and height with square pixels and after rotation by a multiple of 90 degrees."""
    if aspect > 0 and aspect != 1:
        width = max(1, round(width * aspect))
    return (height, width) if rotation % 180 == 90 else (width, height)


def _checked_size(path: Path) -> int:
    try:
        status = path.stat()
    except OSError as error:
        raise VideoError(f"{path}: cannot be found ({error.strerror}); check the path") from error
    if path.is_dir():
        raise VideoError(f"{path}: is a folder where a video file was expected; name a file in it")
    if status.st_size == 0:
        raise VideoError(f"{path}: is empty (0 bytes); copy it again from the recorder")
    if not os.access(path, os.R_OK):
        raise VideoError(f"{path}: cannot be read (permission denied); grant read permission")
    return status.st_size


def _check_header(path: Path, scan: Scan, max_side: int) -> None:
    names = scan.container.split(",")
    if any(name in _NOT_RECORDINGS or name.endswith("_pipe") for name in names):
        raise VideoError(f"{path}: is {scan.container} data, not a recorded video; leave it out")
    if scan.width <= 0 or scan.height <= 0:
        raise VideoError(
            f"{path}: does not contain the size of its pictures, as when the start of a recording "
            "is missing; copy the file again from the recorder"
        )
    check_sides(path, scan.width, scan.height, max_side)
    if not len(scan.pts):
        raise VideoError(
            f"{path}: holds no pictures ({scan.read_error or 'its video stream is empty'}); "
            "copy it again from the recorder"
        )


def checked_sides(info: VideoInfo, max_side: int) -> VideoInfo:
    """Return ``info`` of a picture file; raises as ``check_sides``."""
    check_sides(Path(info.path), info.coded_width, info.coded_height, max_side)
    return info


def check_sides(path: Path, width: int, height: int, max_side: int) -> None:
    """Raise VideoError for pictures of which a side, in px, is beyond the limit."""
    if max(width, height) > max_side:
        raise VideoError(
            f"{path}: claims pictures of {width} x {height} px, so its header is damaged: copy the "
            "file again, convert it with the recorder's own software, or raise limits.max_side"
        )


def _check_duration(path: Path, duration_s: float, max_hours: float) -> None:
    if duration_s > max_hours * 3600:
        raise VideoError(
            f"{path}: claims to be {duration_s / 3600:.0f} h long, so its times are damaged: copy "
            "the file again, convert it with the recorder's own software, or raise limits.max_hours"
        )
