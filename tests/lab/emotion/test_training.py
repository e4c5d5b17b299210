"""A training learns, is interrupted, goes on, is exported and judged: all on a tiny toy set."""

import contextlib
import csv
import itertools
import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from analyzer.emotions.classifier import EmotionClassifier
from analyzer.errors import AnalyzerError
from analyzer.lab.emotion import datasets
from analyzer.lab.emotion import page as emotion_page
from analyzer.lab.emotion.augment import Augmentation
from analyzer.lab.emotion.config import TrainConfig, read_config
from analyzer.lab.emotion.evaluate import evaluate
from tests.places import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def training():
    """The class, whose import loads tensorflow: not at collection, where `test-fast` would wait."""
    from analyzer.lab.emotion.train import EmotionTraining

    return EmotionTraining


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """Happy is bright above, sad bright below: 96 pictures anyone can tell apart."""
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 90, (96, 48, 48), np.uint8)
    label = np.array([3, 4] * 48)
    pictures[0::2, :24] += 120
    pictures[1::2, 24:] += 120
    path = tmp_path_factory.mktemp("toy") / "toy.npz"
    np.savez(path, images=pictures, label=label)
    return path


@pytest.fixture(scope="module")
def config(toy):
    return TrainConfig(
        data=(str(toy),),
        targets="label",
        options={"stages": ((8, 1), (8, 1))},
        epochs=6,
        batch=16,
        rate=0.05,
        held_back=0.2,
        mixup=0,
        ema=0.5,
        sizes=((0.0, 24), (0.5, 48)),
        augmentation=Augmentation(erase=0, rotate_deg=3, brightness=0, gamma=0, degrade=0, video=0),
    )


@pytest.fixture(scope="module")
def run(training, config, tmp_path_factory):
    """A training stopped after three epochs and taken up again."""
    folder = tmp_path_factory.mktemp("run")

    class StopError(Exception):
        pass

    def stop(row):
        if row["epoch"] == 3:
            raise StopError

    with pytest.raises(StopError):
        training(config, folder).run(stop)
    training(config, folder).run()
    return folder


