"""Folders of numbered pictures: one recording each where it is asked for, else a picture each."""

import json

import pytest
from PIL import Image

from analyzer.errors import VideoError
from analyzer.pipeline.inputs import find_inputs
from analyzer.store.reader import CaseReader
from analyzer.video.decode import Decoder
from analyzer.video.picture_series import series_of, source_sha256, source_size
from analyzer.video.probe import probe
from analyzer.video.segments import plan_segments
from tests.pipeline.small import LIGHT


@pytest.fixture
def folder(tmp_path):
    """Twelve pictures in order of number, two of another name, and one more."""
    made = tmp_path / "day 1"
    made.mkdir()
    for number in range(12):
        level = 20 * number
        Image.new("RGB", (64, 48), (level, level, level)).save(made / f"IMG_{number}.png")
    for name in ("a1.jpg", "a2.jpg", "portrait.jpg"):
        Image.new("RGB", (32, 32)).save(made / name)
    return made


def test_numbered_pictures_are_one_recording_only_if_asked(folder, tmp_path):
    case = tmp_path / "case"
    assert len(find_inputs([str(folder)], case).files) == 15
    found = find_inputs([str(folder)], case, None, 10.0)
    assert [path.name for path in found.files] == [
        "IMG_*.png (every 10 s)", "a1.jpg", "a2.jpg", "portrait.jpg"
    ]  # fmt: skip


def test_pictures_come_by_number_at_the_time_given_and_a_bad_one_is_a_gap(folder, tmp_path):
    (path,) = (
        p for p in find_inputs([str(folder)], tmp_path / "case", None, 0.5).files if series_of(p)
    )
    (folder / "IMG_10.png").write_bytes(b"\x89PNG\r\n\x1a\n no picture")
    info = probe(path)
    assert (info.frames, info.duration_s, info.timestamps) == (12, 6.0, "counted")
    assert info.size_bytes == source_size(path)
    decoder = Decoder(info, plan_segments(info, 1e6, 0)[0], 5.0)
    seen = [(frame.moment.t, int(frame.bgr[20, 20, 0])) for frame in decoder]
    assert [t for t, _ in seen] == [n / 2 for n in range(12) if n != 10]
    assert [level for _, level in seen] == pytest.approx(
        [20 * n for n in range(12) if n != 10], abs=3
    )
    assert [(gap.t_start, gap.t_end) for gap in decoder.errors.gaps] == [(5.0, 5.5)]
    for file in folder.glob("IMG_*"):
        file.unlink()
    with pytest.raises(VideoError, match="first picture cannot be read"):
        probe(path)


def test_what_a_series_is_known_by_changes_with_any_picture_and_name(folder):
    path = folder / "IMG_*.png (every 2 s)"
    before = source_sha256(path)
    (folder / "notes.txt").write_text("nothing of it")
    assert source_sha256(path) == before
    (folder / "IMG_3.png").rename(folder / "IMG_33.png")
    assert source_sha256(path) != before


@pytest.mark.slow
def test_a_time_lapse_is_analysed_verified_and_cut(run, folder, tmp_path):
    options = ("--case", tmp_path / "case", "--json", "--timelapse", "2", *LIGHT)
    done = json.loads(run("run", folder, *options).stdout)
    first = done["videos"][0]
    assert (first["path"], first["status"], first["duration_s"]) == (
        str(folder / "IMG_*.png (every 2 s)"), "done", 24.0
    )  # fmt: skip
    assert json.loads(run("run", folder, *options).stdout)["processed_s"] == 0
    run("clip", tmp_path / "case", "--video", first["path"], "--from", "0", "--to", "9")
    checked = json.loads(run("verify", tmp_path / "case", "--json", "--replay").stdout)
    assert checked["sources"] == {"unchanged": 4, "changed": 0, "missing": 0}
    with CaseReader(tmp_path / "case") as reader:
        assert first["path"] in {file.path for file in reader.inputs()}
    (folder / "IMG_5.png").unlink()
    changed = json.loads(run("verify", tmp_path / "case", "--json", code=1).stdout)
    assert changed["sources"]["changed"] == 1
