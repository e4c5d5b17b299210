"""The 3D CNN and the CNN with GRU of Sharma (2023): trained, stopped, resumed, judged fairly."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from analyzer.cli.train import train
from analyzer.config import ActionSettings
from analyzer.errors import AnalyzerError
from analyzer.lab.action.baseline_tasks import FRAMES, TASK_NAMES, BaselineTask, baseline_tasks_of
from analyzer.lab.action.clip_frames import ClipFrames
from analyzer.lab.action.labels import Clip, read_intervals

pytestmark = pytest.mark.slow

SETTINGS = ActionSettings()
FPS = FRAMES / SETTINGS.window_s


def clip(name: str, label: str, intervals: str = "", **more: str) -> Clip:
    place = {"subject": "", "scene": "", "camera": ""} | more
    return Clip(Path(name), name, label, read_intervals(intervals), **place)


CLIPS = [
    clip("f/1.mp4", "fighting", scene="yard"),
    clip("f/2.mp4", "none", scene="yard"),
    clip("f/3.mp4", "none", scene="hall"),
    clip("u/1.mp4", "fall", subject="s1", camera="1"),
    clip("u/2.mp4", "walk", subject="s1", camera="2"),
    clip("g/1.mp4", "fall", "Standing[0 to 3]; Falling[3 to 6]", subject="s2"),
]
SECONDS = [1.6, 3.0, 2.0, 4.0, 4.0, 6.0]


@pytest.fixture(scope="module")
def frames() -> ClipFrames:
    """Pictures of noise for CLIPS, small ones, each number a clip's own."""
    counts = np.array([int(s * FPS) for s in SECONDS])
    rng = np.random.default_rng(0)
    return ClipFrames(
        np.array([one.name for one in CLIPS]),
        np.array(SECONDS),
        counts,
        rng.integers(0, 255, (counts.sum(), 32, 32, 3), np.uint8),
        np.concatenate([np.arange(count) / FPS for count in counts]),
        np.array(FPS),
    )


@pytest.fixture(scope="module")
def tasks(frames: ClipFrames) -> dict[str, BaselineTask]:
    return {one.name: one for one in baseline_tasks_of(CLIPS, frames, SETTINGS)}


def test_fights_are_asked_of_scenes_and_postures_of_subjects(
    tasks: dict[str, BaselineTask],
) -> None:
    assert list(tasks) == ["fighting", "people", "people_by_camera"]
    fights = tasks["fighting"]
    assert fights.truth.tolist() == [1, 0, 0, 0, 0], "a clip shorter than a window has one, too"
    assert set(fights.groups) == {"f:yard", "f:hall"}
    people = tasks["people"]
    assert set(people.groups) == {"u:s1", "g:s2"}
    assert set(tasks["people_by_camera"].groups) == {"u:s1:1", "u:s1:2", "g:s2:"}
    last = [people.classes[i] for i in people.truth[people.groups == "g:s2"]]
    assert last == ["standing"] * 5 + ["falling"] * 4, "a window is of what covers most of it"


def test_pictures_are_of_the_window_and_of_no_other_clip(
    tasks: dict[str, BaselineTask], frames: ClipFrames
) -> None:
    ends = np.cumsum(frames.counts)
    assert tasks and all(len(task.pictures) for task in tasks.values())
    for task in tasks.values():
        for one, begins, pictures in zip(task.clips, task.begins, task.pictures, strict=True):
            number = CLIPS.index(one)
            assert (pictures >= ends[number] - frames.counts[number]).all()
            assert (pictures < ends[number]).all()
            times = frames.times[pictures]
            wanted = np.minimum(begins + np.arange(FRAMES) / FPS, frames.times[ends[number] - 1])
            assert times == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("name", ["fighting", "people", "people_by_camera"])
def test_no_scene_and_no_subject_is_on_both_sides(
    tasks: dict[str, BaselineTask], name: str
) -> None:
    from analyzer.lab.action.train import folds

    task = tasks[name]
    parts = folds(task.groups, 4)
    assert (np.sum(parts, axis=0) == 1).all()
    for held in parts:
        assert held.any()
        assert not set(task.groups[held]) & set(task.groups[~held])


def test_figures_count_as_the_evaluation_of_ours_does(tasks: dict[str, BaselineTask]) -> None:
    fights = tasks["fighting"]
    told = np.eye(2, dtype=np.float32)[[0, 1, 0, 0, 0]]
    figures = fights.figures(told)
    assert (figures["n"], figures["accuracy"]) == (3, pytest.approx(2 / 3))
    people = tasks["people"]
    answer = people.classes.index("falling")
    always = np.eye(6, dtype=np.float32)[np.full(len(people.truth), answer)]
    figures = people.figures(always)
    assert figures["n"] == 1 + 5 + 9, "a fall that is labelled as a whole is one case"
    assert figures["accuracy"] == pytest.approx(5 / 15)
    assert figures["strict"]["n"] == 19
    assert figures["per_camera"]["u:s1:1"] == {"n": 1, "accuracy": 1.0, "ci95": (1.0, 1.0)}


