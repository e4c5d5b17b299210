"""What an answer rests on: hiding it changes the answer faster than hiding anything else."""

import cv2
import numpy as np
import pytest

from analyzer.emotions.classifier import EmotionClassifier
from analyzer.emotions.explanation import GRID, explain, heat, hide
from analyzer.emotions.saliency_picture import saliency_picture
from analyzer.faces.alignment import FER_CHIP, align_face
from analyzer.faces.crops import face_jpeg, landmarks_in_crop
from analyzer.lab.emotion.deletion import SHARES, deletion_test, grey
from tests.faces.pictures import PICTURES, best_face
from tests.places import ROOT


@pytest.fixture(scope="module")
def classifier():
    return EmotionClassifier.load(ROOT / "models" / "emotion" / "default")


@pytest.fixture(scope="module")
def faces():
    return [best_face(person) for person in PICTURES]


@pytest.fixture(scope="module")
def chips(faces):
    cut = [
        align_face(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), face.landmarks, FER_CHIP)
        for picture, face in faces
    ]
    return np.stack(cut)


@pytest.mark.parametrize("fill", [hide, grey])
def test_hiding_what_is_salient_changes_the_answer_faster_than_chance(classifier, chips, fill):
    found = deletion_test(classifier, chips, fill)
    early = SHARES.index(0.2) + 1
    assert np.mean(found["salient"][:early]) < np.mean(found["random"][:early]) - 0.02
    assert found["before"][0] > found["salient"][0]


def test_an_answer_is_explained_where_asked(classifier, chips):
    told = explain(classifier, chips[0])
    assert told.probabilities == pytest.approx(classifier.classify(chips[:1]).probabilities[0])
    assert told.label == max(zip(told.probabilities, classifier.about["classes"], strict=True))[1]
    assert told.saliency.shape == (GRID, GRID)
    assert heat(told.saliency).max() <= told.saliency.max()
    other = explain(classifier, chips[0], "sad")
    assert other.label == "sad"
    assert not np.allclose(other.saliency, told.saliency)
    picture = saliency_picture(chips[0], told)
    left, right = picture[:336, :336], picture[:336, -336:]
    assert np.ptp(left.astype(int), axis=2).max() == 0, "the face itself stays grey"
    assert np.ptp(right.astype(int), axis=2).max() > 60


def test_the_face_is_found_again_in_its_stored_crop(classifier, faces, chips):
    for (picture, face), chip in zip(faces, chips, strict=True):
        crop = cv2.imdecode(
            np.frombuffer(face_jpeg(picture, face.box), np.uint8), cv2.IMREAD_GRAYSCALE
        )
        size = (picture.shape[1], picture.shape[0])
        points = landmarks_in_crop(face.landmarks, face.box, size, crop.shape[1])
        again = align_face(crop, points, FER_CHIP)
        assert np.corrcoef(again.ravel(), chip.ravel())[0, 1] > 0.97
