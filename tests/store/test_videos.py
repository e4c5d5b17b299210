"""How a person names a video: one rule, whatever the command."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from analyzer.cli.group import cli
from analyzer.errors import UsageError
from analyzer.store.videos import find_video, find_videos
from tests.store.cases import make_case

NORTH, SOUTH, YARD = "ab12cd" * 10 + "0000", "ab12ce" * 10 + "0000", "77" * 32
KNOWN = {
    NORTH: ("/tapes/north/lobby.mp4", "/copy/tape 1.mp4"),
    SOUTH: ("/tapes/south/lobby.mp4",),
    YARD: ("/tapes/[yard] *.mkv", "ab12cd"),
}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("/tapes/north/lobby.mp4", NORTH),
        ("north/lobby.mp4", NORTH),
        ("tape 1.mp4", NORTH),
        ("[yard] *.mkv", YARD),
        ("AB12CE", SOUTH),
        (NORTH, NORTH),
        ("ab12cd", YARD),  # a path, though it could be digits of another video
    ],
)
def test_path_then_name_then_digits(text: str, meant: str) -> None:
    assert find_video(KNOWN, text) == meant
    assert find_videos(KNOWN, text) == [meant], "a name is a name, even with the signs of a pattern"


@pytest.mark.parametrize("text", ["lobby.mp4", "nobby.mp4", "obby.mp4", "ab12", "", "/", "%", "*"])
def test_none_or_several_are_told_with_what_there_is(text: str) -> None:
    with pytest.raises(UsageError) as told:
        find_video(KNOWN, text)
    said = str(told.value)
    assert "\n" not in said
    assert "/tapes/north/lobby.mp4 (ab12cdab12cd), /tapes/south/lobby.mp4 (ab12ceab12ce)" in said
    assert ("names 2 videos" if text == "lobby.mp4" else "[yard] *.mkv (7777") in said


def test_a_pattern_means_every_video_it_fits() -> None:
    assert find_videos(KNOWN, "*/LOBBY.*") == [NORTH, SOUTH]
    with pytest.raises(UsageError, match="names no video"):
        find_videos(KNOWN, "lift*")
    with pytest.raises(UsageError, match="names 2 videos"):
        find_videos(KNOWN, "lobby.mp4")


@pytest.mark.parametrize(
    "command",
    [
        ("clip", "--video", "other.mp4", "--from", "0"),
        ("clip", "--track", "other.mp4:T1"),
        ("purge", "--video", "other.mp4", "--by", "A. Examiner", "--dry-run"),
        ("report", "--video", "other.mp4", "--out", "{case}-report"),
        ("review", "--track", "other.mp4:T1", "--person", "=Ann", "--decision", "confirmed",
         "--by", "A. Examiner"),
        ("search", "--track", "other.mp4:T1"),
    ],
    ids=lambda command: " ".join(command[:2]),
)  # fmt: skip
def test_every_command_asks_the_one_rule(command: tuple[str, ...], tmp_path: Path) -> None:
    case = make_case(tmp_path / "case")
    name, *options = (word.format(case=case) for word in command)
    with pytest.raises(UsageError, match=r"'other\.mp4' names no video of this case"):
        CliRunner().invoke(cli, [name, str(case), *options], catch_exceptions=False)
