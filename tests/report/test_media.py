"""From which file the player's copies are cut: the very one that was hashed."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.errors import VideoError
from analyzer.report.media import OpenedSources, find_source
from analyzer.report.model import VideoView
from analyzer.video.probe import probe
from analyzer.video.source_file import Source, stamp
from tests.report.reading import load_case


@pytest.fixture
def hashed(
    player_case: tuple[Path, str], recording: Path, tmp_path: Path
) -> tuple[VideoView, Source, Path]:
    """A copy of the recording, as a run knows it after it has hashed it."""
    path = Path(shutil.copy(recording, tmp_path / "copy.avi"))
    before = stamp(path)
    video = load_case(player_case[0]).video(player_case[1])
    assert video is not None
    return replace(video, paths=(str(path),)), Source(probe(path), before), path


def test_a_file_that_nobody_touched_is_not_read_again(
    hashed: tuple[VideoView, Source, Path],
) -> None:
    video, source, _ = hashed
    assert find_source(video, source) is source.info


def test_a_command_hashes_a_recording_once_while_nobody_touches_it(
    hashed: tuple[VideoView, Source, Path],
) -> None:
    video, _, path = hashed
    sources = OpenedSources()
    first = sources.find(video)
    assert sources.find(video) is first
    os.utime(path, ns=(1, 1))
    again = sources.find(video)
    assert again is not first and again.sha256 == first.sha256
    assert sources.find(video) is again
    path.unlink()
    for _ in range(2):
        with pytest.raises(VideoError):
            sources.find(video)


def test_a_file_that_was_written_is_hashed_again_whatever_its_times_say(
    hashed: tuple[VideoView, Source, Path],
) -> None:
    video, source, path = hashed
    times = path.stat()
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    with pytest.raises(VideoError, match=r"copy\.avi has changed since it was analysed"):
        find_source(video, source)


def test_an_equal_file_in_its_place_is_hashed_again_and_taken(
    hashed: tuple[VideoView, Source, Path],
) -> None:
    video, source, path = hashed
    path.rename(path.with_name("former.avi"))
    shutil.copy2(path.with_name("former.avi"), path)
    found = find_source(video, source)
    assert found is not source.info and found.sha256 == source.info.sha256
