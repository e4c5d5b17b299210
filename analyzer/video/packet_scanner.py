"""Client of the packet scan: one child process, reused, and replaced when it fails."""

from __future__ import annotations

import atexit
import base64
import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from analyzer.config import LimitSettings
from analyzer.errors import VideoError
from analyzer.video.combing import LooksTold
from analyzer.video.jpeg_stream import is_motion_jpeg

# First bytes of playlists that ffmpeg does not recognise because of their file name.
_PLAYLISTS = (b"#EXTM3U", b"ffconcat", b"[playlist]", b"<asx", b"<ASX")
_PACKAGE = Path(__file__).resolve().parents[1] / "__init__.py"
# The child imports this very package, wherever it lies, and nothing else from there.
_PROGRAM = """
import sys, importlib.util as util
spec = util.spec_from_file_location("analyzer", sys.argv[2])
sys.modules["analyzer"] = package = util.module_from_spec(spec)
spec.loader.exec_module(package)
from analyzer.video.packet_scan_child import main
main()
"""


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """Answer of the demuxer: the header, and the packets of one stream in the order of the file.

    ``streams`` counts the video streams of the file that are not cover art.
    ``pts`` and ``dts`` are int64 (N,) with ``NO_PTS`` where none is stored; ``duration`` int64
    (N,); ``key`` and ``discard`` (not for presentation, by an edit list) bool (N,). ``looks`` are
    at a few decoded pictures. ``picture_pts`` are int64 (M,) of all decoded pictures, empty where
    packets are pictures. ``first_s`` is when the first of all streams begins. ``codec_rate`` is
    what the stream itself says of its pictures, 0 where it says nothing.
    """

    container: str
    streams: int
    index: int
    codec: str
    pixel_format: str
    full_range: bool
    width: int
    height: int
    aspect: Fraction
    rotation: int
    field_order: int
    reorders: bool
    time_base: Fraction
    rate: Fraction
    codec_rate: Fraction
    declared_frames: int
    declared_duration: int | None
    metadata: dict[str, str]
    read_error: str | None
    pts: NDArray[np.int64]
    dts: NDArray[np.int64]
    duration: NDArray[np.int64]
    key: NDArray[np.bool_]
    discard: NDArray[np.bool_]
    looks: LooksTold
    picture_pts: NDArray[np.int64]
    first_s: float | None


class Scanner:
    """Scanner of one file at a time in a child process; safe to use from several threads."""

    def __init__(self) -> None:
        """Create without a child; the first scan starts one."""
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def scan(self, path: Path, limits: LimitSettings, number: int = 1) -> Scan:
        """Return the demuxer's answer about video stream ``number`` of a file, within ``limits``.

        Raises VideoError if it is not a video, if it is a playlist of other files, if reading it
        crashed the demuxer or took too much memory, and if it made no progress for the time limit.
        """
        with self._lock:
            answer = self._ask(path, limits, number)
        if "error" in answer:
            error = answer["error"]
            if error["kind"] == "memory":
                raise VideoError(
                    f"{path}: reading its packets takes more than {limits.memory_mb} MB; the file "
                    "is damaged: copy it again, or raise limits.memory_mb"
                )
            raise VideoError(_in_words(path, error["kind"], error["detail"]))
        return _decoded(answer["scan"])

    def close(self) -> None:
        """End the child; a later scan starts another."""
        if self._child is not None and self._child.owner == os.getpid():
            self._child.end()
        self._child = None

    def _ask(self, path: Path, limits: LimitSettings, number: int) -> dict[str, Any]:
        if self._child is not None and self._child.memory_mb != limits.memory_mb:
            self.close()
        # A child inherited through fork belongs to the parent.
        if self._child is None or self._child.owner != os.getpid() or self._child.ended:
            self._child = _Child(limits.memory_mb)
        answer: dict[str, Any] | None = None
        try:
            # The child reports about once a second; without a report for so long it hangs.
            question = (str(path.absolute()), number, forced_format(path))
            answer = self._child.ask(path, question, limits.silence_s)
        finally:
            # After an interruption the child would give this answer to the next question.
            if answer is None:
                self.close()
        return answer


