"""Segmentation of a video at keyframes: the units of work and of resume."""

from __future__ import annotations

from bisect import bisect_right

from analyzer.types import SegmentSpan, VideoInfo


def plan_segments(info: VideoInfo, segment_s: float, overlap_s: float) -> tuple[SegmentSpan, ...]:
    """Return segments of about ``segment_s`` seconds that cover the whole video, in order.

    Cuts are the keyframes nearest to the multiples of ``segment_s``, at least half a segment apart
    and from both ends. Decoding of each segment but the first begins at the last keyframe at or
    before its start minus ``overlap_s``. A video in which decoding cannot start in the middle is
    one segment.
    """
    starts = [info.start_pts, *_cuts(info, segment_s)]
    ends = [*starts[1:], info.end_pts + 1]
    return tuple(
        SegmentSpan(index, _lead(info, start, overlap_s), start, end)
        for index, (start, end) in enumerate(zip(starts, ends, strict=True))
    )


def _cuts(info: VideoInfo, segment_s: float) -> list[int]:
    if not info.seekable:
        return []
    length = segment_s / float(info.time_base)
    last, cuts = info.start_pts, []
    for number in range(1, int((info.end_pts - info.start_pts) / length) + 1):
        cut = _nearest(info.keyframes, info.start_pts + round(number * length))
        if cut is None or cut - last < length / 2 or info.end_pts - cut < length / 2:
            continue
        cuts.append(cut)
        last = cut
    return cuts


def _nearest(keyframes: tuple[int, ...], target: int) -> int | None:
    after = bisect_right(keyframes, target)
    around = keyframes[max(after - 1, 0) : after + 1]
    return min(around, key=lambda keyframe: abs(keyframe - target), default=None)


def _lead(info: VideoInfo, start: int, overlap_s: float) -> int:
    wanted = start - round(overlap_s / float(info.time_base))
    before = bisect_right(info.keyframes, wanted)
    return info.keyframes[before - 1] if before and start > info.start_pts else info.start_pts
