"""Packet scan of video files in a child process, so that a crash there costs one file.

Started by ``packet_scanner.py``; imports PyAV, numpy and what looks at pictures only. Its address
space is limited and it cannot write files. Standard input takes one question per line, a JSON list
of path, number of the video stream (from 1) and forced format (or null); standard output gives one
JSON object per line: ``{"progress": packets}`` about once a second, then ``{"scan": {...}}`` or
``{"error": {...}}``.

A few pictures are decoded on the way (``picture_looks``). Where packets are not pictures, as with
fields that are stored one by one, all are: only the decoder knows how many there are, and when.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import json
import os
import re
import resource
import sys
import time
from array import array
from pathlib import Path
from typing import Any

import av
import av.logging

from analyzer.video.combing import LooksTold
from analyzer.video.picture_looks import PictureLooks

NO_PTS = -(1 << 63)
_PROGRESS_S = 1.0
# AVColorRange: 0 unknown, 1 limited (16-235), 2 full.
_FULL_RANGE = 2
# Demuxers that open other files or addresses named in the given file, including devices and
# protocols. A file that only one of these can read is a playlist, not a recording.
LISTS = frozenset(
    {
        "concat",
        "concatf",
        "dash",
        "hls",
        "image2",
        "image2pipe",
        "imf",
        "lavfi",
        "rtp",
        "rtp_mpegts",
        "rtsp",
        "sap",
        "sdp",
        "webm_dash_manifest",
    }
)
_READABLE = ",".join(sorted(set(av.formats_available) - LISTS))
# nofillin: only what is stored; libavformat would invent time stamps for packets without one.
_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": _READABLE,
    "fflags": "nofillin",
}
# More would take address space for every core of a large machine.
_DECODING_THREADS = 4
_FEWEST_PICTURES = 0.7
"""Least pictures per packet where packets are pictures: damage costs some, fields half."""


class _Packets:
    """Columns of packets in the order of the file."""

    def __init__(self) -> None:
        self.pts, self.dts, self.duration = array("q"), array("q"), array("q")
        self.flags = array("b")
        self.first_s: float | None = None
        self._started: set[int] = set()

    def note_first(self, packet: Any) -> None:
        """Note the earliest beginning of all streams, in seconds of the file's own clock."""
        at = packet.pts if packet.pts is not None else packet.dts
        if packet.stream.index in self._started or at is None or packet.stream.type == "data":
            return
        self._started.add(packet.stream.index)
        begins = float(at * packet.time_base)
        self.first_s = begins if self.first_s is None else min(begins, self.first_s)

    def add(self, packet: Any) -> None:
        self.pts.append(NO_PTS if packet.pts is None else packet.pts)
        self.dts.append(NO_PTS if packet.dts is None else packet.dts)
        self.duration.append(packet.duration or 0)
        self.flags.append(packet.is_keyframe | packet.is_discard << 1)

    def encoded(self) -> dict[str, str]:
        names = ("pts", "dts", "duration", "flags")
        return {n: base64.b64encode(getattr(self, n).tobytes()).decode() for n in names}


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _moving_streams(container: Any) -> list[Any]:
    """Return the video streams that are not cover art, in the order of the file."""
    return [
        stream
        for stream in container.streams.video
        if not stream.disposition & av.stream.Disposition.attached_pic
    ]


def _rotation(container: Any, index: int) -> int:
    """Return the display rotation of a stream in degrees counter-clockwise.

    It is read from what libavformat prints: without decoding a picture PyAV gives the display
    matrix nowhere else.
    """
    for stream in re.split(r"\n\s*Stream #0:", container.dumps_format())[1:]:
        if stream.startswith(str(index)) and not stream[len(str(index))].isdigit():
            found = re.search(r"rotation of (-?\d+(?:\.\d+)?) degrees", stream)
            return round(float(found.group(1))) if found else 0
    return 0


def _header(container: Any, stream: Any) -> dict[str, Any]:
    codec = stream.codec_context
    aspect = stream.sample_aspect_ratio or codec.sample_aspect_ratio or 1
    rate = stream.average_rate or stream.base_rate or 25
    return {
        "container": container.format.name,
        "index": stream.index,
        "codec": codec.name,
        "pixel_format": codec.pix_fmt or "unknown",
        "full_range": int(codec.color_range) == _FULL_RANGE,
        "width": codec.width,
        "height": codec.height,
        "aspect": str(aspect),
        "rotation": _rotation(container, stream.index),
        "field_order": int(codec.field_order),
        "reorders": bool(codec.has_b_frames),
        "time_base": str(stream.time_base),
        "rate": str(rate),
        "codec_rate": str(codec.framerate or 0),
        "declared_frames": stream.frames,
        "declared_duration": stream.duration,
        "metadata": {**stream.metadata, **container.metadata},
    }


