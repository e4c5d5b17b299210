"""The model that is shipped: its promises on real faces, its floors, its file."""

import json
import shutil
import subprocess
import sys
from functools import cache

import cv2
import numpy as np
import pytest

from analyzer.emotions.classifier import EmotionClassifier
from analyzer.errors import ModelError
from analyzer.faces.alignment import FER_CHIP, align_face
from tests.faces.pictures import PICTURES, best_face
from tests.places import DATA, ROOT

MODEL = ROOT / "models" / "emotion" / "default"


@pytest.fixture(scope="module")
def classifier():
    return EmotionClassifier.load(MODEL)


@pytest.fixture(scope="module")
def public_data(tmp_path_factory):
    """Every fourth face of FER2013's PublicTest whose votes name one expression."""
    from analyzer.lab.emotion import datasets

    path = tmp_path_factory.mktemp("fer") / "fer2013.npz"
    unpack = [sys.executable, DATA / "emotion" / "unpack.py", path]
    subprocess.run(unpack, check=True, capture_output=True)
    data = datasets.load(path)
    data = data.take(np.flatnonzero(data.usage == 1)[::4])
    return data.take(datasets.plurality(data.votes) >= 0)


@pytest.fixture(scope="module")
def public_test(public_data):
    """The faces of ``public_data`` and their expressions."""
    from analyzer.lab.emotion import datasets

    return public_data.faces, datasets.plurality(public_data.votes)


@pytest.fixture(scope="module")
def probabilities(classifier, public_test):
    """Return a function from px to the answers for those faces shrunk to px, classified once."""
    from analyzer.lab.emotion.augment import shrink_and_back

    faces, _ = public_test

    @cache
    def answers(px):
        return classifier.classify(
            np.stack([shrink_and_back(face, px) for face in faces])
        ).probabilities

    return answers


@pytest.mark.parametrize(("px", "least"), [(48, 0.81), (24, 0.79), (16, 0.73)])
def test_accuracy_may_not_fall(probabilities, public_test, px, least):
    assert (probabilities(px).argmax(1) == public_test[1]).mean() >= least


def test_confidence_means_what_it_says(probabilities, public_test):
    from analyzer.lab import metrics

    assert metrics.calibration_error(probabilities(48), public_test[1]) <= 0.05


def test_confidence_holds_down_to_the_floor_of_size(classifier, probabilities, public_test):
    from analyzer.lab import metrics

    smallest = probabilities(int(classifier.floors.face_px))
    assert (smallest.argmax(1) == public_test[1]).mean() >= 0.68
    assert metrics.calibration_error(smallest, public_test[1]) <= 0.08


@pytest.fixture(scope="module")
def chips():
    """Forty chips of the four faces that we ship, turned, shifted and lit in ten ways each."""
    faces = []
    rng = np.random.default_rng(0)
    for person in PICTURES:
        picture, face = best_face(person)
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        for _ in range(10):
            points = face.landmarks + rng.normal(0, 0.03 * face.box.w, (5, 2)).astype(np.float32)
            light = rng.uniform(0.6, 1.3)
            faces.append(
                np.clip(align_face(grey, points, FER_CHIP) * light, 0, 255).astype(np.uint8)
            )
    return np.stack(faces)


@pytest.fixture(scope="module")
def together(classifier, chips):
    """The answers for all chips in one call."""
    return classifier.classify(chips).probabilities


@pytest.mark.slow
def test_answers_do_not_depend_on_the_batch(classifier, chips, together):
    alone = np.concatenate([classifier.classify(chip[None]).probabilities for chip in chips])
    assert together == pytest.approx(alone, abs=1e-5)
    assert (classifier.classify(chips).probabilities == together).all()
    assert together.sum(1) == pytest.approx(np.ones(40), abs=1e-5)


def test_a_mirrored_face_gets_the_same_answer(classifier, chips, together):
    mirrored = classifier.classify(np.ascontiguousarray(chips[:, :, ::-1])).probabilities
    assert mirrored == pytest.approx(together, abs=1e-5)


@pytest.mark.slow
def test_the_exported_file_answers_as_the_keras_network(classifier, chips):
    from analyzer.lab.emotion.export import load_keras
    from analyzer.lab.emotion.networks import logits_of

    model = load_keras(MODEL / "network.keras")
    expected = (logits_of(model, chips) + logits_of(model, chips[:, :, ::-1])) / 2
    got = classifier.logits(chips)
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


def test_a_head_that_looks_down_or_up_is_not_assessed(classifier):
    chips = np.random.default_rng(0).integers(0, 256, (4, 48, 48), np.uint8)
    down, up = classifier.floors.down_deg, classifier.floors.up_deg
    assert 15 <= up <= down < 90
    pitch = np.array([down - 1, down + 1, 1 - up, -1 - up])
    batch = classifier.classify(chips, np.full(4, 20.0), np.zeros(4), pitch)
    assert batch.assessed.tolist() == [True, False, True, False]
    assert batch.reasons[1] == f"looks down {down + 1:.0f}°, limit {down:.0f}°"
    assert batch.reasons[3] == f"looks up {up + 1:.0f}°, limit {up:.0f}°"


def test_bands_hold_on_other_faces_and_are_wider_for_poor_ones(
    public_test, probabilities, classifier
):
    from analyzer.emotions.spread import spread_of

    spread, p = spread_of(classifier.about), probabilities(48)
    low, high = spread.bands(p, np.full(len(p), 0.4))
    assert (low <= p).all()
    assert (p <= high).all()
    lead = (np.arange(len(p)), p.argmax(1))
    right = (p.argmax(1) == public_test[1]).mean()
    assert low[lead].mean() - 0.02 <= right <= high[lead].mean() + 0.02
    poor = spread.bands(p, np.full(len(p), 0.02))
    assert (poor[1] - poor[0]).mean() > (high - low).mean() > 0


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
