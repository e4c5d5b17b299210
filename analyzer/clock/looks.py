"""Pictures to read a clock in: single keyframes over the whole recording, and short bursts.

A keyframe costs one picture to decode; a burst shows at which moment the seconds change.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from analyzer.config import LimitSettings
from analyzer.errors import VideoError
from analyzer.types import Frame, SegmentSpan, VideoInfo
from analyzer.video.decode import Decoder

BURST_S: Final = 1.3
"""Length of a burst: the seconds change at least once in it."""

_BURST_FPS: Final = 25.0
_BURST_BYTES: Final = 100_000_000
"""Most memory of the pictures of one burst: larger ones than 1080p are taken less often."""

_EVERY_FPS: Final = 1000.0

_LONGEST_PASS_S: Final = 180.0
"""How much is decoded in one go where no keyframes are near: a recording without any costs more
than the clock is worth, and is read at its beginning alone."""

_NEAR_END_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Stretch:
    """What to look at: [t, t + length_s] in seconds since the first frame; one picture where 0."""

    t: float
    length_s: float = 0.0


Look = Callable[[Sequence[Stretch]], list[list[Frame]]]
"""Gives the pictures of each stretch, in order of time; none where they cannot be decoded."""


def pictures_of(info: VideoInfo, limits: LimitSettings) -> Look:
    """Return what decodes stretches of the file of ``info``."""

    def look(stretches: Sequence[Stretch]) -> list[list[Frame]]:
        found: dict[Stretch, list[Frame]] = {}
        for group in _groups(info, stretches):
            found.update(_decoded(info, group, limits))
        return [found.get(stretch, []) for stretch in stretches]

    return look


def moments(info: VideoInfo, count: int) -> list[float]:
    """Return ``count`` moments spread over the recording, at keyframes where some are near."""
    last = max(_last_t(info), 0.0)
    if count < 2 or last == 0:
        return [0.0]
    step = last / (count - 1)
    return sorted({_at_keyframe(info, number * step, step / 3) for number in range(count)})


def ends(info: VideoInfo) -> list[Stretch]:
    """Return a burst at the beginning and one at the end, or one where two have no room."""
    last = _last_t(info) - BURST_S
    if last <= BURST_S:
        return [Stretch(0.0, BURST_S)]
    return [Stretch(0.0, BURST_S), Stretch(_at_keyframe(info, last, 4.0, before=True), BURST_S)]


def _last_t(info: VideoInfo) -> float:
    usual = 1 / info.average_rate if info.average_rate > 0 else 0.0
    last = info.duration_s - max(min(usual, _NEAR_END_S), 0.0)
    far = info.seekable and len(info.keyframes) > 1
    return last if far else min(last, _LONGEST_PASS_S)


def _keyframe_times(info: VideoInfo) -> list[float]:
    return [info.clock.moment(pts).t for pts in info.keyframes if pts >= info.start_pts]


def _at_keyframe(info: VideoInfo, t: float, within_s: float, before: bool = False) -> float:
    """Return the moment of the keyframe nearest to ``t``, or ``t`` where none is near."""
    times = [k for k in _keyframe_times(info) if not before or k <= t]
    nearest = min(times, key=lambda k: abs(k - t), default=t)
    return nearest if abs(nearest - t) <= within_s else t


def _groups(info: VideoInfo, stretches: Sequence[Stretch]) -> Iterator[list[Stretch]]:
    """Yield stretches that are decoded in one go: those whose groups of pictures meet."""
    times = _keyframe_times(info) if info.seekable else [0.0]
    group: list[Stretch] = []
    for stretch in sorted(set(stretches), key=lambda s: s.t):
        index = bisect_right(times, stretch.t + 1e-6)
        begins = times[index - 1] if index else 0.0
        end = group[-1].t + group[-1].length_s if group else 0.0
        if group and (_is_keyframe(info, stretch) or begins > end):
            yield group
            group = []
        group.append(stretch)
        if _is_keyframe(info, stretch):
            yield group
            group = []
    if group:
        yield group


def _is_keyframe(info: VideoInfo, stretch: Stretch) -> bool:
    at_keyframe = any(abs(k - stretch.t) < 1e-6 for k in _keyframe_times(info))
    return stretch.length_s == 0 and at_keyframe and info.seekable


def _decoded(
    info: VideoInfo, group: Sequence[Stretch], limits: LimitSettings
) -> dict[Stretch, list[Frame]]:
    """Return the pictures of stretches of one group; fewer where they cannot be decoded."""
    single = len(group) == 1 and _is_keyframe(info, group[0])
    first, last = group[0].t, max(s.t + s.length_s for s in group)
    start = info.start_pts + round(first / float(info.time_base))
    spare = 1 if single else max(round(2.5 / float(info.time_base)), 1)
    end = min(info.start_pts + round(last / float(info.time_base)) + spare, info.end_pts + 1)
    decoder = Decoder(
        info, SegmentSpan(0, start, start, end), _EVERY_FPS if single else _burst_fps(info),
        keyframes_only=single, limits=limits,
    )  # fmt: skip
    found: dict[Stretch, list[Frame]] = {stretch: [] for stretch in group}
    try:
        for frame in decoder:
            for stretch, frames in found.items():
                if _belongs(stretch, frames, frame.moment.t):
                    frames.append(frame)
    except VideoError:
        return found
    return found


def _burst_fps(info: VideoInfo) -> float:
    picture = info.width * info.height * 3 / 2
    return min(_BURST_FPS, max(_BURST_BYTES / picture / BURST_S, 4.0))


def _belongs(stretch: Stretch, frames: Sequence[Frame], t: float) -> bool:
    if t < stretch.t - 1e-3:
        return False
    return not frames if stretch.length_s == 0 else t <= stretch.t + stretch.length_s
