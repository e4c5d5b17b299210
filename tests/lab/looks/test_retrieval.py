"""Retrieval figures on vectors whose answers are known by hand."""

import math

import numpy as np
import pytest

from analyzer.lab.looks import retrieval
from analyzer.lab.looks.calibrate import calibrate, calibration_error, logistic
from analyzer.lab.looks.evaluate import over_people


def at(*degrees):
    """Unit vectors at angles, so that the nearer angle is the more similar."""
    radians = np.radians(degrees)
    return np.stack([np.cos(radians), np.sin(radians)], 1)


def test_one_right_and_one_wrong_answer():
    # Person 0 at 0° and 10°, person 1 at 12° and 90°; the second of each is of camera 1.
    looks, people, cameras = at(0, 10, 12, 90), np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    found = retrieval.retrieve(looks, people, cameras)
    # 0° finds 10° first; 10° finds 12° (wrong) before 0°; 12° finds 10° first; 90° finds 12°.
    assert found.first.tolist() == [True, False, False, True]
    assert found.precision.tolist() == [1.0, 0.5, 0.5, 1.0]
    assert found.rank1 == 0.5 and found.mean_precision == 0.75
    assert found.asker.tolist() == [0, 0, 1, 1]


def test_average_precision_of_two_true_answers_at_places_one_and_three():
    looks = at(0, 1, 2, 3)
    people, cameras = np.array([0, 0, 1, 0]), np.array([0, 1, 1, 1])
    found = retrieval.retrieve(looks, people, cameras, np.array([True, False, False, False]))
    assert found.precision.tolist() == [pytest.approx((1 + 2 / 3) / 2)]


def test_pictures_of_the_same_camera_do_not_answer():
    # The nearest picture of the person is of the same camera: it would make the question easy.
    looks, people = at(0, 0, 40, 20), np.array([0, 0, 0, 1])
    found = retrieval.retrieve(looks, people, np.array([0, 0, 1, 1]))
    assert found.first.tolist() == [False, False, True]


def test_whoever_is_seen_by_one_camera_only_does_not_ask():
    found = retrieval.retrieve(at(0, 5, 9), np.array([0, 0, 1]), np.array([0, 1, 0]))
    assert found.asker.tolist() == [0, 0]
    nobody = retrieval.retrieve(at(0, 9), np.array([0, 1]), np.array([0, 1]))
    assert math.isnan(nobody.rank1) and math.isnan(nobody.mean_precision)


def test_of_equal_similarities_the_wrong_one_counts_as_first():
    same = at(0, 0, 0)
    found = retrieval.retrieve(same, np.array([0, 0, 1]), np.array([0, 1, 1]))
    assert not found.first[0] and found.precision[0] == 0.5


def test_pairs_are_of_different_cameras_and_counted_once():
    similar, same = retrieval.pairs(at(0, 60, 90), np.array([0, 0, 1]), np.array([0, 1, 1]))
    assert similar.tolist() == pytest.approx([0.5, 0.0]) and same.tolist() == [True, False]


def test_true_matches_at_a_rate_of_false_ones():
    false = np.arange(100) / 100
    similar = np.concatenate([false, [0.985, 0.995, 0.5, 0.98]])
    same = np.concatenate([np.zeros(100, bool), np.ones(4, bool)])
    # One of the hundred false pairs, 0.99, may pass; those at 0.98 may not.
    threshold = retrieval.threshold_at(similar, same, 0.01)
    assert (false >= threshold).mean() == 0.01
    assert retrieval.true_match_rate(similar, same, 0.01) == 0.5
    assert retrieval.true_match_rate(similar, same, 0.0) == 0.25
    assert retrieval.true_match_rate(similar[:100], same[:100], 0.01) is None


def test_a_logistic_recovers_the_odds_that_made_the_pairs():
    rng = np.random.default_rng(3)
    # Normals of equal spread have log odds that are linear: even between the means.
    near, far = rng.normal(0.6, 0.1, 20000), rng.normal(0.3, 0.1, 40000)
    similar = np.concatenate([near, far])
    same = np.concatenate([np.ones(20000, bool), np.zeros(40000, bool)])
    even, steepness = logistic(similar, same)
    assert even == pytest.approx(0.45, abs=0.01)
    assert steepness == pytest.approx(0.3 / 0.1**2, rel=0.05)
    told = 1 / (1 + np.exp(-steepness * (similar - even)))
    assert calibration_error(told, same) < 0.02
    # Whoever is always sure is wrong by the share of errors.
    assert calibration_error(np.where(told > 0.5, 1.0, 0.0), same) == pytest.approx(
        0.5 * ((near < even).mean() + (far > even).mean()), abs=0.01
    )


def test_a_height_at_which_looks_tell_nothing_is_below_the_floor():
    rng = np.random.default_rng(0)
    people = np.repeat(np.arange(20), 4)
    cameras = np.tile([0, 0, 1, 1], 20)
    centres = rng.normal(0, 1, (20, 16))
    clear = centres[people] + rng.normal(0, 0.3, (80, 16))
    noise = rng.normal(0, 1, (80, 16))
    looks = {px: v / np.linalg.norm(v, axis=1, keepdims=True) for px, v in
             ((0, clear), (128, clear), (64, clear), (32, noise))}  # fmt: skip
    found = calibrate(looks, people, cameras)
    assert [row["height_px"] for row in found["by_height"]] == [128, 64, 32]
    assert found["least_height_px"] == 64


def test_intervals_are_drawn_by_person():
    # Two people, one always right and one never: any mixture of both is possible.
    assert over_people(np.repeat([0, 1], 50), np.repeat([0.0, 1.0], 50)) == (0.0, 1.0)
    assert over_people(np.arange(4), np.ones(4)) == (1.0, 1.0)


def test_pictures_of_a_person_and_camera_are_dealt_into_means_of_up_to_three():
    looks = at(0, 10, 20, 30, 40, 90, 70)
    people, cameras = np.array([0, 0, 0, 0, 0, 0, 1]), np.array([0, 0, 0, 0, 0, 1, 0])
    means, who, where = retrieval.means(looks, people, cameras)
    assert who.tolist() == [0, 0, 0, 1] and where.tolist() == [0, 0, 1, 0]
    # 0°, 20°, 40° and 10°, 30°: every picture once, far ones together.
    assert means == pytest.approx(at(20, 20, 90, 70), abs=1e-6)
