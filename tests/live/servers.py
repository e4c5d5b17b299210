"""Servers of live streams for tests: RTSP over TCP, Motion JPEG over HTTP, and plain files.

``python -m tests.live.servers rtsp|mjpeg PORT FILE`` serves FILE over and over, in a process that
can be killed. RTSP: RFC 2326 with interleaved RTP (10.12), H.264 as RFC 6184 packs it.
"""

from __future__ import annotations

import base64
import io
import re
import socketserver
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import av

USER, PASSWORD = "viewer", "hunter2 is:secret"
_MTU = 1400
_RATE = 90_000


def access_units(path: Path) -> Iterator[tuple[float, list[bytes]]]:
    """Yield the time in seconds and the NAL units of each picture of an H.264 file, over and over.

    Parameter sets stand in front of each key frame.
    """
    shift = 0.0
    while True:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            filter_ = av.bitstream.BitStreamFilterContext("h264_mp4toannexb", stream)
            last = 0.0
            for packet in container.demux(stream):
                for one in filter_.filter(packet):
                    if one.pts is None:
                        continue
                    last = float(one.pts * one.time_base)
                    yield shift + last, _nals(bytes(one))
            step = 1 / float(stream.average_rate or Fraction(10))
        shift += last + step


def _nals(data: bytes) -> list[bytes]:
    return [nal for nal in re.split(b"\x00\x00\x00?\x01", data) if nal]


class _Rtsp(socketserver.StreamRequestHandler):
    path: Path
    secret: str | None
    video: bytes

    def handle(self) -> None:
        while True:
            head = self._request()
            if not head:
                return
            method = head.split(" ", 1)[0]
            number = re.search(r"(?im)^CSeq: *(\d+)", head)
            sequence = number[1] if number else "0"
            if self.secret is not None and f"Basic {self.secret}" not in head:
                realm = 'WWW-Authenticate: Basic realm="test"\r\n'
                self._answer("401 Unauthorized", sequence, realm)
            elif method == "OPTIONS":
                self._answer("200 OK", sequence, "Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n")
            elif method == "DESCRIBE":
                self._answer("200 OK", sequence, "Content-Type: application/sdp\r\n", self._sdp())
            elif method == "SETUP":
                transport = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n"
                self._answer("200 OK", sequence, transport)
            elif method == "PLAY":
                self._answer("200 OK", sequence, "Session: 1\r\n")
                self._play()
                return
            else:
                return

    def _request(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode()) not in ("", "\r\n"):
            lines.append(line)
        return "".join(lines)

    def _answer(self, status: str, sequence: str, more: str = "", body: bytes = b"") -> None:
        date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() - 75))
        head = f"RTSP/1.0 {status}\r\nCSeq: {sequence}\r\nDate: {date}\r\n{more}"
        self.wfile.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def _sdp(self) -> bytes:
        _, nals = next(access_units(self.path))
        sets = [nal for nal in nals if nal[0] & 31 in (7, 8)]
        sprop = ",".join(base64.b64encode(nal).decode() for nal in sets)
        return (
            "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=test\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n"
            "a=rtpmap:96 H264/90000\r\n"
            f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={sprop}\r\n"
            "a=control:track1\r\n"
        ).encode()

    def _play(self) -> None:
        begun, sequence = time.monotonic(), 0
        for t, nals in access_units(self.path):
            time.sleep(max(begun + t - time.monotonic(), 0))
            for number, nal in enumerate(nals):
                for payload, marker in _payloads(nal, number == len(nals) - 1):
                    head = struct.pack(
                        "!BBHII", 0x80, 96 | marker << 7, sequence & 0xFFFF,
                        int(t * _RATE) & 0xFFFFFFFF, 0x1234,
                    )  # fmt: skip
                    sequence += 1
                    packet = head + payload
                    try:
                        self.wfile.write(struct.pack("!BBH", 0x24, 0, len(packet)) + packet)
                    except OSError:
                        return


def _payloads(nal: bytes, last: bool) -> Iterator[tuple[bytes, int]]:
    """Yield the payloads of a NAL unit and the marker bit of each; larger ones are cut (FU-A)."""
    if len(nal) <= _MTU:
        yield nal, int(last)
        return
    kind, rest = nal[0] & 31, nal[1:]
    parts = [rest[at : at + _MTU] for at in range(0, len(rest), _MTU)]
    for number, part in enumerate(parts):
        begin, end = number == 0, number == len(parts) - 1
        header = bytes([nal[0] & 0xE0 | 28, begin << 7 | end << 6 | kind])
        yield header + part, int(last and end)


class _Mjpeg(BaseHTTPRequestHandler):
    path_of: Path
    secret: str | None

    def do_GET(self) -> None:
        if self.secret is not None and self.headers["Authorization"] != f"Basic {self.secret}":
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="test"')
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        begun, shift = time.monotonic(), 0.0
        while True:
            last = 0.0
            for t, jpeg in jpegs(self.path_of):
                time.sleep(max(begun + shift + t - time.monotonic(), 0))
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                try:
                    self.wfile.write(head.encode() + jpeg + b"\r\n")
                except OSError:
                    return
                last = t
            shift += last + 0.1

    def log_message(self, *_: object) -> None:
        pass


def jpegs(path: Path) -> Iterator[tuple[float, bytes]]:
    """Yield time and JPEG of each picture of a video."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            data = io.BytesIO()
            frame.to_image().save(data, "JPEG", quality=85)
            yield float(frame.time or 0.0), data.getvalue()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class _TcpServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def secret_of(user: str, password: str) -> str:
    """Return user and password as HTTP and RTSP send them."""
    return base64.b64encode(f"{user}:{password}".encode()).decode()


Make = Callable[[int], socketserver.BaseServer]


def rtsp(path: Path, secret: str | None = None) -> Make:
    """Return what makes an RTSP server of an H.264 file on a port."""
    handler = type("Rtsp", (_Rtsp,), {"path": path, "secret": secret})
    return lambda port: _TcpServer(("127.0.0.1", port), handler)


def mjpeg(path: Path, secret: str | None = None) -> Make:
    """Return what makes a server of Motion JPEG on a port."""
    handler = type("Mjpeg", (_Mjpeg,), {"path_of": path, "secret": secret})
    return lambda port: ThreadingHTTPServer(("127.0.0.1", port), handler)


def files(folder: Path) -> Make:
    """Return what makes a server of the files of a folder on a port."""
    handler = partial(_Quiet, directory=str(folder))
    return lambda port: ThreadingHTTPServer(("127.0.0.1", port), handler)


@contextmanager
def serving(make: Make) -> Iterator[int]:
    """Serve in a thread; gives the port."""
    server = make(0)
    server.daemon_threads = True  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def start_server(kind: str, port: int, path: Path) -> subprocess.Popen[bytes]:
    """Start a server in a process that can be killed; it listens when this returns."""
    command = [sys.executable, "-m", "tests.live.servers", kind, str(port), str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline(), "it says when it listens"
    return process


if __name__ == "__main__":
    KIND, PORT, FILE = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    SERVER = {"rtsp": rtsp, "mjpeg": mjpeg}[KIND](FILE)(PORT)
    print(SERVER.server_address[1], flush=True)  # type: ignore[attr-defined]
    SERVER.serve_forever(0.05)
