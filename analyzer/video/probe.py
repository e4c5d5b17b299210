"""Probe of a video file from its headers and packets; no picture is decoded."""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from analyzer.config import LimitSettings
from analyzer.errors import VideoError
from analyzer.hashing import sha256_file
from analyzer.types import VideoInfo
from analyzer.video import timing
from analyzer.video.packet_scanner import NO_PTS, Scan, shared_scanner

# Containers that read text as pictures are not recordings.
_NOT_RECORDINGS = ("tty",)
# AVFieldOrder: 0 unknown, 1 progressive, the rest interlaced.
_PROGRESSIVE = 1
# Least share of packets with a timestamp; below it all timestamps are generated.
_ENOUGH_STAMPED = 0.99


def probe(path: Path, limits: LimitSettings | None = None) -> VideoInfo:
    """Return the properties in headers and packets of the file at ``path``, and its SHA-256.

    The file is opened read-only and read twice: by the demuxer in a child process, then hashed.
    ``start_pts`` is the pts of the first presented picture, as in ffprobe's ``-show_frames``.
    ``limits`` are those of the settings, or the defaults. Raises VideoError for a file that cannot
    be analysed as a video.
    """
    limits = limits or LimitSettings()
    size = _checked_size(path)
    scan = shared_scanner.scan(path, limits)
    _check_header(path, scan, limits.max_side)
    generated = _needs_generated(scan)
    times = _timing(path, scan, generated)
    width, height = displayed_size(scan.width, scan.height, scan.aspect, scan.rotation)
    rate = _constant_rate(scan)
    time_base = 1 / rate if generated else scan.time_base
    duration_s = float((times.end_pts - times.start_pts) * time_base)
    _check_duration(path, duration_s, limits.max_hours)
    return VideoInfo(
        path=str(path),
        size_bytes=size,
        sha256=sha256_file(path),
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
        interlaced=scan.field_order > _PROGRESSIVE,
        time_base=time_base,
        start_pts=times.start_pts,
        end_pts=times.end_pts,
        duration_s=duration_s,
        frames=times.frames,
        average_rate=float(rate) if generated else times.average_rate,
        variable_rate=times.variable_rate,
        creation_time=scan.metadata.get("creation_time"),
        keyframes=times.keyframes,
        timestamps="generated" if generated else "stored",
        pauses=times.pauses,
        full_range=scan.full_range,
    )


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
    if max(scan.width, scan.height) > max_side:
        raise VideoError(
            f"{path}: claims pictures of {scan.width} x {scan.height} px, so its header is "
            "damaged: copy the file again, convert it with the recorder's own software, or raise "
            "limits.max_side"
        )
    if not len(scan.pts):
        raise VideoError(
            f"{path}: holds no pictures ({scan.read_error or 'its video stream is empty'}); "
            "copy it again from the recorder"
        )


def _check_duration(path: Path, duration_s: float, max_hours: float) -> None:
    if duration_s > max_hours * 3600:
        raise VideoError(
            f"{path}: claims to be {duration_s / 3600:.0f} h long, so its times are damaged: copy "
            "the file again, convert it with the recorder's own software, or raise limits.max_hours"
        )


def _needs_generated(scan: Scan) -> bool:
    """Whether pts must be counted: none stored, two recordings joined, or AVI with reordering.

    AVI stores decoding order at a constant rate; what ffmpeg makes of it for reordered pictures
    starts one or two frames late, and by how much depends on its version.
    """
    stamped = scan.pts != NO_PTS
    if stamped.mean() < _ENOUGH_STAMPED:
        return True
    known = scan.dts[scan.dts != NO_PTS]
    return (scan.container == "avi" and scan.reorders) or timing.jumps_back(known, scan.time_base)


def _constant_rate(scan: Scan) -> Fraction:
    """Return the rate at which decoding times advance, else the header's (AVI's may be doubled)."""
    known = scan.dts != NO_PTS
    # Only between neighbours: across a packet without a time stamp a step is twice as long.
    steps = np.diff(scan.dts)[known[1:] & known[:-1]]
    steps = steps[steps > 0]
    if not len(steps) or len(steps) < len(scan.pts) // 2:
        return scan.rate
    return 1 / (int(np.median(steps)) * scan.time_base)


def _timing(path: Path, scan: Scan, generated: bool) -> timing.Timing:
    pts = np.arange(len(scan.pts), dtype=np.int64) if generated else scan.pts
    kept = (pts != NO_PTS) & timing.presented(pts, scan.key, scan.discard)
    if not kept.any():
        raise VideoError(f"{path}: holds no picture that is meant to be shown; leave it out")
    if generated:
        return timing.counted(int(kept.sum()), scan.key)
    times = timing.measure(scan.pts[kept], scan.duration[kept], scan.key[kept], scan.time_base)
    return _with_declared_end(times, scan)


def _with_declared_end(times: timing.Timing, scan: Scan) -> timing.Timing:
    """Extend to the end that the header declares when the file was cut before it.

    Only where the header also declares how many frames there should be (MP4, AVI) and over 1 % of
    them are not in the file: what is missing is then reported as a gap.
    """
    declared = scan.declared_duration
    if not declared or len(scan.pts) >= 0.99 * scan.declared_frames:
        return times
    end = max(times.end_pts, times.start_pts + declared)
    return replace(times, end_pts=end)
