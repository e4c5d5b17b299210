"""The model that is shipped: its promises on real faces, its floors, its file."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from analyzer.emotions.classifier import EmotionClassifier
from analyzer.errors import ModelError
from tests.places import DATA, ROOT

MODEL = ROOT / "models" / "emotion" / "default"


@pytest.fixture(scope="module")
def classifier():
    return EmotionClassifier.load(MODEL)


@pytest.fixture(scope="module")
def public_test(tmp_path_factory):
    """Every fourth face of FER2013's PublicTest."""
    if not (DATA / "unpack.py").exists():
        pytest.skip("shared/data/emotion is not on this machine")
    from analyzer.lab.emotion import datasets

    path = tmp_path_factory.mktemp("fer") / "fer2013.npz"
    subprocess.run([sys.executable, DATA / "unpack.py", path], check=True, capture_output=True)
    data = datasets.load(path)
    return data.take(np.flatnonzero(data.usage == 1)[::4])


@pytest.mark.parametrize(("px", "least"), [(48, 0.81), (24, 0.79), (16, 0.73)])
def test_accuracy_may_not_fall(classifier, public_test, px, least):
    from analyzer.lab.emotion import datasets
    from analyzer.lab.emotion.augment import shrink_and_back

    truth = datasets.plurality(public_test.votes)
    faces, truth = public_test.faces[truth >= 0], truth[truth >= 0]
    small = np.stack([shrink_and_back(face, px) for face in faces])
    answer = classifier.classify(small).probabilities.argmax(1)
    assert (answer == truth).mean() >= least


def test_confidence_means_what_it_says(classifier, public_test):
    from analyzer.lab import metrics
    from analyzer.lab.emotion import datasets

    truth = datasets.plurality(public_test.votes)
    probabilities = classifier.classify(public_test.faces[truth >= 0]).probabilities
    assert metrics.calibration_error(probabilities, truth[truth >= 0]) <= 0.05


def test_answers_do_not_depend_on_the_batch(classifier, public_test):
    faces = public_test.faces[:40]
    together = classifier.classify(faces).probabilities
    alone = np.concatenate([classifier.classify(faces[i : i + 1]).probabilities for i in range(40)])
    assert together == pytest.approx(alone, abs=1e-5)
    assert (classifier.classify(faces).probabilities == together).all()
    assert together.sum(1) == pytest.approx(np.ones(40), abs=1e-5)


def test_a_mirrored_face_gets_the_same_answer(classifier, public_test):
    faces = public_test.faces[:20]
    mirrored = classifier.classify(np.ascontiguousarray(faces[:, :, ::-1])).probabilities
    assert mirrored == pytest.approx(classifier.classify(faces).probabilities, abs=1e-5)


def test_the_exported_file_answers_as_the_keras_network(classifier, public_test):
    from analyzer.lab.emotion.export import load_keras
    from analyzer.lab.emotion.train import logits_of

    faces = public_test.faces[:200]
    model = load_keras(MODEL / "network.keras")
    expected = (logits_of(model, faces) + logits_of(model, faces[:, :, ::-1])) / 2
    got = classifier.logits(faces)
    assert (got.argmax(1) == expected.argmax(1)).mean() >= 0.97
    assert np.abs(got - expected).mean() < 0.05 * expected.std()


def test_small_and_blurred_faces_are_not_assessed_and_say_why(classifier):
    chips = np.random.default_rng(0).integers(0, 256, (3, 48, 48), np.uint8)
    chips[2] = np.linspace(60, 140, 48, dtype=np.uint8)
    batch = classifier.classify(chips, np.array([20.0, 2.0, 20.0]))
    assert batch.assessed.tolist() == [True, False, False]
    assert batch.reasons[0] is None
    assert "px wide, floor" in batch.reasons[1]
    assert "blurred" in batch.reasons[2]
    assert batch.probabilities.shape == (3, 7)


def test_a_head_turned_beyond_what_was_measured_is_not_assessed(classifier):
    chips = np.random.default_rng(0).integers(0, 256, (4, 48, 48), np.uint8)
    limit = classifier.floors.yaw_deg
    assert 45 <= limit < 90
    turned = np.array([0.0, -limit + 1, limit + 1, -limit - 1])
    batch = classifier.classify(chips, np.full(4, 20.0), turned)
    assert batch.assessed.tolist() == [True, True, False, False]
    assert batch.reasons[3] == f"yaw {limit + 1:.0f}°, limit {limit:.0f}°"


def test_confidence_holds_down_to_the_floor_of_size(classifier, public_test):
    from analyzer.lab import metrics
    from analyzer.lab.emotion import datasets
    from analyzer.lab.emotion.augment import shrink_and_back

    truth = datasets.plurality(public_test.votes)
    faces, truth = public_test.faces[truth >= 0], truth[truth >= 0]
    smallest = int(classifier.floors.face_px)
    small = np.stack([shrink_and_back(face, smallest) for face in faces])
    probabilities = classifier.classify(small).probabilities
    assert (probabilities.argmax(1) == truth).mean() >= 0.68
    assert metrics.calibration_error(probabilities, truth) <= 0.08


def test_no_chips_no_answers(classifier):
    batch = classifier.classify(np.zeros((0, 48, 48), np.uint8), np.zeros(0))
    assert batch.probabilities.shape == (0, 7)
    assert batch.reasons == []


def test_wrong_shapes_are_refused_at_the_door(classifier):
    with pytest.raises(ValueError, match="expected chips"):
        classifier.classify(np.zeros((2, 64, 64), np.uint8))
    with pytest.raises(ValueError, match="one value for each of 2 chips"):
        classifier.classify(np.zeros((2, 48, 48), np.uint8), np.zeros(3))


def test_a_changed_network_file_is_refused(tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(MODEL, folder)
    with (folder / "network.tflite").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelError, match="not the file"):
        EmotionClassifier.load(folder)
    about = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps(about | {"format": 99}))
    with pytest.raises(ModelError, match="99"):
        EmotionClassifier.load(folder)


def test_loading_the_module_loads_nothing_heavy():
    code = "import sys, analyzer.emotions.classifier; print('tensorflow' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert answer.stdout.strip() == "False"