class _Child:
    """One child process that answers one question at a time."""

    def __init__(self, memory_mb: int) -> None:
        self.owner = os.getpid()
        self.memory_mb = memory_mb
        self._answers: queue.Queue[str] = queue.Queue()
        # -I: neither the current folder nor PYTHON* variables may change what the child imports.
        # Own session: Ctrl-C is handled by the parent.
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _PROGRAM, str(memory_mb), str(_PACKAGE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        arguments = (self._process.stdout, self._answers)
        threading.Thread(target=_forward, args=arguments, daemon=True).start()

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def ask(
        self, path: Path, question: tuple[str, int, str | None], silence_s: float
    ) -> dict[str, Any]:
        stdin: Any = self._process.stdin
        # A pipe that broke during the write shows as an empty answer.
        with contextlib.suppress(BrokenPipeError):
            stdin.write(json.dumps(question) + "\n")
            stdin.flush()
        while True:
            try:
                line = self._answers.get(timeout=silence_s)
            except queue.Empty:
                raise VideoError(
                    f"{path}: reading its packets made no progress for {silence_s:.0f} s; "
                    "copy the file again, or check the disk it is on"
                ) from None
            if not line:
                raise VideoError(
                    f"{path}: reading its packets crashed the demuxer or took more than "
                    f"{self.memory_mb} MB (status {self._process.wait()}); the file is damaged: "
                    "copy it again, or convert it with the recorder's own software"
                )
            answer: dict[str, Any] = json.loads(line)
            if "progress" not in answer:
                return answer

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(BrokenPipeError):
            cast(Any, self._process.stdin).close()


def forced_format(path: Path) -> str | None:
    """Return the demuxer for a file that libavformat takes for something else, or None.

    JPEG pictures one behind another, with or without what a server writes between them, are taken
    for one picture, or for a multipart stream only where its boundaries are as expected.
    """
    return "mjpeg" if is_motion_jpeg(path) else None


def _forward(stream: Any, answers: queue.Queue[str]) -> None:
    with stream:
        for line in stream:
            answers.put(line)
    answers.put("")


def _decoded(answer: dict[str, Any]) -> Scan:
    values: dict[str, Any] = dict(answer)
    for name in ("aspect", "time_base", "rate", "codec_rate"):
        values[name] = Fraction(values[name])
    for name in ("pts", "dts", "duration"):
        values[name] = np.frombuffer(base64.b64decode(values[name]), dtype=np.int64)
    values["looks"] = LooksTold(**values["looks"])
    pictures = base64.b64decode(values.get("picture_pts", ""))
    values["picture_pts"] = np.frombuffer(pictures, dtype=np.int64)
    flags = np.frombuffer(base64.b64decode(values.pop("flags")), dtype=np.int8)
    return Scan(**values, key=(flags & 1).astype(bool), discard=(flags & 2).astype(bool))


def _in_words(path: Path, kind: str, detail: str) -> str:
    if kind == "no video":
        return f"{path}: has no video stream (only {detail or 'unknown data'}); leave it out"
    if kind == "playlist" and detail.startswith("image2"):
        return f"{path}: is a picture, not a recording; leave it out"
    if kind == "playlist":
        return (
            f"{path}: is a playlist ({detail}) that names other files, not a recording; give the "
            "files that it names"
        )
    if kind == "unknown codec":
        return (
            f"{path}: its video codec is unknown to ffmpeg; convert it with its recorder's software"
        )
    if _begins(path, _PLAYLISTS):
        return f"{path}: is a playlist of other files or addresses, not a recording; leave it out"
    if _is_mp4(path):
        return (
            f"{path}: its index (moov) is missing or damaged, as when a recording or a copy was "
            "cut off; copy the file again, or rebuild the index with a repair tool on a copy"
        )
    return (
        f"{path}: is not a video that ffmpeg can read ({detail}); check that it is the right file, "
        "or convert it with the recorder's own software"
    )


def _is_mp4(path: Path) -> bool:
    return _begins(path, (b"ftyp", b"mdat", b"wide", b"free", b"skip", b"moov"), 4)


def _begins(path: Path, starts: tuple[bytes, ...], at: int = 0) -> bool:
    with path.open("rb") as file:
        return file.read(32)[at:].startswith(starts)


shared_scanner = Scanner()
atexit.register(shared_scanner.close)
