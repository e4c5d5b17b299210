"""Calibration of looks: error rates and probabilities by similarity, as measured with the model."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from analyzer.errors import ModelError
from analyzer.models.locations import shipped_dir

FORMAT = "analyzer-look-calibration 1"
FILE = "calibration.json"


@dataclass(frozen=True, slots=True)
class LookCalibration:
    """What was measured of one model of looks.

    ``rates`` are (similarity, share of the pairs of two people that are at least as similar), the
    similarities falling. ``even`` is the similarity at which two tracks are as likely of one person
    as of two, at equal priors; ``steepness`` the slope of the log odds there.
    """

    rates: tuple[tuple[float, float], ...]
    even: float
    steepness: float

    def threshold_for(self, rate: float) -> float:
        """Return the similarity that ``rate`` of the pairs of two people reach.

        On a line between the measured points on a logarithmic scale; rates outside of the table
        give its ends: what was not measured is not extrapolated.
        """
        points = sorted((math.log(share), similarity) for similarity, share in self.rates)
        logs, places = zip(*points, strict=True)
        return float(np.interp(math.log(max(rate, 1e-12)), logs, places))

    def probability(self, similarity: float) -> float:
        """Return the probability that two tracks of that similarity show one person.

        At equal priors: one person as likely as two before looking.
        """
        exponent = self.steepness * (self.even - similarity)
        return 1 / (1 + math.exp(min(max(exponent, -60.0), 60.0)))


@lru_cache(maxsize=4)
def calibration_of(model: str) -> LookCalibration:
    """Return the calibration of the model of looks called ``model``; ModelError without one."""
    path = shipped_dir() / "look" / model / FILE
    try:
        return read_calibration(path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{path}: not a calibration ({error!r}); install analyzer again"
        ) from error


def read_calibration(path: Path) -> LookCalibration:
    """Return the calibration in the file at ``path``; ValueError or KeyError for another format."""
    values = json.loads(path.read_text(encoding="utf-8"))
    if values["format"] != FORMAT:
        raise ValueError(f"expected {FORMAT}, got {values['format']}")
    rates = tuple((float(similarity), float(rate)) for similarity, rate in values["rates"])
    return LookCalibration(rates, float(values["even"]), float(values["steepness"]))
