"""A look training learns, goes on after a stop, is exported and judged: on tiny made people."""

import json

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from analyzer.cli.group import cli
from analyzer.errors import AnalyzerError
from analyzer.lab.looks import people
from analyzer.lab.looks.augment import Augmentation, augment
from analyzer.lab.looks.config import read_config
from analyzer.lab.looks.measure import read_folder, shrunk
from analyzer.looks.network import LookNetwork

RECIPE = """
data = ["{data}/labeled/train"]
judged = 2
watched = 3
batch = 8
pictures = 4
heights = [[0.0, 32]]
rate = 1e-3
warmup = 0.2
weight_decay = 1e-3
ema = 0.5
steps = {steps}
watch_every = 2
bfloat16 = false
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Twelve people in plain colours, two pictures on each of two cameras."""
    folder = tmp_path_factory.mktemp("people") / "labeled" / "train"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for who in range(12):
        upper, lower = rng.integers(0, 220, (2, 3))
        for number in (0, 1, 5, 6):
            picture = np.empty((40, 18, 3), np.uint8)
            picture[:20], picture[20:] = upper, lower
            noise = rng.integers(0, 30, picture.shape)
            cv2.imwrite(str(folder / f"{who:04d}_{number:02d}.jpg"), picture + noise)
    return folder.parents[1]


@pytest.fixture
def recipe(data, tmp_path):
    def write(steps):
        path = tmp_path / "train.toml"
        path.write_text(RECIPE.format(data=data, steps=steps))
        return path

    return write


@pytest.mark.slow
def test_a_training_goes_on_after_a_stop_is_exported_and_judged(data, recipe, tmp_path):
    from analyzer.lab.looks.train import LookTraining

    run = tmp_path / "run"
    first = []
    LookTraining(read_config(recipe(2)), run).run(first.append)
    assert [row["steps"] for row in first] == [2]
    told = []
    LookTraining(read_config(recipe(4)), run).run(told.append)
    assert [row["steps"] for row in told] == [4] and np.isfinite(told[0]["loss"])
    assert 0 <= told[0]["rank1_accuracy"] <= 1

    model = tmp_path / "model"
    asked = ["train", "looks-export", "--config", str(recipe(4)), "--run", str(run)]
    done = CliRunner().invoke(cli, [*asked, "--out", str(model), "--name", "toy"])
    assert done.exit_code == 0, done.output
    network = LookNetwork.load(model)
    picture = cv2.imread(str(data / "labeled/train/0000_00.jpg"))
    served, taught = network.embed([picture])[0], _look(recipe(4), run, picture)
    # Weights are kept at half precision.
    assert served @ taught > 0.999

    page = tmp_path / "page.html"
    crops = _laid_out(data, tmp_path / "crops")
    asked = ["evaluate", "looks", "--data", str(crops), "--model", str(model), "--html", str(page)]
    done = CliRunner().invoke(cli, [*asked, "--json"])
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert result["n"] == 48 and result["people"] == 12 and result["cameras"] == 2
    assert set(result["tmr_at_fmr"]) == {"1e-2", "1e-3"}
    assert set(result["by_height"]) == {"128", "96", "64", "48", "32"}
    # Crops of 40 px are no smaller at 48 px and above.
    assert result["by_height"]["48"]["rank1"] == result["rank1"]
    low, high = result["rank1_ci95"]
    assert low <= result["rank1"] <= high
    assert "rank-1" in page.read_text()


def _look(recipe, run, picture):
    from analyzer.lab.looks.train import LookTraining, embed

    training = LookTraining(read_config(recipe), run)
    with training.averaged() as model:
        return embed(model, [picture])[0]


def _laid_out(data, folder):
    for one in people.pictures_of(data / "labeled/train"):
        own = folder / one.person.replace("/", "_")
        own.mkdir(parents=True, exist_ok=True)
        (own / f"cam{one.camera}_{one.path.stem[-2:]}.jpg").write_bytes(one.path.read_bytes())
    return folder


def test_held_back_people_are_nobody_who_is_taught(data):
    parts = people.split([str(data / "labeled/train")], 2, 3)
    taught, watched, judged = (
        {one.person for one in part} for part in (parts.taught, parts.watched, parts.judged)
    )
    assert (len(taught), len(watched), len(judged)) == (7, 3, 2)
    assert not taught & watched and not taught & judged and not watched & judged


def test_who_is_held_back_does_not_depend_on_who_else_is_there():
    few, many = (people.drawn(f"train/{n:04d}" for n in range(count)) for count in (50, 60))
    assert [one for one in many if one in set(few)] == few


def test_a_picture_tells_its_person_and_camera(data):
    first, *_ = people.pictures_of(data / "labeled/train")
    assert (first.person, first.camera) == ("train/0000", 0)
    assert {one.camera for one in people.pictures_of(data / "labeled/train")} == {0, 1}


def test_an_empty_folder_and_an_unknown_setting_are_named(tmp_path):
    with pytest.raises(AnalyzerError, match="no pictures"):
        people.pictures_of(tmp_path)
    recipe = tmp_path / "wrong.toml"
    recipe.write_text("data = []\nbatch = 8\nrate = 1\nwarmup = 0\nweight_decay = 0\nstpes = 1\n")
    with pytest.raises(AnalyzerError, match="stpes"):
        read_config(recipe)


def test_augmentation_is_seeded_and_keeps_size_and_depth():
    picture = np.random.default_rng(0).integers(0, 256, (70, 31, 3), np.uint8)
    how = Augmentation(half=0.5, small=1, blur=1, noise=1, jpeg=1, grey=0.5, erase=1)
    made = [augment(picture, np.random.default_rng(n), how, (64, 32)) for n in range(20)]
    again = [augment(picture, np.random.default_rng(n), how, (64, 32)) for n in range(20)]
    assert all(one.shape == (64, 32, 3) and one.dtype == np.uint8 for one in made)
    assert all(np.array_equal(one, other) for one, other in zip(made, again, strict=True))
    assert not np.array_equal(made[0], made[1])


def test_crops_are_shrunk_but_never_enlarged():
    assert shrunk(np.zeros((200, 80, 3), np.uint8), 50).shape == (50, 20, 3)
    assert shrunk(np.zeros((40, 80, 3), np.uint8), 50).shape == (40, 80, 3)


@pytest.mark.parametrize("names", [[], ["a/1_x.jpg", "b/1_x.jpg"]])
def test_crops_that_cannot_be_judged_are_refused(tmp_path, names):
    for name in names:
        path = tmp_path / name
        path.parent.mkdir()
        cv2.imwrite(str(path), np.zeros((8, 4, 3), np.uint8))
    asked = ["evaluate", "looks", "--data", str(tmp_path)]
    done = CliRunner().invoke(cli, asked)
    assert done.exit_code != 0 and isinstance(done.exception, AnalyzerError)
    with pytest.raises(AnalyzerError, match="two cameras" if names else "no pictures"):
        read_folder(tmp_path)
