"""ffmpeg command of one segment: seek, filters, raw pictures on standard output."""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from analyzer.types import SegmentSpan, VideoInfo
from analyzer.video.ffmpeg import HARDENING, PROTOCOLS, file_url
from analyzer.video.turning import turn_filters

# Name of the showinfo filter that reports the pts of the frames taken.
TAKEN = "taken"

# What stands for the file in the graph of ffmpeg-python.
_FILE = "RECORDING"

# repeat: ffmpeg must not fold equal lines into one; level: lines say whether they are errors.
_LOG = ("-nostats", "-loglevel", "repeat+level+info")
# These demuxers seek to a packet, not to a keyframe: up to one group of pictures too late.
_PACKET_SEEK = ("mpegts", "mpeg", "asf", "flv")
_MOST_SLACK_S = Fraction(1, 2000)


def command(
    binary: str,
    info: VideoInfo,
    seek_pts: int | None,
    fps: float,
    threads: int,
    keyframes_only: bool = False,
) -> list[str]:
    """Return the arguments that decode from ``seek_pts`` (None: the start of the file).

    Sampled pictures go to standard output as yuv420p, as displayed, padded to even sides on the
    right and bottom. For each of them a showinfo line with its exact pts goes to standard error
    (``-copyts``: the stream's own pts, also after a seek). There is no line for the other frames:
    a line per decoded frame made decoding of a 640 x 360 recording 1.5 times slower.
    """
    options = _input_options(info, seek_pts, threads)
    if keyframes_only:
        options["skip_frame"] = "nokey"
    source = ffmpeg.input(_FILE, **options)
    frames = source[str(info.stream_index)]
    if info.retiming:
        frames = frames.filter("settb", str(info.time_base))
        for rule in info.retiming.split(";"):
            frames = frames.filter("setpts", rule)
    if info.interlaced:
        frames = frames.filter("yadif", **_fields(info))
    expression = selection(info, fps)
    if expression:
        frames = frames.filter("select", expression)
    frames = _as_displayed(frames, info).filter(f"showinfo@{TAKEN}", checksum=0)
    output = frames.output("pipe:", format="rawvideo", pix_fmt="yuv420p", fps_mode="passthrough")
    arguments: list[str] = output.compile(cmd=binary)
    # ffmpeg-python cannot hold a name that is not UTF-8.
    arguments[arguments.index(_FILE)] = file_url(Path(info.path))
    general = (*HARDENING, *_LOG, "-copyts", "-filter_complex_threads", str(threads))
    return [arguments[0], *general, *arguments[1:]]


def selection(info: VideoInfo, fps: float) -> str | None:
    """Return the ``select`` expression that samples on an absolute grid, or None to take all.

    A frame is taken if its floor((t - start) * fps) differs from that of the frame before it. So
    the choice depends neither on where decoding began nor on earlier choices. Stored times are
    rounded to a tick: a frame up to half a tick (at most 0.5 ms) early counts as on time.
    """
    if not info.variable_rate and fps * info.usual_step_s >= 0.999:
        return None
    slack = grid_slack(info) * fps + 1e-6
    start = float(info.start_pts * info.time_base)
    now, before = (f"floor(({t}-({start!r}))*{fps!r}+{slack!r})" for t in ("t", "prev_t"))
    return f"isnan(prev_t)+not(eq({now},{before}))"


def grid_slack(info: VideoInfo) -> float:
    """Return the seconds by which a frame may come early and still count as on time."""
    return float(min(info.time_base / 2, _MOST_SLACK_S))


def seek_points(info: VideoInfo, span: SegmentSpan) -> tuple[int | None, ...]:
    """Return pts of keyframes to start decoding at, to try in turn; None is the start of the file.

    The first is the keyframe before the lead, so that the frame before the lead is known too and
    open groups of pictures are decoded completely; the others lie further back, for demuxers that
    seek too late.
    """
    if span.lead_pts <= info.start_pts or not info.seekable:
        return (None,)
    lead = bisect_left(info.keyframes, span.lead_pts)
    packets = any(name in _PACKET_SEEK for name in info.container.split(","))
    steps = (2, 5) if packets else (1, 4)
    return tuple(info.keyframes[lead - step] if lead >= step else None for step in steps)


def _fields(info: VideoInfo) -> dict[str, str]:
    """Return how to deinterlace: every picture where combing was seen, else those declared so."""
    if info.field_order:
        return {"mode": "send_frame", "deint": "all", "parity": info.field_order}
    return {"mode": "send_frame", "deint": "interlaced"}


def _input_options(info: VideoInfo, seek_pts: int | None, threads: int) -> dict[str, object]:
    # output_corrupt: a damaged picture is better than none.
    options: dict[str, object] = {
        "protocol_whitelist": PROTOCOLS,
        "format_whitelist": info.container,
        "format": info.container.split(",")[0],
        "threads": threads,
        "flags": "+output_corrupt",
    }
    if seek_pts is not None:
        # noaccurate_seek: we drop the frames before the lead ourselves, by exact pts.
        options["seek_timestamp"] = 1
        options["noaccurate_seek"] = None
        options["ss"] = f"{float(seek_pts * info.time_base):.6f}"
    return options


def _as_displayed(frames: Any, info: VideoInfo) -> Any:
    # ffmpeg has already rotated. Always scale: the size may change in the middle of a recording.
    # out_range: 16-235, which the conversion to BGR expects. It is left out if the pictures are in
    # that range already, so that the scaler has nothing to do.
    limited = info.pixel_format == "yuv420p" and not info.full_range
    ranges = {} if limited else {"out_range": "tv"}
    frames = turn_filters(frames, info.turned)
    frames = frames.filter("scale", info.width, info.height, **ranges).filter("setsar", 1)
    frames = frames.filter("format", "yuv420p")
    if info.width % 2 or info.height % 2:
        frames = frames.filter("pad", info.width + info.width % 2, info.height + info.height % 2)
    return frames
