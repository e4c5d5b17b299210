"""Training the action model, and that what is served is what was trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analyzer.actions.model import ActionModel
from analyzer.actions.person_features import MEASURES, STEPS
from analyzer.lab import metrics
from analyzer.lab.action.samples import Samples

pytestmark = pytest.mark.slow

GROUPS = 6


@pytest.fixture(scope="module")
def samples() -> Samples:
    """Windows in which one measure tells the action, and scenes in which strength tells fights."""
    rng = np.random.default_rng(0)
    actions = np.arange(180) % 6
    sequences = rng.normal(0, 0.1, (180, STEPS, len(MEASURES))).astype(np.float32)
    sequences[np.arange(180), :, actions] += 2
    fights = np.arange(60) % 2
    scene = np.abs(rng.normal(0, 0.2, (60, 8)))
    scene[:, 3] += 3 * fights
    groups = np.array([f"g{i % GROUPS}" for i in range(180)])
    return Samples(
        sequences,
        actions,
        groups,
        scene,
        np.array([f"q{i}" for i in range(8)]),
        fights,
        np.array([f"c{i}" for i in range(60)]),
        np.array([f"s{i // 6}" for i in range(60)]),
        np.arange(60) < 54,
        np.ones(60),
        *people_of(fights, rng),
    )


def people_of(fights: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Return three groups of people for each of the scene's windows but the last ten.

    In a fight one of the three struggles; a column is missing for every third.
    """
    windows = np.repeat(np.arange(len(fights) - 10), 3)
    table = rng.normal(0, 0.3, (len(windows), 4))
    table[:, 1] += 3.0 * fights[windows] * (np.arange(len(windows)) % 3 == 1)
    table[::3, 2] = np.nan
    return table, np.array(["calm", "struggle", "two", "scene"]), windows


def simulated(samples: Samples) -> tuple[np.ndarray, np.ndarray]:
    return np.repeat(samples.sequences, 6, 0), np.repeat(samples.actions, 6)


def test_fights_of_scenes_never_seen_are_told(samples: Samples) -> None:
    from analyzer.lab.action.cross_validation import fights

    found = fights(samples, rounds=1)
    assert found["n"] == 54
    assert found["accuracy"] > 0.9
    assert found["auc"] > 0.95
    assert found["others"] == pytest.approx(0)


def test_who_fights_is_found_though_only_the_clip_is_labelled(samples: Samples) -> None:
    from analyzer.lab.action import train as training
    from analyzer.lab.action.cross_validation import pairs

    found = pairs(samples, rounds=1)
    assert found["n"] == 54 and found["auc"] > 0.95
    arrays = training.calibrated_pairs(samples)
    names = samples.group_names.tolist()
    model = ActionModel(arrays, {"scene_features": [], "pair_features": names})
    told = np.array([model.pair(dict(zip(names, row, strict=True))) for row in samples.groups])
    struggles = samples.groups[:, 1] > 1.5
    assert told[struggles].min() > 0.5 > np.median(told[~struggles])


def test_what_is_served_is_what_was_trained(samples: Samples, tmp_path: Path) -> None:
    from analyzer.lab.action import train as training

    simulation = simulated(samples)
    arrays = training.fit(samples, simulation, lambda _: None)
    training.write(tmp_path / "m", "test", arrays, samples, {})
    model = ActionModel.load(tmp_path / "m")
    told = model.person(samples.sequences)[:, :6]
    assert (told.argmax(1) == samples.actions).mean() > 0.9
    logits = []
    for member in range(training.MEMBERS):
        network = training.temporal()
        network.set_weights([arrays[f"person{member}_{i}"] for i in range(6)])
        standard = (samples.sequences - arrays["person_mean"]) / arrays["person_scale"]
        logits.append(np.asarray(network.predict(standard, verbose=0)))
    mean = np.mean(logits, axis=0)
    raised = np.exp(mean - mean.max(1, keepdims=True))
    assert told == pytest.approx(raised / raised.sum(1, keepdims=True), abs=1e-5)
    fights = [
        model.scene(dict(zip(samples.scene_names.tolist(), row, strict=True)))
        for row in samples.scene
    ]
    assert metrics.auc(np.array(fights), samples.fights) > 0.99
    again = Samples.load(_saved(samples, tmp_path / "s.npz"))
    assert (again.actions == samples.actions).all()


def _saved(samples: Samples, path: Path) -> Path:
    samples.save(path)
    return path


def test_a_group_is_held_back_as_a_whole(samples: Samples) -> None:
    from analyzer.lab.action.train import folds

    parts = folds(samples.cameras, 3)
    assert np.sum(parts, axis=0).tolist() == [1] * len(samples.cameras)
    for part in parts:
        assert not set(samples.cameras[part]) & set(samples.cameras[~part])


@pytest.mark.parametrize("name", ["cnn3d", "cnn_gru"])
def test_the_networks_on_whole_frames_learn(name: str) -> None:
    import keras

    from analyzer.lab.action.networks import BASELINES

    keras.utils.set_random_seed(0)
    network = BASELINES[name](frames=4, side=32)
    rng = np.random.default_rng(0)
    x = rng.integers(0, 255, (4, 4, 32, 32, 3)).astype(np.float32)
    y = np.array([0, 1, 2, 3])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(keras.optimizers.Adam(1e-2), loss)
    before = [w.copy() for w in network.get_weights()]
    assert np.isfinite(network.train_on_batch(x, y))
    assert network.predict_on_batch(x).shape == (4, 4)
    assert any((a != b).any() for a, b in zip(before, network.get_weights(), strict=True))


def test_area_under_the_curve_counts_ties_half() -> None:
    truth = np.array([0, 0, 1, 1])
    assert metrics.auc(np.array([0.1, 0.5, 0.5, 0.9]), truth) == pytest.approx(0.875)
    assert metrics.binary(np.array([0.1, 0.2, 0.8, 0.4]), truth)["accuracy"] == 0.75


def test_sequences_have_the_columns_of_the_network() -> None:
    assert ActionModel({}, {"scene_features": []}).sequence_shape == (STEPS, len(MEASURES))
