"""Figures against values worked out by hand."""

import numpy as np
import pytest

from analyzer.lab import metrics
from analyzer.lab.emotion import calibrate


def test_confusion_and_macro_f1_by_hand():
    truth, guess = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    confusion = metrics.confusion_matrix(truth, guess, 2)
    assert confusion.tolist() == [[1, 1], [0, 2]]
    assert metrics.macro_f1(confusion) == pytest.approx((2 / 3 + 4 / 5) / 2)


def test_a_forecaster_that_is_right_as_often_as_it_says_has_no_calibration_error():
    probabilities = np.zeros((10, 7))
    probabilities[:, 3], probabilities[:, 4] = 0.8, 0.2
    truth = np.array([3] * 8 + [4] * 2)
    assert metrics.calibration_error(probabilities, truth) == pytest.approx(0, abs=1e-9)
    assert metrics.calibration_error(probabilities, np.full(10, 4)) == pytest.approx(0.8)


def test_score_holds_the_accuracy_inside_its_interval():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 7, 300)
    probabilities = rng.dirichlet(np.ones(7), 300) + 0.5 * np.eye(7)[truth]
    probabilities /= probabilities.sum(1, keepdims=True)
    result = metrics.score(probabilities, truth)
    assert result.ci95[0] < result.accuracy < result.ci95[1]
    assert sum(map(sum, result.confusion)) == result.n == 300
    assert sum(row["support"] for row in result.per_class.values()) == 300


def test_temperature_undoes_exaggerated_logits():
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 2, (4000, 7))
    chances = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    truth = np.array([rng.choice(7, p=row) for row in chances])
    assert calibrate.fit_temperature(3 * logits, truth) == pytest.approx(3, rel=0.07)


def test_the_floor_lies_above_the_last_bad_value():
    assert calibrate.lowest_useful([8, 12, 16, 24], [False, True, True, True]) == 12
    assert calibrate.lowest_useful([8, 12, 16, 24], [True, False, True, True]) == 16
    assert calibrate.lowest_useful([8, 12], [False, False]) == 12
