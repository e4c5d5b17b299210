"""Segments cover the whole video, begin at keyframes and overlap."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from analyzer.types import VideoInfo
from analyzer.video.segments import plan_segments


def video(seconds: float, keyframe_s: float, start: int = 9000, **changes: object) -> VideoInfo:
    end = start + round(seconds * 90000)
    keyframes = tuple(range(start, end, round(keyframe_s * 90000)))
    values: dict[str, object] = {
        "path": "x.ts",
        "size_bytes": 1,
        "sha256": "0" * 64,
        "container": "mpegts",
        "stream_index": 0,
        "codec": "h264",
        "pixel_format": "yuv420p",
        "width": 64,
        "height": 48,
        "coded_width": 64,
        "coded_height": 48,
        "sample_aspect": Fraction(1),
        "rotation": 0,
        "interlaced": False,
        "time_base": Fraction(1, 90000),
        "start_pts": start,
        "end_pts": end,
        "duration_s": seconds,
        "frames": round(seconds * 25),
        "average_rate": 25.0,
        "variable_rate": False,
        "creation_time": None,
        "keyframes": keyframes,
    }
    return VideoInfo(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("seconds", [0.04, 89.0, 180.0, 269.0, 271.0, 3600.0])
@pytest.mark.parametrize("keyframe_s", [0.5, 7.0, 400.0])
def test_segments_cover_everything_once(seconds: float, keyframe_s: float) -> None:
    info = video(seconds, keyframe_s)
    spans = plan_segments(info, 180.0, 2.0)
    assert [span.index for span in spans] == list(range(len(spans)))
    assert (spans[0].lead_pts, spans[0].start_pts) == (info.start_pts, info.start_pts)
    assert spans[-1].end_pts == info.end_pts + 1
    for one, other in pairwise(spans):
        assert one.end_pts == other.start_pts
        assert {other.start_pts, other.lead_pts} <= set(info.keyframes)
        assert other.lead_pts <= other.start_pts - 2 * 90000
    if len(spans) > 1:
        assert all(span.end_pts - span.start_pts >= 90 * 90000 for span in spans)


def test_cuts_are_near_the_multiples() -> None:
    starts = [span.start_pts for span in plan_segments(video(600.0, 2.0), 180.0, 2.0)]
    assert starts == [9000 + second * 90000 for second in (0, 180, 360)]


def test_a_video_that_cannot_be_sought_in_is_one_segment() -> None:
    info = video(3600.0, 1.0, timestamps="counted", retiming="N")
    assert len(plan_segments(info, 180.0, 2.0)) == 1


def test_stretches_have_no_holes_and_seconds_between_leave_pauses_out() -> None:
    """Pictures every 0.04 s in [0, 3), [10, 12) and [60, 61)."""
    at = [9000 + round(t * 90000) for t in (2.96, 10, 11.96, 60)]
    info = video(61.0, 1.0, pauses=((at[0], at[1]), (at[2], at[3])), usual_step_s=0.04)
    told = [(s.kind, s.start.t, s.end.t) for s in info.stretches]
    assert told == [
        ("recorded", 0.0, 3.0),
        ("pause", 3.0, 10.0),
        ("recorded", 10.0, 12.0),
        ("pause", 12.0, 60.0),
        ("recorded", 60.0, 61.0),
    ]

    def seconds(begin: float, end: float) -> float:
        return info.recorded_between(*(9000 + round(t * 90000) for t in (begin, end)))

    for begin, end, expected in (
        (0, 61, 6), (-5, 99, 6), (2, 10, 1), (4, 9, 0), (5, 11, 1), (11, 60.5, 1.5), (20, 20, 0)
    ):  # fmt: skip
        assert seconds(begin, end) == pytest.approx(expected), (begin, end)
