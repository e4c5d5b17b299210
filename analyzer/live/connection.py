"""Connection to a stream or a camera of this machine, through libav in this very process.

No address is an argument of another program, where every user of the machine could read it; what
libav would log or raise, which quotes addresses, is told in words of our own.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from analyzer.live.sources import Source
from analyzer.video.stream_url import host_of

if TYPE_CHECKING:
    from av.container import InputContainer

_OPEN_S: Final = 15.0
_PROBED_S: Final = (0.5, 10.0)
"""How much of a stream is read before it is recorded, at first and where that does not tell the
size of its pictures. What is read is not lost, but arrives later by the clock of this machine."""
_DEVICE_FORMATS: Final = ("h264", "mjpeg")
"""What a camera of this machine is asked for: raw pictures are too large to be kept."""

_PROTOCOLS: Final = {
    "rtsp": "rtsp,rtsps,rtp,tcp,udp,tls",
    "http": "http,https,tcp,tls,crypto,httpproxy",
}
"""What a stream may make libav open: a playlist that names files of this machine is refused."""

_REASONS: Final = {
    "HTTPUnauthorizedError": "refused the user or the password",
    "HTTPForbiddenError": "forbids it to this user",
    "HTTPNotFoundError": "has nothing at this path",
    "HTTPBadRequestError": "does not understand the request",
    "HTTPOtherClientError": "refused the request",
    "HTTPServerError": "has an error of its own",
    "HTTPTooManyRequestsError": "is asked too often",
    "ConnectionRefusedError": "refused the connection",
    "ConnectionResetError": "broke the connection off",
    "ExitError": "sent nothing for too long",
    "TimeoutError": "did not answer in time",
    "InvalidDataError": "sends nothing that is a video",
    "EOFError": "ended the stream",
    "ProtocolNotFoundError": "leads to a protocol that is not watched",
    "StreamNotFoundError": "sends no picture",
    "FileNotFoundError": "is not there",
    "PermissionError": "may not be opened by this user",
    "BrokenPipeError": "broke the connection off",
}


class StreamError(Exception):
    """A source cannot be read; the text says why, with no address and no password in it."""


@dataclass(frozen=True, slots=True)
class Stream:
    """An open source and its first video stream.

    ``finite`` tells whether it has an end; ``untimed`` whether it has no times of its own, so that
    the times of arrival are those of its pictures.
    """

    container: InputContainer
    video: Any
    finite: bool
    untimed: bool


def connect(source: Source, silence_s: float) -> Stream:
    """Open ``source``; a read of it fails after ``silence_s`` without data. Raises StreamError."""
    import av

    av.logging.set_level(None)
    if source.kind == "stream":
        _require_host(source)
    for probed_s in _PROBED_S:
        try:
            container = _opened(source, silence_s, probed_s)
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise StreamError(reason_of(error)) from None
        if container.streams.video and container.streams.video[0].codec_context.width:
            break
        container.close()
    else:
        raise StreamError("sends no picture")
    name = container.format.name
    return Stream(
        container=container,
        video=container.streams.video[0],
        finite=container.duration is not None and container.duration > 0,
        untimed=name in ("mpjpeg", "mjpeg"),
    )


def _opened(source: Source, silence_s: float, probed_s: float) -> InputContainer:
    import av

    timeout = (_OPEN_S, silence_s)
    if source.kind == "device":
        return _device(source.url, timeout)
    scheme = source.url.partition("://")[0].lower()
    options = {
        "protocol_whitelist": _PROTOCOLS["rtsp" if scheme.startswith("rtsp") else "http"],
        "analyzeduration": str(round(probed_s * 1e6)),
        "fpsprobesize": "0",
    }
    if scheme.startswith("rtsp"):
        # Over UDP packets are lost on the way, and many networks let none through.
        options["rtsp_transport"] = "tcp"
    return av.open(source.url, container_options=options, timeout=timeout)


def _device(path: str, timeout: tuple[float, float]) -> InputContainer:
    import av

    for number, kind in enumerate(_DEVICE_FORMATS, start=1):
        try:
            return av.open(path, format="v4l2", options={"input_format": kind}, timeout=timeout)
        except (av.error.FFmpegError, OSError):
            if number == len(_DEVICE_FORMATS):
                raise
    raise AssertionError("unreachable")


def _require_host(source: Source) -> None:
    """Raise StreamError where the name of the host is not known: libav only says that it failed."""
    try:
        host, port = host_of(source.url)
        socket.getaddrinfo(host, port)
    except ValueError:
        raise StreamError("is no address: it has no host, or no number for a port") from None
    except OSError:
        raise StreamError("has a host that is not found; check its name and the network") from None


def reason_of(error: BaseException) -> str:
    """Return in words what ``error`` of libav or of the system means, with no address in it."""
    for kind in type(error).__mro__:
        if kind.__name__ in _REASONS:
            return _REASONS[kind.__name__]
    words = getattr(error, "strerror", None)
    return f"cannot be read ({words})" if words else "cannot be read"
