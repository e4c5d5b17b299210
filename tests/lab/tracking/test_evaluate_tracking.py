"""`analyzer evaluate tracking`: what it reads, and whom it compares."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from analyzer.cli.evaluate import evaluate
from analyzer.errors import AnalyzerError
from analyzer.lab.tracking import baselines
from analyzer.lab.tracking.sampled import SampledFrame
from analyzer.lab.tracking.sequences import find_sequences, read_boxes, read_truth
from tests.places import LOBBY
from tests.tracking.scenes import detections, moment, times, walker

TRUTH = "1,4,10,20,30,60,1,-1,-1,-1\n1,5,100,20,30,60,0\n3,4,12,20,30,60,1\n"


def test_sequences_are_videos_with_their_truth(tmp_path: Path) -> None:
    for name in ("yard.mp4", "yard.txt", "hall.mp4", "hall_gt.txt", "hall_det.txt", "other.mp4"):
        (tmp_path / name).write_text(TRUTH)
    (tmp_path / "hall.toml").write_text("fps = 7\nscale = 0.5\n")
    hall, yard = find_sequences(tmp_path, scale=2.0)
    assert (hall.name, hall.fps, hall.scale) == ("hall", 7.0, 0.5)
    assert hall.boxes == tmp_path / "hall_det.txt"
    assert (yard.name, yard.fps, yard.scale, yard.boxes) == ("yard", None, 2.0, None)


def test_the_video_may_lie_in_the_folder_footage_beside_the_truth(tmp_path: Path) -> None:
    (tmp_path / "tracking").mkdir()
    (tmp_path / "footage").mkdir()
    (tmp_path / "tracking" / "hall_gt.txt").write_text(TRUTH)
    (tmp_path / "footage" / "hall.mp4").touch()
    (tmp_path / "footage" / "hall_det.txt").touch()
    for data in (tmp_path, tmp_path / "tracking"):
        (hall,) = find_sequences(data)
        assert (hall.video.parent.name, hall.truth.name) == ("footage", "hall_gt.txt")
        assert hall.boxes is not None


def test_truth_is_scaled_and_lines_that_do_not_count_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TRUTH)
    truth = read_truth(path, 0.5)
    assert sorted(truth) == [1, 3]
    assert truth[1].ids.tolist() == [4]
    assert truth[1].boxes.tolist() == [[5, 10, 15, 30]]
    (first, second) = read_boxes(path, 1.0)[1]
    assert (first.score, second.score) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("1,1,ten,2,3,4\n", "expected frame,id"), ("1,1,1,1,1,1\n1,1,2,2,2,2\n", "is twice in frame")],
)
def test_a_file_of_another_form_is_refused_with_its_name(
    tmp_path: Path, text: str, reason: str
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text)
    with pytest.raises(AnalyzerError, match=reason) as error:
        read_truth(path, 1.0)
    assert str(path) in str(error.value)


def test_a_folder_without_truth_says_what_is_expected(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    with pytest.raises(AnalyzerError, match=r"NAME_gt\.txt"):
        find_sequences(tmp_path)


@pytest.mark.parametrize("name", list(baselines.BASELINES))
def test_each_baseline_follows_two_walkers(name: str) -> None:
    pytest.importorskip("trackers")
    rng = np.random.default_rng(1)
    paths = [walker(20, 50, 20), walker(400, 200, -20)]
    frames = [SampledFrame(moment(t), tuple(detections(paths, t, rng)[0]), ()) for t in times(0, 4)]
    still = [SampledFrame(moment(4.0), None, ())]
    tracked = baselines.follow(name, frames + still, 0.3, 5.0)
    assert len(tracked) == 21
    assert sorted(tracked[-2].ids.tolist()) == sorted(tracked[5].ids.tolist())
    assert len(tracked[-1].ids) == 2, "where nothing moved people are where they were"


def test_without_the_package_the_message_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trackers", None)
    assert not baselines.available()
    with pytest.raises(AnalyzerError, match=r"docs/tracking\.md") as error:
        baselines.follow("SORT", [], 0.3, 5.0)
    assert "\n" not in str(error.value)


@pytest.mark.slow
def test_the_command_gives_figures_and_a_page(tmp_path: Path) -> None:
    shutil.copy(LOBBY, tmp_path / "lobby.mp4")
    rows = [f"{frame},1,232,130,253,230,1" for frame in range(240, 262)]
    (tmp_path / "lobby_gt.txt").write_text("\n".join(rows) + "\n")
    rows = [f"{frame},-1,230,131,250,232,0.9" for frame in range(1, 262)]
    (tmp_path / "lobby_det.txt").write_text("\n".join(rows) + "\n")
    page = tmp_path / "page.html"
    arguments = ["tracking", "--data", str(tmp_path), "--html", str(page), "--json"]
    done = CliRunner().invoke(evaluate, arguments)
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert set(result["sequences"]["lobby"]) >= {
        "mota", "idf1", "hota", "switches", "people", "tracks",
    }  # fmt: skip
    assert set(result["all"]) >= {"mota", "idf1", "hota"}
    public = result["trackers"]["public boxes"]["ours"]["sequences"]["lobby"]
    assert (public["misses"], public["switches"], public["tracks"]) == (0, 0, 1)
    text = page.read_text()
    assert "data:image/jpeg;base64," in text and "lobby: 1 people" in text
    assert "http" not in text