def test_a_stopped_training_ends_with_the_weights_of_an_undisturbed_one(
    tasks: dict[str, BaselineTask], frames: ClipFrames, tmp_path: Path
) -> None:
    from analyzer.lab.action.train_baseline import Fold, Recipe

    people = tasks["people"]

    def fold(folder: str) -> Fold:
        learned = people.groups == "g:s2"
        return Fold(
            people,
            frames.pictures,
            learned,
            Recipe("cnn_gru", windows=6, batch=2),
            tmp_path / folder,
        )

    undisturbed = fold("a")
    rows = list(undisturbed.epochs(2))
    assert [row["epoch"] for row in rows] == [1, 2]
    next(fold("b").epochs(2))
    again = fold("b")
    assert [row["epoch"] for row in again.epochs(2)] == [2]
    for one, other in zip(undisturbed.model.get_weights(), again.model.get_weights(), strict=True):
        assert one == pytest.approx(other, abs=1e-6)
    assert again.state.progress.history[1]["loss"] == pytest.approx(rows[1]["loss"], abs=1e-5)
    assert again.probabilities(np.arange(3)).sum(1) == pytest.approx(1, abs=1e-5)
    with pytest.raises(AnalyzerError, match="for 2 epochs already"):
        next(again.epochs(1))


@pytest.fixture
def table(tmp_path: Path, make_clip: Callable[..., Path]) -> Path:
    """Four clips of 2 s: ``ffmpeg -f lavfi -i testsrc2=...`` are fights, ``color=...`` are none."""
    lines = ["path,label,intervals,subject,scene,camera"]
    (tmp_path / "clips").mkdir()
    for number in range(4):
        kind = "testsrc2" if number % 2 else "color"
        source = f"{kind}=size=96x64:rate=10:duration=2"
        made = make_clip(f"baseline{number}.mp4", "-f", "lavfi", "-i", source)
        shutil.copy(made, tmp_path / "clips" / f"{number}.mp4")
        label = "fighting" if number % 2 else "none"
        lines.append(f"clips/{number}.mp4,{label},,,scene{number // 2},")
    path = tmp_path / "labels.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def run(table: Path, *more: str, network: str = "cnn3d", epochs: int = 1) -> Result:
    options = f"action-baseline --network {network} --folds 2 --epochs {epochs}"
    places = ["--data", str(table), "--out", str(table.parent / "out")]
    return CliRunner().invoke(train, [*options.split(), *places, *more])


def test_the_command_trains_judges_and_goes_on_without_decoding_again(table: Path) -> None:
    done = run(table)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["fighting"]["n"] == 4
    assert "people" not in told, "no clip shows a single person"
    out = table.parent / "out"
    assert json.loads((out / "figures.json").read_text()) == told
    assert np.load(out / "frames.npz")["pictures"].shape == (64, 64, 64, 3)
    for number in range(4):
        (table.parent / "clips" / f"{number}.mp4").write_bytes(b"")
    done = run(table, "--only", "fighting", "--parts", "1", epochs=2)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["fighting"]["n"] == 2, "one of two parts was held back"
    assert "epoch 2" in done.stderr
    assert "epoch 1" not in done.stderr
    table.write_text(table.read_text().replace("scene1", "scene2"))
    assert isinstance(run(table).exception, AnalyzerError)
    assert "other clips" in str(run(table).exception)


def test_frames_of_other_clips_are_refused(frames: ClipFrames, tmp_path: Path) -> None:
    path = tmp_path / "frames.npz"
    frames.save(path)
    assert ClipFrames.load(path, CLIPS, FPS).times == pytest.approx(frames.times)
    for clips, fps in ((CLIPS[1:], FPS), (CLIPS, 5.0)):
        with pytest.raises(AnalyzerError, match="other clips or of another rate"):
            ClipFrames.load(path, clips, fps)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(AnalyzerError, match="not readable frames"):
        ClipFrames.load(path, CLIPS, FPS)


def test_an_unknown_network_is_bad_usage(table: Path) -> None:
    done = run(table, network="resnet")
    assert done.exit_code == 2
    assert "'resnet' is not one of 'cnn3d', 'cnn_gru'" in done.output
    assert not (table.parent / "out").exists()


def test_the_command_offers_every_network_and_every_task() -> None:
    from analyzer.lab.action.networks import BASELINES

    options = {one.name: one.type for one in train.commands["action-baseline"].params}
    assert list(options["network"].choices) == list(BASELINES)
    assert list(options["only"].choices) == list(TASK_NAMES)


@pytest.mark.parametrize(("old", "new"), [("scene1", "scene0"), (r"fighting|none", "jump")])
def test_clips_that_leave_nothing_to_hold_back_are_refused(table: Path, old: str, new: str) -> None:
    table.write_text(re.sub(old, new, table.read_text()))
    done = run(table)
    assert isinstance(done.exception, AnalyzerError)
    assert "nothing can be held back" in str(done.exception)
