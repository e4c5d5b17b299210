"""`run --dry-run`: what a run would do, and nothing of it done."""

import json

from tests.pipeline.small import LIGHT
from tests.places import LOBBY


def listing(folder):
    files = (path for path in folder.rglob("*") if not path.is_dir())
    return sorted((str(path), path.lstat().st_mtime_ns) for path in files)


def test_everything_is_named_with_its_duration_and_nothing_is_written(run, tmp_path, clip_constant):
    folder = tmp_path / "f"
    (folder / "#recycle").mkdir(parents=True)
    (folder / "a.mp4").write_bytes(clip_constant.read_bytes())
    (folder / "copy.mp4").write_bytes(clip_constant.read_bytes())
    (folder / "#recycle" / "b.mp4").write_bytes(clip_constant.read_bytes())
    (folder / "empty.mp4").touch()
    (folder / "gone.mp4").symlink_to("/nowhere/a.mp4")
    before = listing(tmp_path)
    told = json.loads(
        run("run", folder, "--case", tmp_path / "case", "--dry-run", "--json", code=3).stdout
    )
    assert listing(tmp_path) == before
    found = {video["path"].rpartition("/")[2]: video for video in told["videos"]}
    assert {name: video["status"] for name, video in found.items()} == {
        "a.mp4": "to analyse", "copy.mp4": "a copy", "empty.mp4": "failed",
        "gone.mp4": "failed",
    }  # fmt: skip
    assert (found["a.mp4"]["duration_s"], found["a.mp4"]["to_analyse_s"]) == (6.0, 6.0)
    assert "0 bytes" in found["empty.mp4"]["reason"]
    assert told["passed_over"][0]["path"].endswith("#recycle")
    assert (told["to_analyse_s"], told["exit"]) == (6.0, 3)
    assert told["estimated_s"] == round(6.0 / told["speed"], 1)
    words = run("run", folder, "--case", tmp_path / "case", "--dry-run", code=3).stdout
    assert "to analyse: " in words
    assert "nothing was written" in words


def test_what_the_case_holds_is_not_to_analyse(run, tmp_path, clip_constant):
    options = ("--case", tmp_path / "case", "--json", *LIGHT)
    run("run", clip_constant, *options)
    before = listing(tmp_path)
    told = json.loads(run("run", clip_constant, LOBBY, *options, "--dry-run").stdout)
    assert listing(tmp_path) == before
    assert [video["status"] for video in told["videos"]] == ["in the case", "to analyse"]
    assert told["speed_from"] == "the speed of the last run of this case"
    again = json.loads(run("run", clip_constant, *options, "--fresh", "--dry-run").stdout)
    assert again["videos"][0]["status"] == "to analyse"
