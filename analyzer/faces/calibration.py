"""What a distance between two embeddings means, as measured; constants, so that they can be read.

Measured on pairs of Labeled Faces in the Wild (fold 1 of the ten) with YuNet's landmarks and the
alignment of ``embed.py``. LFW is press photographs: on CCTV both error rates are higher.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from analyzer.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Calibration:
    """The default threshold of an embedder, and a logistic curve from distance to probability.

    ``even`` is the distance at which two pictures are as likely of one person as of two, at equal
    priors; ``steepness`` is the slope of the log odds there, per unit of distance.
    """

    threshold: float
    even: float
    steepness: float

    def probability(self, distance: float) -> float:
        """Return the probability that two pictures ``distance`` apart show one person."""
        exponent = self.steepness * (distance - self.even)
        return 1 / (1 + math.exp(min(max(exponent, -60.0), 60.0)))


FACE_RECOGNITION = Calibration(threshold=0.55, even=0.630, steepness=38.9)
"""150 pairs of one person and 47,586 of two (all pairs among 309 persons, one picture each).

Accuracy on 300 balanced pairs 98.7 % at 0.6. False matches: 0.10 % at 0.52 (82 % of true pairs
pass), 0.24 % at 0.55 (89 %), 0.80 % at 0.60 (97 %). 0.55 is taken: in CCTV-like footage enrolled
people lie at 0.36 to 0.53, strangers at 0.58 and beyond."""

MOBILEFACENET = Calibration(threshold=1.12, even=1.217, steepness=39.1)
"""600 balanced pairs; accuracy 99.0 % at 1.21 to 1.24.

The nearest of 300 pairs of two persons lies at 1.126, so that the false-match rate at 1.12 is under
1 % with 95 % confidence; so few cannot tell a rate of 0.1 %. 94 % of the true pairs pass."""

_BY_NAME = {"face_recognition": FACE_RECOGNITION, "mobilefacenet": MOBILEFACENET}


def calibration_of(name: str) -> Calibration:
    """Return the calibration of the embedder called ``name``; raises ConfigError for no such."""
    if name not in _BY_NAME:
        raise ConfigError(f"{name}: no such embedder; choose {' or '.join(_BY_NAME)}")
    return _BY_NAME[name]
