"""Decoder of one segment through ffmpeg: frames sampled by time, with their exact pts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from analyzer.config import LimitSettings
from analyzer.errors import VideoError
from analyzer.types import Frame, Gap, SegmentSpan, VideoInfo
from analyzer.video import ffmpeg_command
from analyzer.video.ffmpeg import FFmpeg, find_ffmpeg
from analyzer.video.ffmpeg_process import DecodeChild
from analyzer.video.picture_file import picture_frames


@dataclass(frozen=True, slots=True)
class DecodeErrors:
    """Losses while a segment was decoded; ``last_error`` is the last error of ffmpeg.

    ``bad_frames`` is the number that ffmpeg reported. Since version 7 it reports from another
    thread, so a picture at a segment's border may be counted on either side or not at all.
    """

    bad_frames: int
    gaps: tuple[Gap, ...]
    last_error: str | None


class Decoder:
    """Iterator over the sampled frames of one segment; ``errors`` tells at its end what was lost.

    Frames come in order of time with lead_pts <= pts < end_pts. Memory is bounded: a few frames are
    read ahead. The child process ends with the iteration, also after an exception.
    """

    def __init__(
        self,
        info: VideoInfo,
        span: SegmentSpan,
        fps: float,
        *,
        threads: int = 1,
        keyframes_only: bool = False,
        binary: FFmpeg | None = None,
        limits: LimitSettings | None = None,
    ) -> None:
        """Decode ``span`` of ``info.path`` at ``fps`` samples per second, with ``threads`` threads.

        With ``keyframes_only`` nothing else is decoded, and only damage that spans several of them
        is detected. ``limits`` are those of the settings, or the defaults: the time without
        progress after which ffmpeg is ended, and its memory. Raises AnalyzerError if there is no
        ffmpeg.
        """
        self._info = keyframes_alone(info) if keyframes_only else info
        self._span, self._fps = span, fps
        self._keyframes_only = keyframes_only
        self._threads = threads
        self._binary = (binary or find_ffmpeg()).path
        self._limits = limits or LimitSettings()
        self.errors = DecodeErrors(0, (), None)

    def __iter__(self) -> Iterator[Frame]:
        """Yield the sampled frames.

        Raises VideoError if the segment is the whole video and no frame of it was decoded.
        """
        if self._info.is_picture:
            lost: list[Gap] = []
            yield from picture_frames(self._info, self._span, self._fps, lost)
            self.errors = DecodeErrors(len(lost), tuple(lost), None)
            return
        child = self._started()
        try:
            yield from child.frames()
        finally:
            child.close()
            self.errors = DecodeErrors(child.bad_frames, child.gaps, child.last_error)
        self._check(child)

    def _started(self) -> DecodeChild:
        """Return a child that starts before the lead, or after it if no seek point lies before."""
        *others, last = ffmpeg_command.seek_points(self._info, self._span)
        for seek_pts in others:
            child = self._start(seek_pts)
            first = child.first_pts()
            if first is not None and first < self._span.lead_pts:
                return child
            child.close()
        return self._start(last)

    def _start(self, seek_pts: int | None) -> DecodeChild:
        arguments = ffmpeg_command.command(
            self._binary, self._info, seek_pts, self._fps, self._threads, self._keyframes_only
        )
        return DecodeChild(arguments, self._info, self._span, self._fps, self._limits)

    def _check(self, child: DecodeChild) -> None:
        info, span = self._info, self._span
        whole = span.lead_pts <= info.start_pts and span.end_pts > info.end_pts
        if whole and child.first_pts() is None:
            raise VideoError(
                f"{self._info.path}: not one picture could be decoded "
                f"({child.last_error or 'ffmpeg gave no reason'}); copy the file again, or convert "
                "it with the recorder's own software"
            )


def keyframes_alone(info: VideoInfo) -> VideoInfo:
    """Return ``info`` as of a recording of its keyframes alone: slow, with a variable rate."""
    before = [bisect_left(info.pauses, (at, at)) for at in (*info.keyframes, info.end_pts)]
    steps = [
        b - a
        for (a, b), (i, j) in zip(
            pairwise((*info.keyframes, info.end_pts)), pairwise(before), strict=True
        )
        if i == j
    ]
    longest = float(max(steps, default=1) * info.time_base)
    return replace(info, variable_rate=True, usual_step_s=longest)
