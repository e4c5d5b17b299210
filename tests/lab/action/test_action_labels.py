"""The csv of labelled clips, and what its labels say of a window."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.errors import AnalyzerError
from analyzer.lab.action.labels import Clip, read_clips, read_intervals

HEAD = "path,label,intervals,subject,scene,camera,note\n"


def table(folder: Path, *rows: str) -> Path:
    for row in rows:
        clip = folder / row.split(",")[0]
        clip.parent.mkdir(parents=True, exist_ok=True)
        clip.touch()
    path = folder / "labels.csv"
    path.write_text(HEAD + "\n".join(rows) + "\n")
    return path


def clip(folder: Path, label: str, intervals: str = "") -> Clip:
    return read_clips(table(folder, f"a/x.mp4,{label},{intervals},s1,room,,"))[0]


@pytest.mark.parametrize(
    ("label", "action", "left_out", "of_scene"),
    [
        ("walk", "walking", False, False),
        ("fall", "falling", False, False),
        ("fighting", "fighting", False, True),
        ("none", None, False, True),
        ("jump", None, True, False),
    ],
)
def test_labels_of_the_sources_are_ours_or_left_out(
    tmp_path: Path, label: str, action: str | None, left_out: bool, of_scene: bool
) -> None:
    one = clip(tmp_path, label)
    assert (one.action, one.left_out, one.of_scene) == (action, left_out, of_scene)
    assert (one.source, one.group) == ("a", "a:s1")


def test_intervals_are_read_as_the_sources_write_them() -> None:
    text = "Falling (BW) [6.9 to 12]; Eating[3.5 to 5.3]; Standing[3.6 to 6.9] ; Walking[0 to 3.6]"
    found = [(i.action, i.start, i.end) for i in read_intervals(text)]
    assert found == [
        ("falling", 6.9, 12.0),
        (None, 3.5, 5.3),
        ("standing", 3.6, 6.9),
        ("walking", 0.0, 3.6),
    ]


def test_a_window_is_of_the_class_that_covers_half_of_it(tmp_path: Path) -> None:
    one = clip(tmp_path, "fall", "Falling[4 to 6]; Standing[0 to 2.5]")
    told = [one.truth(begins, 2.0) for begins in (0.0, 1.5, 2.0, 3.0, 4.5, 5.5)]
    assert told == ["standing", "standing", None, "falling", "falling", None]
    assert clip(tmp_path, "sit").truth(100.0, 2.0) == "sitting"


def test_a_table_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    path = table(tmp_path, "a/x.mp4,walk,,,,,")
    (tmp_path / "a" / "x.mp4").unlink()
    with pytest.raises(AnalyzerError, match=r"a/x\.mp4: no such clip"):
        read_clips(path)
    path.write_text("file,class\nx,y\n")
    with pytest.raises(AnalyzerError, match="column 'path' is missing"):
        read_clips(path)
