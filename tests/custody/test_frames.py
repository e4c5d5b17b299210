"""Every picture hashed: compared the next time, and what stands still or comes again is listed."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.commands.frames import FrameCheck, check_frames
from analyzer.commands.verify import check_case
from analyzer.custody.frame_findings import findings, first_difference
from analyzer.store.case import Case
from analyzer.video.ffmpeg import find_ffmpeg
from analyzer.video.frame_hashes import FrameHash, read_frame_hashes, write_frame_hashes
from analyzer.video.probe import probe
from analyzer.video.signed_video import find_signatures
from tests.custody.conftest import make_sealed

ONVIF = "005bc93f-2d71-5e95-ada4-796f90877a6f"
AXIS = "5369676e-6564-2056-6964-656f2e2e2e30"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Make a clip of 160 x 120 at 10 pictures per second: ffmpeg -f lavfi -i testsrc2 ARGUMENTS."""
    folder = tmp_path_factory.mktemp("clips")

    def make(name: str, *arguments: str) -> Path:
        source = ["-f", "lavfi", "-i", "testsrc2=d=4:r=10:s=160x120"]
        lossless = ["-c:v", "libx264", "-qp", "0", "-bf", "0"]
        command = [find_ffmpeg().path, "-v", "error", *source, *lossless, *arguments]
        subprocess.run([*command, str(folder / name)], check=True)
        return folder / name

    return make


def hashes(text: str) -> list[FrameHash]:
    """One picture per letter, ten per second."""
    return [FrameHash(i, i / 10, letter) for i, letter in enumerate(text)]


def told(text: str) -> list[tuple[str, float, float, int, float]]:
    return [(s.kind, s.t_start, s.t_end, s.frames, s.of_t) for s in findings(hashes(text))]


def test_equal_pictures_are_duplicates_and_frozen_after_a_second() -> None:
    assert told("abccdef") == [("duplicate", 0.2, 0.3, 2, 0.2)]
    assert told("ab" + "c" * 11 + "d") == [("frozen", 0.2, 1.2, 11, 0.2)]
    assert told("abcdef") == told("") == []


def test_a_loop_is_a_repeated_stretch() -> None:
    first = "abcdefghijklmn"
    assert told(first + "xy" + first) == [("repeated", 1.6, 2.9, 14, 0.0)]
    assert told("xy" + first + first + first) == [("repeated", 1.6, 4.3, 28, 0.2)]
    assert told(first + "xy" + first[:5]) == [], "half a second may be chance"
    assert [s[0] for s in told("a" * 20 + first[1:] + "a" * 20)] == ["frozen", "frozen"]
    still = told(first + "xy" + "abc" + "d" * 12 + "ef")
    assert ("repeated", 1.6, 3.2, 17, 0.0) in still and [s[0] for s in still] == [
        "repeated", "frozen",
    ]  # fmt: skip


def test_the_first_difference_is_named() -> None:
    assert first_difference(hashes("abc"), hashes("abc")) is None
    assert "picture 2, at 0.100 s: its picture" in str(
        first_difference(hashes("abc"), hashes("axc"))
    )
    assert first_difference(hashes("abc"), hashes("ab")) == "3 pictures were hashed before, 2 now"


def test_the_text_is_that_of_ffmpeg(clip: Callable[..., Path], tmp_path: Path) -> None:
    path = clip("turned.mp4", "-vf", "setpts=PTS+2/TB")
    write_frame_hashes(probe(path), tmp_path / "ours")
    options = ["-fps_mode", "passthrough", "-enc_time_base", "demux", "-f", "framehash"]
    command = [find_ffmpeg().path, "-v", "error", "-copyts", "-i", str(path), *options]
    command += ["-hash", "sha256", "-"]
    theirs = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = read_frame_hashes((tmp_path / "ours").read_text().splitlines())
    assert found == read_frame_hashes(theirs.splitlines())
    assert [round(frame.t, 3) for frame in found] == [round(i / 10, 3) for i in range(40)]
    with pytest.raises(ValueError, match="6 fields of framehash"):
        read_frame_hashes(["0, 1, 2"])


def checked(case: Path) -> FrameCheck:
    found = check_case(case, frames=True)
    assert found.verification.ok and found.frames is not None
    (check,) = found.frames
    return check


def test_hashes_are_kept_and_compared(clip: Callable[..., Path], tmp_path: Path) -> None:
    path = clip("frozen.mkv", "-vf", "loop=loop=14:size=1:start=20")
    case = make_sealed(tmp_path / "case", path)
    first = checked(case)
    assert (first.state, first.frames, first.signed) == ("hashed", 54, None)
    stretches = [(s.kind, round(s.t_end - s.t_start, 1), s.frames) for s in first.stretches]
    assert stretches == [("frozen", 1.4, 15)]
    assert first.text is not None and (case / first.text).is_file()
    assert checked(case).state == "equal"
    kept = case / first.text
    lines = kept.read_text().splitlines()
    lines[-1] = lines[-1][:-64] + "0" * 64
    kept.write_text("\n".join(lines) + "\n")
    assert not check_case(case).ok, "the kept hashes are a product like others"
    (again,) = check_frames(case)
    assert again.state == "different" and "picture 54" in str(again.reason)


@pytest.mark.parametrize(
    ("mark", "scheme"), [(ONVIF, "ONVIF Media Signing"), (AXIS, "Axis Signed Video")]
)
def test_signed_video_is_recognised_and_not_called_verified(
    clip: Callable[..., Path], tmp_path: Path, mark: str, scheme: str
) -> None:
    path = clip(f"{mark}.mp4", "-bsf:v", f"h264_metadata=sei_user_data={mark}+signature")
    found = find_signatures(path)
    assert found is not None and (found.scheme, found.packets > 0) == (scheme, True)
    case = make_sealed(tmp_path / "case", path)
    notes = check_case(case).verification.notes
    assert any(f"signed ({scheme}), not verified" in note for note in notes)


def test_what_is_not_signed_is_not_called_so(clip: Callable[..., Path], tmp_path: Path) -> None:
    assert find_signatures(clip("plain.mp4")) is None
    (tmp_path / "no.mp4").write_bytes(b"no video")
    assert find_signatures(tmp_path / "no.mp4") is None


def test_a_case_that_cannot_be_read_as_video_is_said_so(sealed: Path) -> None:
    (check,) = check_frames(sealed)
    assert check.state == "not checked" and check.ok and check.reason
    with Case.open(sealed, create=False) as case:
        assert not (case.folder / "frames").exists()
