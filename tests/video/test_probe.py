"""Probing tells what decoding finds, and names what is wrong with a file."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from pathlib import Path

import pytest

from analyzer.errors import VideoError
from analyzer.video.probe import probe
from tests.video.truth import decoded_pts

STORED = [
    "clip_constant",
    "clip_variable",
    "clip_pause",
    "clip_edited",
    "clip_transport",
    "clip_matroska",
    "clip_rotated",
    "clip_interlaced",
]


@pytest.mark.parametrize("clip", STORED)
def test_times_are_those_of_decoded_frames(clip: str, request: pytest.FixtureRequest) -> None:
    path = request.getfixturevalue(clip)
    info, truth = probe(path), decoded_pts(path)
    assert (info.start_pts, info.frames) == (truth[0], len(truth))
    assert truth[-1] < info.end_pts <= truth[-1] + round(0.25 / info.time_base)
    assert info.timestamps == "stored"
    assert set(info.keyframes) <= set(truth)
    assert info.duration_s == float((info.end_pts - info.start_pts) * info.time_base)


def test_constant_rate_clip(clip_constant: Path) -> None:
    info = probe(clip_constant)
    assert (info.container.split(",")[0], info.codec, info.pixel_format) == (
        "mov",
        "h264",
        "yuv420p",
    )
    assert (info.width, info.height, info.rotation, info.interlaced) == (320, 240, 0, False)
    assert (info.frames, info.average_rate, info.variable_rate) == (150, 25.0, False)
    assert info.duration_s == 6.0
    assert info.sha256 == hashlib.sha256(clip_constant.read_bytes()).hexdigest()


def test_variable_rate_and_pauses(clip_variable: Path, clip_pause: Path) -> None:
    assert probe(clip_variable).variable_rate
    info = probe(clip_pause)
    (pause,) = info.pauses
    assert float((pause[1] - pause[0]) * info.time_base) == pytest.approx(3.56, abs=0.1)


def test_displayed_size(clip_rotated: Path, clip_anamorphic: Path, clip_odd: Path) -> None:
    rotated, wide, odd = probe(clip_rotated), probe(clip_anamorphic), probe(clip_odd)
    assert abs(rotated.rotation) == 90
    assert (rotated.width, rotated.height, rotated.coded_width) == (240, 320, 320)
    assert (wide.width, wide.height, wide.coded_width) == (427, 240, 320)
    assert (odd.width, odd.height) == (321, 241)


def test_interlaced_is_flagged(clip_interlaced: Path) -> None:
    assert probe(clip_interlaced).interlaced


def test_elementary_stream_is_counted(clip_elementary: Path) -> None:
    info = probe(clip_elementary)
    assert (info.timestamps, info.frames, info.duration_s) == ("counted", 150, 6.0)


def test_a_joined_recording_follows_the_one_before(clip_transport: Path, tmp_path: Path) -> None:
    joined = tmp_path / "joined.ts"
    joined.write_bytes(clip_transport.read_bytes() * 2)
    info = probe(joined)
    assert (info.timestamps, info.frames, info.duration_s) == ("interpolated", 300, 12.0)


def test_index_before_data_survives_a_cut(clip_cut_with_index: Path) -> None:
    info = probe(clip_cut_with_index)
    assert info.duration_s == 6.0
    assert 0 < info.frames < 150


@pytest.mark.parametrize(
    ("clip", "words"),
    [
        ("clip_cut_in_half", "index (moov) is missing"),
        ("clip_text", "not a video"),
        ("clip_audio_only", "no video stream (only audio)"),
    ],
)
def test_bad_files_are_named(clip: str, words: str, request: pytest.FixtureRequest) -> None:
    path = request.getfixturevalue(clip)
    with pytest.raises(VideoError) as caught:
        probe(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert words in message
    assert "\n" not in message


def test_missing_empty_and_folder(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    for path, words in (
        (tmp_path / "missing.mp4", "cannot be found"),
        (tmp_path / "empty.mp4", "empty"),
        (tmp_path, "folder"),
    ):
        with pytest.raises(VideoError, match=words):
            probe(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_permission(clip_constant: Path, tmp_path: Path) -> None:
    path = tmp_path / "secret.mp4"
    shutil.copy(clip_constant, path)
    path.chmod(0)
    with pytest.raises(VideoError, match="permission"):
        probe(path)


def test_evidence_is_not_touched(clip_constant: Path, tmp_path: Path) -> None:
    path = tmp_path / "evidence.mp4"
    shutil.copy(clip_constant, path)
    path.chmod(0o444)
    before = path.stat()
    probe(path)
    after = path.stat()
    assert (after.st_mtime_ns, after.st_size) == (before.st_mtime_ns, before.st_size)
    assert list(tmp_path.iterdir()) == [path]


def test_many_small_files_are_quick(clip_constant: Path, clip_text: Path) -> None:
    probe(clip_constant)
    begin = time.monotonic()
    for _ in range(50):
        probe(clip_constant)
        with pytest.raises(VideoError):
            probe(clip_text)
    assert time.monotonic() - begin < 5.0
