"""Loaders give one order of classes, whatever the data set calls them."""

import cv2
import numpy as np
import pytest

from analyzer.errors import AnalyzerError
from analyzer.lab.emotion import datasets
from analyzer.types import EMOTIONS

VOTE_NAMES = np.array(
    [
        "neutral",
        "happiness",
        "surprise",
        "sadness",
        "anger",
        "disgust",
        "fear",
        "contempt",
        "unknown",
        "NF",
    ]
)


def faces(count, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, 48, 48), np.uint8)


def votes_of(**given):
    order = [*EMOTIONS, "contempt", "unknown", "NF"]
    return np.array([[given.get(name, 0) for name in order]], np.float32)


def test_npz_maps_labels_and_votes_to_our_order(tmp_path):
    votes = np.zeros((3, 10), np.uint8)
    votes[:, 0] = 10
    path = tmp_path / "data.npz"
    np.savez(
        path, images=faces(3), label=np.array([6, 4, -1]), votes=votes, vote_names=VOTE_NAMES,
        usage=np.array([0, 1, 0]),
    )  # fmt: skip
    data = datasets.load(path)
    assert [EMOTIONS[i] for i in data.label[:2]] == ["neutral", "sad"]
    assert data.label[2] == -1
    assert EMOTIONS[datasets.plurality(data.votes)[0]] == "neutral"
    assert data.usage.tolist() == [0, 1, 0]


def test_kaggle_csv(tmp_path):
    pixels = " ".join(["7"] * 2304)
    path = tmp_path / "fer2013.csv"
    path.write_text(f"emotion,pixels,Usage\n3,{pixels},Training\n6,{pixels},PublicTest\n")
    data = datasets.load(path)
    assert [EMOTIONS[i] for i in data.label] == ["happy", "neutral"]
    assert data.usage.tolist() == [0, 1]
    assert (data.faces == 7).all()


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("train/happy", "happy"),
        ("test/Anger", "angry"),
        ("train/surprised", "surprise"),
    ],
)
def test_folder_a_class(tmp_path, folder, expected):
    (tmp_path / folder).mkdir(parents=True)
    cv2.imwrite(str(tmp_path / folder / "a.png"), faces(1)[0])
    data = datasets.load(tmp_path)
    assert EMOTIONS[data.label[0]] == expected
    assert data.usage[0] == int(folder.startswith("test"))


def test_numbered_folders_are_rafdb_from_one_and_affectnet_from_zero(tmp_path):
    for root, names in (("raf", range(1, 8)), ("affect", range(8))):
        for name in names:
            (tmp_path / root / "train" / str(name)).mkdir(parents=True)
            picture = np.full((100, 100), 10 * name, np.uint8)
            cv2.imwrite(str(tmp_path / root / "train" / str(name) / "a.png"), picture)
    raf, affect = datasets.load(tmp_path / "raf"), datasets.load(tmp_path / "affect")
    assert [EMOTIONS[i] for i in raf.label] == list(datasets.RAFDB_ORDER)
    assert [EMOTIONS[i] for i in affect.label] == list(datasets.AFFECTNET_ORDER[:7])


def test_rafdb_list(tmp_path):
    (tmp_path / "aligned").mkdir()
    cv2.imwrite(str(tmp_path / "aligned" / "test_0001_aligned.jpg"), faces(1)[0])
    (tmp_path / "list_patition_label.txt").write_text("test_0001.jpg 4\n")
    data = datasets.load(tmp_path)
    assert EMOTIONS[data.label[0]] == "happy"
    assert data.usage[0] == 1


def test_affectnet_annotations(tmp_path):
    for part in ("images", "annotations"):
        (tmp_path / "train_set" / part).mkdir(parents=True)
    for number, value in enumerate(("1", "7")):
        cv2.imwrite(str(tmp_path / "train_set" / "images" / f"{number}.jpg"), faces(1)[0])
        np.save(tmp_path / "train_set" / "annotations" / f"{number}_exp.npy", value)
    data = datasets.load(tmp_path)
    assert [EMOTIONS[i] for i in data.label] == ["happy"]


def test_what_has_no_emotions_says_so(tmp_path):
    with pytest.raises(AnalyzerError, match="no such data set"):
        datasets.load(tmp_path / "absent.npz")
    with pytest.raises(AnalyzerError, match="no pictures"):
        datasets.load(tmp_path)


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        (votes_of(happy=6, neutral=4), EMOTIONS.index("happy")),
        (votes_of(happy=5, neutral=5), -1),
        (votes_of(contempt=6, neutral=4), -1),
        (votes_of(NF=10), -1),
        (votes_of(unknown=4, sad=3, fear=3), -1),
    ],
)
def test_plurality_drops_ties_contempt_unknown_and_no_face(votes, expected):
    assert datasets.plurality(votes)[0] == expected


def test_soft_targets_drop_single_votes_and_what_is_not_ours():
    row = datasets.soft_targets(votes_of(happy=6, neutral=2, sad=1, contempt=1))[0]
    assert row.sum() == pytest.approx(1)
    assert row[EMOTIONS.index("happy")] == pytest.approx(0.75)
    assert row[EMOTIONS.index("sad")] == 0
    assert np.isnan(datasets.soft_targets(votes_of(NF=8, happy=2))).all()


def test_landmarks_give_transform_and_yaw_and_can_be_asked_for():
    data = datasets.make(np.zeros((2, 48, 48), np.uint8))
    frontal = np.array([[15, 18], [32, 18], [23.5, 27], [17, 36], [30, 36]], np.float32)
    known = datasets.with_landmarks(data, np.stack([frontal, np.full((5, 2), np.nan)]))
    assert known.yaw[0] == pytest.approx(0, abs=3)
    assert np.isnan(known.yaw[1])
    assert np.isfinite(known.chip[0]).all()
    assert len(datasets.with_faces_only(known)) == 1


def test_merging_and_removal_of_non_faces():
    blank = datasets.make(np.zeros((1, 48, 48), np.uint8))
    voted_out = datasets.make(faces(1, 1), votes=votes_of(NF=9, happy=1))
    good = datasets.make(faces(2, 2), label=np.array([3, 4]))
    kept = datasets.without_non_faces(datasets.merge([blank, voted_out, good]))
    assert kept.label.tolist() == [3, 4]


def test_class_weights_even_out_the_classes():
    targets = datasets.hard_targets(np.array([3] * 9 + [1]))
    weights = datasets.class_weights(targets)
    assert weights[:9].sum() == pytest.approx(weights[9], rel=1e-4)
    assert datasets.class_weights(targets, 0.0) == pytest.approx(np.ones(10))
