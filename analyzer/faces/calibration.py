"""Calibration of embedders: error rates by distance, as measured and kept with the models.

``models/identity/NAME.json`` is made by ``analyzer train identity``; CARD.md beside it says on what
and how. LFW is press photographs: on CCTV both error rates are higher.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from analyzer.errors import ConfigError, ModelError
from analyzer.faces.embedders import EMBEDDERS
from analyzer.models.locations import shipped_dir

FORMAT = "analyzer-identity-calibration 1"


@dataclass(frozen=True, slots=True)
class RatePoint:
    """Of pairs of two people, the share ``rate`` lies within ``distance``.

    ``upper`` is the upper end of the 95 % interval of that share.
    """

    distance: float
    rate: float
    upper: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was measured of one embedder.

    ``verification`` is the distance of equal error, at which one pair is judged. ``same_limit`` is
    the distance that two good pictures of one person hardly ever exceed; nearer than
    ``same_picture`` are only copies of one picture. ``rates`` rise. ``even``
    is the distance at which two pictures are as likely of one person as of two, at equal priors;
    ``steepness`` is the slope of the log odds there, per unit of distance.
    """

    embedder: str
    verification: float
    same_limit: float
    same_picture: float
    rates: tuple[RatePoint, ...]
    even: float
    steepness: float

    @property
    def threshold(self) -> float:
        """The distance at which 1 in 1,000 pairs of two people pass."""
        return self.threshold_for(1e-3)

    def threshold_for(self, rate: float) -> float:
        """Return the distance within which ``rate`` of the pairs of two people lie.

        On a line between the measured points on a logarithmic scale. Rates outside of the table
        give its ends: what was not measured is not extrapolated.
        """
        logs = [math.log(point.rate) for point in self.rates]
        places = [point.distance for point in self.rates]
        return float(np.interp(math.log(max(rate, 1e-12)), logs, places))

    def false_match_rate(self, distance: float) -> float:
        """Return the measured share of pairs of two people within ``distance``.

        At least that of the nearest measured point, at most that of the farthest.
        """
        places = [point.distance for point in self.rates]
        logs = [math.log(point.rate) for point in self.rates]
        return math.exp(float(np.interp(distance, places, logs)))

    def probability(self, distance: float) -> float:
        """Return the probability that two pictures ``distance`` apart show one person.

        At equal priors: one person as likely as two before looking.
        """
        exponent = self.steepness * (distance - self.even)
        return 1 / (1 + math.exp(min(max(exponent, -60.0), 60.0)))


@lru_cache(maxsize=4)
def calibration_of(name: str) -> Calibration:
    """Return the calibration of the embedder called ``name``.

    Raises ConfigError where there is no such embedder, ModelError for an unreadable file.
    """
    backend = EMBEDDERS.find(name)
    if backend is None:
        raise ConfigError(f"{name}: no such embedder; choose {' or '.join(EMBEDDERS.names())}")
    if backend.calibration is None:
        path = shipped_dir() / "identity" / f"{name}.json"
    else:
        path = backend.calibration()
    try:
        return calibration_from(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{path}: not a calibration ({error!r}); install analyzer again"
        ) from error


def calibration_from(values: Mapping[str, Any]) -> Calibration:
    """Return the calibration of the contents of its file; ValueError for another format."""
    if values["format"] != FORMAT:
        raise ValueError(f"expected {FORMAT}, got {values['format']}")
    return Calibration(
        embedder=values["embedder"],
        verification=float(values["verification"]),
        same_limit=float(values["same_limit"]),
        same_picture=float(values["same_picture"]),
        rates=tuple(RatePoint(*map(float, point)) for point in values["false_match_rates"]),
        even=float(values["even"]),
        steepness=float(values["steepness"]),
    )
