"""Frames carry the stream's own pts, whatever the container, the segment and the ffmpeg."""

from __future__ import annotations

import os
import shutil
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from analyzer.config import LimitSettings
from analyzer.errors import VideoError
from analyzer.types import VideoInfo
from analyzer.video import ffmpeg_command, ffmpeg_process
from analyzer.video.decode import Decoder
from analyzer.video.ffmpeg import FFmpeg, find_ffmpeg, wheel_ffmpeg
from analyzer.video.ffmpeg_process import DecodeChild
from analyzer.video.probe import probe
from analyzer.video.segments import plan_segments
from tests.video.truth import decoded_pts

STORED = [
    "clip_constant",
    "clip_variable",
    "clip_edited",
    "clip_transport",
    "clip_matroska",
    "clip_rotated",
    "clip_interlaced",
]


ON_PATH = [pytest.param(find_ffmpeg, id="found")] if shutil.which("ffmpeg") else []
"""Where none lies on PATH, the one that is found is that of the wheel."""


@pytest.fixture(params=[pytest.param(wheel_ffmpeg, id="wheel"), *ON_PATH])
def binary(request: pytest.FixtureRequest) -> FFmpeg:
    return request.param()  # type: ignore[no-any-return]


def decoder(info: VideoInfo, fps: float = 5.0, **options: object) -> Decoder:
    (span,) = plan_segments(info, 1e6, 0)
    return Decoder(info, span, fps, **options)  # type: ignore[arg-type]


def sampled(pts: list[int], info: VideoInfo, fps: float) -> list[int]:
    """The first of each run of frames that share floor((t - start) * fps)."""
    slack = min(float(info.time_base) / 2, 0.0005)
    bins = [int((float((p - info.start_pts) * info.time_base) + slack) * fps + 1e-6) for p in pts]
    return [pts[0], *(p for p, (a, b) in zip(pts[1:], pairwise(bins), strict=True) if a != b)]


@pytest.mark.slow
@pytest.mark.parametrize("clip", STORED)
@pytest.mark.parametrize("fps", [5.0, 100.0])
def test_sampled_frames_have_the_pts_of_another_decoder(
    clip: str, fps: float, binary: FFmpeg, request: pytest.FixtureRequest
) -> None:
    path = request.getfixturevalue(clip)
    info, truth = probe(path), decoded_pts(path)
    moments = [frame.moment for frame in decoder(info, fps, binary=binary)]
    assert [moment.pts for moment in moments] == sampled(truth, info, fps)
    for moment in moments:
        assert moment.t == float((moment.pts - truth[0]) * info.time_base)


@pytest.mark.slow
@pytest.mark.parametrize("clip", STORED)
def test_segments_together_are_the_whole(
    clip: str, binary: FFmpeg, request: pytest.FixtureRequest
) -> None:
    info = probe(request.getfixturevalue(clip))
    whole = {f.moment.pts: f.luma.copy() for f in decoder(info, binary=binary)}
    spans = plan_segments(info, 2.0, 0.5)
    assert len(spans) > 1
    parts: set[int] = set()
    for span in spans:
        segment = Decoder(info, span, 5.0, binary=binary)
        for frame in segment:
            pts = frame.moment.pts
            assert span.lead_pts <= pts < span.end_pts
            assert np.array_equal(frame.luma, whole[pts])
            parts.add(pts)
        assert (segment.errors.bad_frames, segment.errors.gaps) == (0, ())
    assert parts == set(whole)


def test_sides_rotation_and_square_pixels(
    clip_rotated: Path, clip_odd: Path, clip_anamorphic: Path, clip_constant: Path
) -> None:
    upright = next(iter(decoder(probe(clip_constant))))
    turned = next(iter(decoder(probe(clip_rotated))))
    assert turned.luma.shape == (320, 240)
    turns = [np.rot90(upright.luma, k).astype(int) for k in (1, 3)]
    assert min(np.abs(turn - turned.luma).mean() for turn in turns) < 1.0
    odd = next(iter(decoder(probe(clip_odd))))
    assert (odd.luma.shape, odd.bgr.shape) == ((241, 321), (241, 321, 3))
    assert next(iter(decoder(probe(clip_anamorphic)))).luma.shape == (240, 427)


def test_levels_are_those_of_video_whatever_the_file_declares(
    clip_full_range: Path, binary: FFmpeg
) -> None:
    info = probe(clip_full_range)
    assert info.full_range
    for frame in decoder(info, binary=binary):
        assert np.all(frame.luma == 235)


