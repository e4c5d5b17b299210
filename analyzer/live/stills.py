"""Newest picture of a source, made only while somebody asks for pictures."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any, Final

from analyzer.live.status import picture_path, pictures_wanted, replace_file

_EVERY_S: Final = 0.5
_LOOK_S: Final = 0.5
"""How often it is looked whether somebody asks."""

_WIDTH, _QUALITY = 640, 80


class LivePicture:
    """Decodes what is recorded, from a key frame on, and keeps the newest picture as a file.

    Motion JPEG is kept as it comes. A picture that does not decode is no reason to stop recording:
    the next one is tried.
    """

    def __init__(self, case: Path, folder: str, video: Any) -> None:
        """``video`` is the stream whose packets come."""
        self._case = case
        self._path = picture_path(case, folder)
        self._video = video
        self._decoder: Any = None
        self._looked = self._written = float("-inf")
        self._wanted = False

    def take(self, packet: Any) -> None:
        """Take the next packet; raises OSError where the picture cannot be written."""
        now = time.monotonic()
        if now - self._looked >= _LOOK_S:
            self._looked = now
            self._wanted = pictures_wanted(self._case)
        if not self._wanted:
            self._decoder = None
            return
        due = now - self._written >= _EVERY_S
        if self._video.codec_context.name == "mjpeg":
            data = bytes(packet) if due else None
        else:
            data = self._decoded(packet, due)
        if data is not None:
            self._written = now
            replace_file(self._path, data)

    def _decoded(self, packet: Any, due: bool) -> bytes | None:
        import av

        if self._decoder is None:
            if not packet.is_keyframe:
                return None
            self._decoder = decoder_of(self._video)
        try:
            frames = self._decoder.decode(packet)
        except av.error.FFmpegError:
            return None
        return jpeg_of(frames[-1], _WIDTH) if frames and due else None


def decoder_of(video: Any) -> Any:
    """Return a new decoder for the packets of the stream ``video``."""
    import av

    decoder = av.CodecContext.create(video.codec_context.name, "r")
    decoder.extradata = video.codec_context.extradata
    decoder.thread_count = 1
    return decoder


def jpeg_of(frame: Any, width: int | None = None) -> bytes:
    """Return a decoded frame as JPEG, no wider than ``width`` px."""
    picture = frame.to_image()
    if width is not None and picture.width > width:
        picture.thumbnail((width, picture.height))
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=_QUALITY)
    return data.getvalue()