def test_a_stopped_training_goes_on_and_ends(run):
    rows = list(csv.DictReader((run / "curves.csv").open()))
    assert [int(row["epoch"]) for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [int(row["size"]) for row in rows][:1] == [24]
    assert int(rows[-1]["size"]) == 48
    assert float(rows[-1]["watch_accuracy"]) >= 0.9
    assert cv2.imread(str(run / "curves.png")).shape == (480, 900, 3)


def test_a_finished_training_is_left_alone(training, config, run):
    before = (run / "average.npz").read_bytes()
    training(config, run).run()
    assert (run / "average.npz").read_bytes() == before


def test_early_stopping_and_plateau(training, config, tmp_path):
    never_better = replace(
        config, schedule="plateau", patience=1, stop_after=1, rate=1e-9, epochs=9
    )
    stopped = training(never_better, tmp_path)
    stopped.progress.best_loss = 0.0
    stopped.run()
    assert stopped.progress.epoch == 1
    assert stopped.progress.rate_factor == pytest.approx(0.3)


def test_a_training_stopped_within_an_epoch_keeps_what_it_has_learned(
    training, config, tmp_path, monkeypatch
):
    monkeypatch.setattr("analyzer.lab.training_state.SAVE_EVERY_S", 0.0)
    stopped = training(replace(config, faces_an_epoch=64, epochs=2), tmp_path)
    batches = stopped.batches(0, 24)
    with contextlib.suppress(InterruptedError):
        stopped.learn_all(_until_stopped(batches, 3))
    weights = stopped.model.get_weights()

    again = training(replace(config, faces_an_epoch=64, epochs=2), tmp_path)
    assert (again.progress.epoch, again.progress.steps) == (0, 3)
    for kept, had in zip(again.model.get_weights(), weights, strict=True):
        assert (kept == had).all()
    again.run()
    assert [row["epoch"] for row in again.progress.history] == [1, 2]
    assert again.progress.steps == 8


def _until_stopped(batches, count):
    yield from itertools.islice(batches, count)
    raise InterruptedError


def test_faces_learned_besides_are_smoothed_labels_and_never_held_back(
    training, config, toy, tmp_path
):
    arrays = dict(np.load(toy))
    few = tmp_path / "few.npz"
    np.savez(few, images=arrays["images"][:9], label=np.full(9, 5))
    alone = training(config, tmp_path / "alone").split
    both = training(replace(config, extra=(str(few),)), tmp_path / "both").split
    assert len(both.learn) == len(alone.learn) + 9
    assert (both.watch.faces == alone.watch.faces).all()
    surprised = both.learn_targets[-9:, datasets.EMOTIONS.index("surprise")]
    assert surprised == pytest.approx(0.9 + 0.1 / 7)


def test_an_epoch_of_drawn_faces_shows_a_rare_class_more_often(training, config, toy, tmp_path):
    arrays = dict(np.load(toy))
    rare = tmp_path / "rare.npz"
    kept = np.r_[np.flatnonzero(arrays["label"] == 3), np.flatnonzero(arrays["label"] == 4)[:12]]
    np.savez(rare, images=arrays["images"][kept], label=arrays["label"][kept])
    drawn = training(
        replace(
            config,
            data=(str(rare),),
            optimizer="adamw",
            rate=0.01,
            epochs=9,
            faces_an_epoch=64,
            resample=1.0,
        ),
        tmp_path / "run",
    )
    shares = [
        float(targets.mean(0)[datasets.EMOTIONS.index("sad")])
        for _, targets, _ in drawn.batches(0, 24)
    ]
    assert len(shares) == 4
    assert 0.3 < np.mean(shares) < 0.7
    drawn.run()
    assert drawn.progress.steps == 36
    assert drawn.progress.history[-1]["watch_accuracy"] >= 0.9


def test_a_pupil_learns_from_a_teacher_what_wrong_labels_would_not_tell_it(
    training, config, run, toy, tmp_path
):
    from analyzer.lab.emotion.networks import logits_of

    recipe = tmp_path / "teacher.toml"
    recipe.write_text(f'data = ["{toy}"]\noptions = {{stages = [[8, 1], [8, 1]]}}\n')
    wrong = tmp_path / "wrong.npz"
    arrays = dict(np.load(toy))
    np.savez(
        wrong, images=arrays["images"], label=np.random.default_rng(1).permutation(arrays["label"])
    )
    taught = training(
        replace(
            config,
            data=(str(wrong),),
            epochs=12,
            teachers=((str(recipe), str(run)),),
            teaching=1.0,
        ),
        tmp_path / "pupil",
    )
    taught.run()
    with taught.averaged() as model:
        guess = logits_of(model, arrays["images"]).argmax(1)
    assert (guess == datasets.load(Path(toy)).label).mean() > 0.9


def test_a_teacher_of_other_shape_is_refused(training, config, run, toy, tmp_path):
    recipe = tmp_path / "teacher.toml"
    recipe.write_text(f'data = ["{toy}"]\n')
    with pytest.raises(AnalyzerError, match="not the weights of"):
        training(replace(config, teachers=((str(recipe), str(run)),)), tmp_path / "pupil")


def test_exported_model_answers_as_the_keras_network(config, run, tmp_path):
    from analyzer.lab.emotion import export
    from analyzer.lab.emotion.networks import logits_of

    about = export.export(config, run, tmp_path, "toy")
    classifier = EmotionClassifier.load(tmp_path)
    data = datasets.load(Path(config.data[0]))
    model = export.load_keras(tmp_path / "network.keras", **config.options)
    expected = (logits_of(model, data.faces) + logits_of(model, data.faces[:, :, ::-1])) / 2
    got = classifier.logits(data.faces)
    assert (got.argmax(1) == expected.argmax(1)).mean() > 0.98
    assert np.abs(got - expected).max() < 0.1 * np.abs(expected).max()
    assert about["training"]["epochs"] == 6
    result = evaluate(classifier, data)
    assert result["labels"]["accuracy"] > 0.9
    assert result["ferplus"] is None
    assert set(result["by_size"]) == {"48", "32", "24", "16"}
    page = tmp_path / "page.html"
    emotion_page.write(json.loads(json.dumps(result)), [], page)
    assert "Confusion" in page.read_text()


def test_the_config_file_names_what_it_does_not_know(tmp_path):
    path = tmp_path / "train.toml"
    path.write_text('data = ["a.npz"]\nepoch = 3\n')
    with pytest.raises(AnalyzerError, match="epoch"):
        read_config(path)
    path.write_text('data = ["a.npz"]\nepochs = 3\n[augmentation]\nflip = 0.0\n')
    assert read_config(path).augmentation.flip == 0


RECIPES = sorted((ROOT / "models" / "emotion").rglob("*.toml"))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_recipes_of_the_models_can_be_read(recipe):
    config = read_config(recipe)
    assert config.network in {"slim_resnet", "dlib_face"}
    assert config.data == ("fer2013.npz",)
