"""Gaps lie where pictures are missing that the recorder wrote, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import av
import pytest

from analyzer.types import SegmentSpan, VideoInfo
from analyzer.video.decode import Decoder
from analyzer.video.gaps import GapFinder
from analyzer.video.probe import probe
from analyzer.video.segments import plan_segments
from tests.clips import MakeClip
from tests.video.test_segments import video

TICKS = 90_000
START = 9000
PAUSE = (START + 3 * TICKS - 3600, START + 603 * TICKS)


def found(present: Iterable[float], **changes: object) -> list[tuple[float, float]]:
    """Return the gaps of a recording of 10 minutes with a pause, of which these moments came."""
    info: VideoInfo = video(613.0, 1.0, pauses=(PAUSE,), usual_step_s=0.04, **changes)
    finder = GapFinder(info, SegmentSpan(0, START, START, info.end_pts + 1), 5.0)
    for t in present:
        finder.update(START + round(t * TICKS))
    return [(round(gap.t_start, 2), round(gap.t_end, 2)) for gap in finder.finish()]


def steps(begin: float, end: float) -> list[float]:
    return [begin + i / 5 for i in range(round((end - begin) * 5))]


def test_a_pause_is_no_gap() -> None:
    assert found([*steps(0, 3), *steps(603, 613)]) == []


def test_damage_after_a_pause_does_not_reach_into_it() -> None:
    assert found([*steps(0, 3), *steps(606, 613)]) == [(603.0, 606.0)]


def test_damage_before_a_pause_ends_with_it() -> None:
    assert found([*steps(0, 0.4), *steps(603, 613)]) == [(0.2, 3.0)]


def test_damage_on_both_sides_of_a_pause_is_two_gaps() -> None:
    assert found([0.0, *steps(606, 613)]) == [(0.0, 3.0), (603.0, 606.0)]


def test_a_long_pause_hides_no_damage() -> None:
    """The average step of this recording is ten times the usual one."""
    assert found([*steps(0, 3), *steps(603, 605), *steps(608, 613)], average_rate=2.5) == [
        (604.8, 608.0)
    ]


@pytest.mark.parametrize("pause_s", [0, 60, 600])
def test_destroyed_packets_are_the_gap(pause_s: int, make_clip: MakeClip, tmp_path: Path) -> None:
    source = ("-f", "lavfi", "-i", "testsrc2=size=176x144:rate=25:duration=12")
    times = f"setpts='round((N/25+gte(N,50)*{pause_s})/TB)'"
    coding = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-pix_fmt", "yuv420p")
    whole = make_clip(
        f"whole{pause_s}.mp4", *source, "-vf", times, "-fps_mode", "passthrough", *coding
    )
    data = bytearray(whole.read_bytes())
    begin, end = 4 + pause_s, 8 + pause_s
    destroyed = 0
    with av.open(str(whole)) as container:
        for packet in container.demux(video=0):
            if packet.size and begin <= packet.pts * packet.time_base < end:
                data[packet.pos : packet.pos + packet.size] = b"\xff" * packet.size
                destroyed += 1
    path = tmp_path / "damaged.mp4"
    path.write_bytes(data)
    info = probe(path)
    (span,) = plan_segments(info, 1e9, 0)
    decoder = Decoder(info, span, 5.0)
    for _ in decoder:
        pass
    (gap,) = decoder.errors.gaps
    assert destroyed == 100
    assert gap.t_start == pytest.approx(begin, abs=0.3)
    assert gap.t_end == pytest.approx(end, abs=0.3)
