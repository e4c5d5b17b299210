"""A joint training learns, goes on after a stop, is exported and judged: on drawn people."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from analyzer.cli.group import cli
from analyzer.errors import AnalyzerError
from analyzer.joints.network import JOINTS, JointNetwork
from analyzer.lab.joints import labels
from analyzer.lab.joints.agreement import agreement
from analyzer.lab.joints.augment import Augmentation, augment
from analyzer.lab.joints.calibrate import LEAST_RIGHT, calibrate
from analyzer.lab.joints.config import read_config
from tests.lab.joints.people import written

RECIPE = """
labels = "{labels}"
batch = 4
rate = 1e-3
warmup = 0.2
weight_decay = 1e-3
ema = 0.5
steps = {steps}
watch_every = 2
bfloat16 = false
"""


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return written(tmp_path_factory.mktemp("people"))


@pytest.fixture
def recipe(table, tmp_path):
    def write(steps):
        path = tmp_path / "train.toml"
        path.write_text(RECIPE.format(labels=table, steps=steps))
        return path

    return write


@pytest.mark.slow
def test_a_training_goes_on_after_a_stop_is_exported_and_judged(table, recipe, tmp_path):
    from analyzer.lab.joints.train import JointTraining, places

    run, model = tmp_path / "run", tmp_path / "model"
    first, told = [], []
    JointTraining(read_config(recipe(2)), run).run(first.append)
    training = JointTraining(read_config(recipe(4)), run)
    training.run(told.append)
    assert [row["steps"] for row in first + told] == [2, 4]
    assert np.isfinite(told[0]["loss"]) and 0 <= told[0]["right_accuracy"] <= 1

    asked = ["train", "joints-export", "--config", str(recipe(4)), "--run", str(run)]
    done = CliRunner().invoke(cli, [*asked, "--out", str(model), "--name", "toy"])
    assert done.exit_code == 0, done.output
    person = labels.read(table)["judged"][0]
    with training.averaged() as taught:
        expected = places(taught, [person])[0]
    served = JointNetwork.load(model).find(person.picture(), [person.box])[0]
    # Weights are kept at half precision, so that a place may come out beside the other's.
    assert np.median(np.abs(served.places - expected)) < 1

    asked = ["evaluate", "joints", "--data", str(table), "--model", str(model), "--json"]
    done = CliRunner().invoke(cli, asked)
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert result["people"] == 4 and result["n"] == 4 * len(JOINTS)
    # The people are 120 px high: they are not judged at 128.
    assert set(result["by_height"]) == {"96", "64", "48", "32"}
    low, high = result["pck_ci95"]
    assert low <= result["pck"] <= high
    assert set(result["by_source"]) == {"source0", "source1"}


def test_agreement_counts_what_lies_within_a_fifth_of_the_torso(table):
    people = labels.read(table)["judged"]
    exact = [one.joints[:, :2] for one in people]
    assert agreement(people, exact)["pck"] == 1
    wrong = [places.copy() for places in exact]
    for places, person in zip(wrong, people, strict=True):
        places[JOINTS.index("left_wrist")] += 0.21 * person.torso
        places[JOINTS.index("right_wrist")] += 0.13 * person.torso  # 0.18 away
    figures = agreement(people, wrong)
    assert figures["by_part"]["wrists"] == 0.5 and figures["by_part"]["knees"] == 1
    assert figures["pck"] == pytest.approx(16 / 17)


def test_joints_that_are_not_to_be_seen_are_wrong_where_they_are_told(table):
    person = labels.read(table)["judged"][0]
    person.joints[0, 2], person.joints[1, 2] = 0, np.nan
    figures = agreement([person], [person.joints[:, :2]], [np.ones(17, bool)])
    assert figures["n"] == 15 and figures["pck"] == 1
    assert figures["told"]["right"] == pytest.approx(15 / 16)


def test_augmented_joints_stay_on_the_body(table):
    person = labels.read(table)["taught"][0]
    plain = person.picture()
    ground = plain[0, 0].astype(int)
    how = Augmentation(light=0, grey=0, small=0, erase=0, fall=0.5, half=0)
    near = []
    for seed in range(20):
        crop, joints = augment(person, np.random.default_rng(seed), how, (128, 96))
        assert crop.shape == (128, 96, 3) and crop.dtype == np.uint8
        for x, y, seen in joints:
            if seen == 1 and 2 < x < 93 and 2 < y < 125:
                around = crop[round(y) - 2 : round(y) + 3, round(x) - 2 : round(x) + 3]
                near.append(np.abs(around.astype(int) - ground).sum(2).max() > 30)
    assert len(near) > 150 and np.mean(near) > 0.97


def test_a_mirrored_person_keeps_its_left(table):
    person = labels.read(table)["taught"][0]
    how = Augmentation(light=0, grey=0, small=0, erase=0, fall=0, half=0, turn=0, shift=0, scale=0)
    kept, mirrored = (
        augment(person, np.random.default_rng(1), replace(how, flip=flip), (128, 96))
        for flip in (0.0, 1.0)
    )
    assert np.array_equal(kept[0], mirrored[0][:, ::-1])
    left = JOINTS.index("left_wrist")
    assert kept[1][left, 0] > 48 and mirrored[1][left, 0] > 48


def test_who_is_cut_off_has_no_legs(table):
    person = labels.read(table)["taught"][0]
    how = Augmentation(half=1, fall=0)
    _, joints = augment(person, np.random.default_rng(0), how, (128, 96))
    assert joints[JOINTS.index("left_ankle"), 2] == 0 and joints[0, 2] == 1


def test_the_floor_tells_joints_of_which_enough_are_right():
    rng = np.random.default_rng(0)
    weights = rng.random(4000)
    right = rng.random(4000) < weights**2
    found = calibrate(weights, right)
    odds = found["slope"] * np.log(weights / (1 - weights)) + found["offset"]
    told = 1 / (1 + np.exp(-odds)) >= found["floor"]
    assert right[told].mean() == pytest.approx(LEAST_RIGHT, abs=0.01)
    assert calibrate(weights, np.zeros(4000, bool))["floor"] == 1


@pytest.mark.parametrize("broken", ["0.png,taught,a,b,1,2,0,4", "0.png,other,a,b,1,2,3,4"])
def test_a_wrong_row_is_named(table, tmp_path, broken):
    header, first, *_ = table.read_text().splitlines()
    path = tmp_path / "LABELS.csv"
    path.write_text("\n".join([header, broken + "," + ",".join(first.split(",")[8:])]))
    with pytest.raises(AnalyzerError, match="line 2"):
        labels.read(path)


def test_pictures_that_are_missing_are_named(table):
    person = labels.read(table)["taught"][0]
    missing = labels.Person(person.path.with_name("no.png"), "", "", person.box, person.joints)
    with pytest.raises(AnalyzerError, match=r"no\.png"):
        missing.picture()
    assert cv2.imread(str(person.path)) is not None
