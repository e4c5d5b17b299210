"""Operating point: from a false-match rate and a gallery size to a distance threshold."""

from __future__ import annotations

from analyzer.config import IdentitySettings
from analyzer.faces.calibration import Calibration
from analyzer.identity.candidates import OperatingPoint

MOST_CORRECTION = 15
"""Upper limit of the correction for gallery size: a gallery of N pictures divides the false-match
rate by N, up to this. Beyond it the margin to the next person decides: a stranger near one person
of a large gallery is near several, and the threshold alone would lose more true candidates than
false ones (models/identity/CARD.md)."""


def rate_per_comparison(false_match_rate: float, pictures: int) -> float:
    """Return the false-match rate of one comparison in a gallery of ``pictures``."""
    return false_match_rate / min(max(pictures, 1), MOST_CORRECTION)


def operating_point_for(
    settings: IdentitySettings, calibration: Calibration, pictures: int
) -> OperatingPoint:
    """Return the operating point for a gallery of ``pictures``; an explicit threshold holds."""
    rate = rate_per_comparison(settings.false_match_rate, pictures)
    threshold = settings.threshold or calibration.threshold_for(rate)
    return OperatingPoint(
        threshold=threshold,
        min_margin=settings.min_margin,
        keep=settings.candidates,
        probability=calibration.probability,
        false_match_rate=calibration.false_match_rate(threshold),
        same_limit=calibration.verification,
    )
