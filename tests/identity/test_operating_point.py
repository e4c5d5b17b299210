"""From a false-match rate to a distance, for a gallery of some size."""

import pytest

from analyzer.config import IdentitySettings
from analyzer.faces.calibration import calibration_of
from analyzer.faces.embedders import EMBEDDERS
from analyzer.identity.operating_point import (
    MOST_CORRECTION,
    operating_point_for,
    rate_per_comparison,
)

NAMES = [embedder.name for embedder in EMBEDDERS.ours()]


def test_a_larger_gallery_asks_for_a_rarer_match_up_to_a_bound():
    assert rate_per_comparison(1e-3, 1) == 1e-3
    assert rate_per_comparison(1e-3, 5) == pytest.approx(2e-4)
    assert rate_per_comparison(1e-3, 5000) == 1e-3 / MOST_CORRECTION
    assert rate_per_comparison(1e-3, 0) == 1e-3


@pytest.mark.parametrize("name", NAMES)
def test_the_threshold_has_the_rate_that_was_asked_for(name):
    calibration = calibration_of(name)
    strict = operating_point_for(IdentitySettings(false_match_rate=1e-4), calibration, 1)
    loose = operating_point_for(IdentitySettings(false_match_rate=1e-2), calibration, 1)
    many = operating_point_for(IdentitySettings(false_match_rate=1e-2), calibration, 100)
    assert strict.threshold < many.threshold < loose.threshold
    assert strict.false_match_rate == pytest.approx(1e-4)
    assert many.false_match_rate == pytest.approx(1e-2 / MOST_CORRECTION)


def test_an_explicit_threshold_stands_and_its_rate_is_told():
    calibration = calibration_of("face_recognition")
    point = operating_point_for(IdentitySettings(threshold=0.6), calibration, 50)
    assert point.threshold == 0.6
    assert 0.01 < point.false_match_rate < 0.03


def test_rates_beyond_what_was_measured_are_not_extrapolated():
    calibration = calibration_of("face_recognition")
    assert calibration.threshold_for(1e-9) == calibration.rates[0].distance
    assert calibration.false_match_rate(0.1) == pytest.approx(calibration.rates[0].rate)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_calibration_is_in_order(name):
    calibration = calibration_of(name)
    distances = [point.distance for point in calibration.rates]
    assert distances == sorted(distances)
    assert all(point.rate < point.upper for point in calibration.rates)
    assert calibration.same_picture < calibration.threshold < calibration.verification
    assert calibration.verification < calibration.same_limit