def test_the_size_of_frames_stays_where_that_of_the_stream_changes(
    clip_resized: Path, binary: FFmpeg
) -> None:
    info = probe(clip_resized)
    frames = list(decoder(info, binary=binary))
    assert frames[-1].moment.t > 1.5
    assert {frame.luma.shape for frame in frames} == {(240, 320)}
    assert np.abs(frames[0].luma.astype(int) - frames[-1].luma).mean() < 10


def test_elementary_stream_counts_pictures(clip_elementary: Path, binary: FFmpeg) -> None:
    frames = list(decoder(probe(clip_elementary), binary=binary))
    assert [frame.moment.pts for frame in frames] == list(range(0, 150, 5))
    assert frames[1].moment.t == 0.2


def test_awkward_paths(
    clip_constant: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("-y.mp4", "two words %03d.mp4", "камера 1 ünï'\"[0];,.mp4", "http:x.mp4"):
        shutil.copy(clip_constant, name)
        assert len(list(decoder(probe(Path(name))))) == 30


def test_cut_file_reports_the_missing_end(clip_cut_with_index: Path, binary: FFmpeg) -> None:
    info = probe(clip_cut_with_index)
    cut = decoder(info, binary=binary)
    last = [frame.moment.t for frame in cut][-1]
    (gap,) = cut.errors.gaps
    assert last <= gap.t_start < 4.0
    assert (gap.t_end, gap.reason) == (6.0, "undecodable")
    assert cut.errors.bad_frames >= 1


def test_damage_that_is_reported_after_the_last_picture_is_counted(
    clip_cut_with_index: Path, binary: FFmpeg, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ffmpeg_process, "_LOG_BYTES", 64)
    monkeypatch.setattr(ffmpeg_process, "_LOG_NAP_S", 0.01)
    cut = decoder(probe(clip_cut_with_index), binary=binary)
    assert len(list(cut)) > 10
    assert cut.errors.bad_frames >= 1


def test_damage_is_a_gap_and_does_not_end_the_run(clip_damaged: Path, binary: FFmpeg) -> None:
    damaged = decoder(probe(clip_damaged), binary=binary)
    times = [frame.moment.t for frame in damaged]
    assert times[-1] == 5.8
    (gap,) = damaged.errors.gaps
    assert 1.0 < gap.t_start < gap.t_end < 5.0
    assert damaged.errors.bad_frames > 20


def test_a_pause_is_no_damage(clip_pause: Path) -> None:
    paused = decoder(probe(clip_pause))
    assert len(list(paused)) == 13
    assert paused.errors.gaps == ()


def test_nothing_decodable_is_an_error(clip_faststart: Path, tmp_path: Path) -> None:
    data = bytearray(clip_faststart.read_bytes())
    begin = data.index(b"mdat") + 4
    data[begin:] = bytes(len(data) - begin)
    path = tmp_path / "zeros.mp4"
    path.write_bytes(data)
    with pytest.raises(VideoError, match="not one picture"):
        list(decoder(probe(path)))


def test_child_ends_with_the_iteration(clip_constant: Path) -> None:
    frames = iter(decoder(probe(clip_constant), 100.0))
    next(frames)
    assert _children_named("ffmpeg")
    frames.close()  # type: ignore[attr-defined]
    assert not _children_named("ffmpeg")


def test_silent_child_is_ended(clip_constant: Path) -> None:
    info = probe(clip_constant)
    (span,) = plan_segments(info, 1e6, 0)
    child = DecodeChild(["sleep", "60"], info, span, 5.0, LimitSettings(silence_s=1.0))
    begin = time.monotonic()
    assert list(child.frames()) == []
    child.close()
    assert time.monotonic() - begin < 10.0
    assert child.last_error == "no progress for 1 s"
    assert [(gap.t_start, gap.t_end) for gap in child.gaps] == [(0.0, 6.0)]


def test_slow_reader_gets_every_frame(clip_constant: Path) -> None:
    count = 0
    for _ in decoder(probe(clip_constant), limits=LimitSettings(silence_s=2.5)):
        time.sleep(0.05 if count else 3.5)
        count += 1
    assert count == 30


def test_every_call_is_hardened(clip_constant: Path) -> None:
    info = probe(clip_constant)
    arguments = ffmpeg_command.command("ffmpeg", info, None, 5.0, 1)
    assert {"-nostdin", "-hide_banner", "-copyts"} <= set(arguments[: arguments.index("-i")])
    assert arguments[arguments.index("-protocol_whitelist") + 1] == "file,pipe"
    assert arguments.index("-protocol_whitelist") < arguments.index("-i")


def _children_named(name: str) -> list[str]:
    listing = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    if not listing.exists():
        pytest.skip("the system does not list child processes under /proc")
    commands = [Path(f"/proc/{pid}/cmdline").read_text() for pid in listing.read_text().split()]
    return [command for command in commands if name in command.split("\0")[0]]
