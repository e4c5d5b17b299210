"""Which files a command line means."""

import pytest

from analyzer.errors import UsageError
from analyzer.pipeline.inputs import find_files


@pytest.fixture
def archive(tmp_path):
    """A folder as investigators get them: odd names, things that are not footage, hidden files."""
    for name in (
        "a.mp4", "sub dir/Straße 3.AVI", "sub dir/no_suffix", "notes.txt", ".hidden.mp4",
        ".cache/x.mp4", "frame.JPG",
    ):  # fmt: skip
        path = tmp_path / "archive" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "archive" / "LICENSE").write_text("All rights reserved.")
    return tmp_path / "archive"


def names(paths, root):
    return [str(p.relative_to(root)) for p in paths]


def test_a_folder_is_walked_and_obvious_other_things_are_passed_over(archive, tmp_path):
    found = find_files([str(archive)], tmp_path / "case")
    assert names(found, archive) == ["a.mp4", "sub dir/Straße 3.AVI", "sub dir/no_suffix"]


def test_a_named_file_is_always_tried_and_a_missing_one_is_kept_to_be_reported(archive, tmp_path):
    inputs = [str(archive / "notes.txt"), str(archive / "gone.mp4")]
    assert names(find_files(inputs, tmp_path / "case"), archive) == ["notes.txt", "gone.mp4"]


def test_patterns_and_overlaps_give_each_file_once(archive, tmp_path):
    inputs = [str(archive / "*.mp4"), str(archive / "a.mp4"), str(archive / "**/*.AVI")]
    assert names(find_files(inputs, tmp_path / "case"), archive) == [
        "a.mp4", "sub dir/Straße 3.AVI"
    ]  # fmt: skip


def test_a_pattern_that_matches_nothing_is_kept_to_be_reported(archive, tmp_path):
    inputs = [str(archive / "*.mkv"), str(archive / "a.mp4")]
    assert names(find_files(inputs, tmp_path / "case"), archive) == ["a.mp4", "*.mkv"]
    with pytest.raises(UsageError, match="no footage found"):
        find_files(inputs[:1], tmp_path / "case")


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path):
    odd = tmp_path / "cam[1].mp4"
    odd.touch()
    assert find_files([str(odd)], tmp_path / "case") == [odd]


def test_the_case_itself_is_never_an_input(archive):
    case = archive / "case"
    (case / "clips").mkdir(parents=True)
    (case / "clips" / "x.mp4").touch()
    assert case / "clips" / "x.mp4" not in find_files([str(archive)], case)


def test_nothing_found_is_bad_usage(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no footage found"):
        find_files([str(tmp_path / "empty")], tmp_path / "case")