def _scan(path: str, number: int, forced: str | None) -> dict[str, Any]:
    with av.open(f"file:{path}", format=forced, options=_OPTIONS) as container:
        moving = _moving_streams(container)
        if len(moving) < number:
            kinds = sorted({other.type for other in container.streams})
            return {"error": {"kind": "no video", "detail": ", ".join(kinds)}}
        stream = moving[number - 1]
        if stream.codec_context is None:
            return {"error": {"kind": "unknown codec", "detail": str(len(moving))}}
        header = _header(container, stream) | {"streams": len(moving)}
        packets = _Packets()
        length = container.duration and container.duration / av.time_base
        looks = PictureLooks(stream, Path(path).stat().st_size, length)
        header["read_error"] = _read(container, stream, packets, looks)
        header["first_s"] = packets.first_s
    header["looks"] = looks.told.as_dict()
    answer = header | packets.encoded()
    if _packets_are_pictures(looks.told):
        return {"scan": answer}
    return {"scan": answer | _decode_all(path, header["index"], forced)}


def _packets_are_pictures(told: LooksTold) -> bool:
    """Whether no fields are stored one by one; pictures that do not decode are damage."""
    return not told.flagged or told.pictures >= _FEWEST_PICTURES * told.packets


def _read(container: Any, stream: Any, packets: _Packets, looks: PictureLooks) -> str | None:
    """Fill ``packets`` up to the end of the file or the first error, which is returned."""
    said = time.monotonic()
    error = None
    try:
        for packet in container.demux():
            if packet.size == 0:
                continue
            packets.note_first(packet)
            if packet.stream.index != stream.index:
                continue
            packets.add(packet)
            looks.take(packet)
            if time.monotonic() - said > _PROGRESS_S:
                said = time.monotonic()
                _say({"progress": len(packets.pts)})
    except av.FFmpegError as failed:
        error = str(failed.strerror)
    looks.finish()
    return error


def _decode_all(path: str, index: int, forced: str | None) -> dict[str, str]:
    """Return the pts of every picture that can be decoded, in order of presentation."""
    pts = array("q")
    said = time.monotonic()
    with av.open(f"file:{path}", format=forced, options=_OPTIONS) as container:
        stream: Any = container.streams[index]
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = _DECODING_THREADS
        packets = iter(container.demux(stream))
        while True:
            try:
                packet = next(packets)
                for picture in packet.decode():
                    pts.append(NO_PTS if picture.pts is None else picture.pts)
            except StopIteration:
                break
            except av.FFmpegError:
                continue
            if time.monotonic() - said > _PROGRESS_S:
                said = time.monotonic()
                _say({"progress": len(pts)})
    return {"picture_pts": base64.b64encode(pts.tobytes()).decode()}


def _answer(path: str, number: int, forced: str | None) -> dict[str, Any]:
    try:
        return _scan(path, number, forced)
    except av.FFmpegError as error:
        detail = f"{error.strerror}"
        if error.errno == errno.ENOMEM:
            return {"error": {"kind": "memory", "detail": detail}}
        log: Any = error.log or (0, "", "")
        _, name, message = log
        if name in LISTS and message.startswith("Format not on whitelist"):
            return {"error": {"kind": "playlist", "detail": name}}
        return {"error": {"kind": type(error).__name__, "detail": detail}}


def _limit(megabytes: int) -> None:
    limits = ((resource.RLIMIT_AS, megabytes << 20), (resource.RLIMIT_FSIZE, 0))
    for what, most in limits:
        # Systems without such a limit refuse it; the child is then not limited.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (most, most))


def main() -> None:
    """Answer paths until standard input ends."""
    _limit(int(sys.argv[1]))
    # dumps_format writes through the log, which PyAV otherwise silences.
    av.logging.set_level(av.logging.INFO)
    answers = os.fdopen(os.dup(1), "w")
    # Output of libav itself must not mix with the answers.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.stdout = answers
    for line in sys.stdin:
        path, number, forced = json.loads(line)
        _say(_answer(str(Path(path)), number, forced))


if __name__ == "__main__":
    main()
