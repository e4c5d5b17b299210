"""Check of a source: what it sends, how its clock differs, and a still, or what is wrong."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final

from analyzer.live.connection import Stream, StreamError, connect, reason_of
from analyzer.live.sources import Source
from analyzer.live.status import replace_file
from analyzer.live.stills import jpeg_of
from analyzer.video.stream_url import host_of

_LOOK_S: Final = 10.0
"""How long a picture is waited for."""
_MEASURED_S: Final = 2.0
"""Of how much of a stream its rate is measured."""
_PORTS: Final = {"rtsp": 554, "http": 80}
_ANSWER_S: Final = 5.0
_HEAD_BYTES: Final = 8192


@dataclass(frozen=True, slots=True)
class CameraCheck:
    """What a camera sends; ``problem`` says what is wrong, and then nothing else is known.

    ``rate`` in pictures a second as they arrive; ``clock_s`` is its clock minus ours, to a second,
    None where it does not tell.
    """

    camera: str
    url: str
    problem: str | None = None
    codec: str | None = None
    width: int | None = None
    height: int | None = None
    rate: float | None = None
    clock_s: float | None = None
    still: str | None = None

    @property
    def words(self) -> str:
        """All of it in a line."""
        if self.problem is not None:
            return f"{self.camera}: {self.url}: {self.problem}"
        rate = "" if self.rate is None else f", {self.rate:.1f} pictures a second"
        clock = "its clock is not told"
        if self.clock_s is not None:
            way = "ahead" if self.clock_s > 0 else "behind"
            clock = (
                f"its clock is {abs(self.clock_s):.0f} s {way}" if self.clock_s else "clock right"
            )
        still = "" if self.still is None else f", {self.still}"
        return f"{self.camera}: {self.codec}, {self.width} × {self.height}{rate}, {clock}{still}"


def check_source(source: Source, stills: Path | None) -> CameraCheck:
    """Connect to ``source`` and return what it sends; a picture of it goes into ``stills``."""
    found = CameraCheck(source.camera, source.shown)
    if source.kind == "folder":
        return replace(found, problem="is a folder: nothing to connect to")
    try:
        stream = connect(source, _LOOK_S)
    except StreamError as error:
        return replace(found, problem=str(error))
    try:
        frame, rate = _looked(stream)
    except Exception as error:  # noqa: BLE001 - whatever libav raises
        return replace(found, problem=reason_of(error))
    finally:
        stream.container.close()
    if frame is None:
        return replace(found, problem="sends pictures that do not decode")
    codec = stream.video.codec_context.name
    return replace(
        found,
        codec=codec,
        width=frame.width,
        height=frame.height,
        rate=rate,
        clock_s=clock_difference(source),
        still=None if stills is None else _kept(frame, stills / f"{source.folder}.jpg"),
    )


def _looked(stream: Stream) -> tuple[Any, float | None]:
    """Return the newest picture of two seconds of a stream, and its rate as it arrives."""
    frame, begun, count = None, time.monotonic(), 0
    first = None
    for found in stream.container.decode(stream.video):
        frame, now = found, time.monotonic()
        # What was read to know the stream arrives at once.
        if now - begun > 0.5:
            first = first or now
            count += 1
        if now - begun >= _MEASURED_S or stream.finite:
            break
    span = 0.0 if first is None else time.monotonic() - first
    rate = stream.video.average_rate
    if stream.finite or span < 1.0:
        return frame, float(rate) if rate and not stream.untimed else None
    return frame, round((count - 1) / span, 1)


def _kept(frame: Any, path: Path) -> str:
    replace_file(path, jpeg_of(frame))
    return str(path)


def clock_difference(source: Source) -> float | None:
    """Return the clock of a camera minus ours, in seconds, by the date of an answer of it.

    Asks with no password: a refusal has a date too. None where it tells none.
    """
    scheme = source.shown.partition("://")[0]
    if source.kind != "stream" or scheme not in _PORTS:
        return None
    try:
        host, port = host_of(source.url)
        with socket.create_connection((host, port or _PORTS[scheme]), _ANSWER_S) as connection:
            connection.settimeout(_ANSWER_S)
            asked = f"rtsp://{host}/ RTSP/1.0" if scheme == "rtsp" else "/ HTTP/1.0"
            method = "OPTIONS" if scheme == "rtsp" else "HEAD"
            connection.sendall(f"{method} {asked}\r\nHost: {host}\r\nCSeq: 1\r\n\r\n".encode())
            head = connection.recv(_HEAD_BYTES).decode("latin-1")
        dates = [line for line in head.splitlines() if line.lower().startswith("date:")]
        theirs = parsedate_to_datetime(dates[0].partition(":")[2].strip())
    except (OSError, ValueError, IndexError):
        return None
    # It names whole seconds.
    difference = theirs.timestamp() + 0.5 - time.time()
    return 0.0 if abs(difference) < 1.0 else float(round(difference))
