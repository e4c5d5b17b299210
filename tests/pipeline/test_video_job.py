"""The states of a video and its segments within a run."""

from pathlib import Path

import pytest

from analyzer.config import Settings
from analyzer.pipeline.tasks import SegmentOutcome, SegmentProgress, SegmentTask
from analyzer.pipeline.video_job import VideoJob
from analyzer.types import SegmentSpan
from analyzer.video.source_file import Source
from tests.store.cases import segment, video

LOST = "does not decode"
ONE_OF_TWO = "(1 of 2 parts of the file)"


def job(**state):
    return VideoJob(Source(video(), None), ["a.mp4"], **state)


@pytest.mark.parametrize(
    ("state", "status", "reason"),
    [
        ({"waiting": {1}, "stored": {0: "analysed"}}, "pending", None),
        ({"stored": {0: "analysed", 1: "analysed"}}, "done", None),
        ({"stored": {0: "analysed", 1: "undecodable"}}, "done", f"{LOST} {ONE_OF_TWO}"),
        ({"stored": {0: "undecodable", 1: "undecodable"}}, "failed", LOST),
        ({"stored": {0: "analysed", 1: "given up"}}, "failed", f"{LOST} {ONE_OF_TWO}"),
        (
            {"stored": {0: "analysed"}, "interrupted": ["gone"]},
            "failed", f"gone {ONE_OF_TWO}",
        ),
        ({"stored": {0: "analysed"}, "source_problem": "changed"}, "failed", "changed"),
    ],
)  # fmt: skip
def test_the_state_of_a_video_follows_from_its_segments(state, status, reason):
    assert job(**state).status(LOST) == (status, reason)


def test_a_segment_that_is_lost_for_good_is_kept_as_one_gap_and_an_interrupted_one_is_not():
    info = video()
    span = SegmentSpan(0, info.start_pts, info.start_pts, info.end_pts)
    task = SegmentTask(str(Path("a.mp4")), info, span, Settings())
    kept = SegmentOutcome(task, failure="given up", reason="died").lasting
    assert kept is not None
    assert (kept.state, kept.tracklets) == ("given up", ())
    assert [(gap.t_start, gap.t_end, gap.reason) for gap in kept.gaps] == [
        (0.0, info.duration_s, "died")
    ]
    assert SegmentOutcome(task, failure="interrupted", reason="gone").lasting is None
    result = segment()
    assert SegmentOutcome(task, result).lasting is result


def test_progress_is_a_share_of_the_segment():
    info = video()
    span = SegmentSpan(0, info.start_pts, info.start_pts, info.end_pts)
    task = SegmentTask("a.mp4", info, span, Settings())
    half = info.clock.moment((info.start_pts + info.end_pts) // 2).t
    shares = [SegmentProgress(1, task, t).share for t in (-1.0, half, 2 * info.duration_s)]
    assert shares == pytest.approx([0.0, 0.5, 1.0], abs=1e-3)
