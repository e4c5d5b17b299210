"""Similarities become probabilities and thresholds, by height, with a prior that is told."""

import pytest

from analyzer.looks.calibration import calibration_from

VALUES = {
    "by_height": [
        {"height_px": 128, "even": 0.5, "steepness": 20.0,
         "false_match_rates": [[0.8, 0.001], [0.6, 0.01], [0.4, 0.1]]},
        {"height_px": 32, "even": 0.7, "steepness": 10.0,
         "false_match_rates": [[0.9, 0.001], [0.8, 0.01], [0.6, 0.1]]},
    ],
    "least_height_px": 32,
    "least_sharpness": 5,
}  # fmt: skip


@pytest.fixture
def calibration():
    return calibration_from(VALUES)


def test_even_similarity_is_even_odds_and_more_is_more(calibration):
    assert calibration.probability(0.5) == 0.5
    assert calibration.probability(0.4) < 0.5 < calibration.probability(0.6) < 1
    assert calibration.probability(-1) > 0 and calibration.probability(1) < 1


def test_small_crops_need_more_similarity(calibration):
    assert calibration.probability(0.7, 32) == 0.5
    assert calibration.probability(0.6, 80) == pytest.approx(0.5)
    # Below and above the measured heights the ends count.
    assert calibration.probability(0.7, 10) == 0.5
    assert calibration.probability(0.5, 500) == 0.5
    assert calibration.threshold_for(0.01, 32) == 0.8 > calibration.threshold


def test_a_prior_moves_the_odds(calibration):
    assert calibration.probability(0.5, prior=0.01) == pytest.approx(0.01)
    assert calibration.probability(0.6, prior=0.1) < calibration.probability(0.6)
    for prior in (0, 1, -0.2):
        with pytest.raises(ValueError, match="prior"):
            calibration.probability(0.5, prior=prior)


def test_thresholds_lie_between_measured_rates_and_never_beyond(calibration):
    assert calibration.threshold == 0.6
    assert calibration.threshold_for(10**-2.5) == pytest.approx(0.7)
    assert calibration.threshold_for(1e-9) == 0.8
    assert calibration.threshold_for(0.9) == 0.4


def test_small_or_blurred_crops_are_not_assessed(calibration):
    assert calibration.reason(32) is None
    assert calibration.reason(31) == "body 31 px high, floor 32 px"
    assert calibration.reason(100, 4) == "too blurred (sharpness 4.0, floor 5.0)"
    assert calibration.reason(float("nan")) is not None


@pytest.mark.parametrize("broken", [
    {"by_height": [], "least_height_px": 1},
    {"by_height": [{"height_px": 1, "even": 0, "steepness": 1, "false_match_rates": []}],
     "least_height_px": 1},
])  # fmt: skip
def test_a_calibration_without_measurements_is_refused(broken):
    with pytest.raises(ValueError, match="measured"):
        calibration_from(broken)
