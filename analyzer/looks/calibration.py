"""Calibration of looks: error rates and probabilities by similarity and height of the crops.

They were measured on people whom the network has never seen, of one campus and two cameras, and
kept with the model; on other cameras both error rates are higher (models/look/CARD.md).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from analyzer.errors import ModelError
from analyzer.looks.network import PART, about_of
from analyzer.models import shipped
from analyzer.models.locations import shipped_dir

FALSE_MATCHES = 0.01
"""Share of the pairs of two people that pass the threshold."""


@dataclass(frozen=True, slots=True)
class HeightScale:
    """What was measured of pairs of crops that are ``height_px`` high.

    ``even`` is the similarity at which two crops are as likely of one person as of two, at equal
    odds before looking; ``steepness`` the slope of the log odds there. ``rates`` are similarities
    with the share of the pairs of two people that reach them, the rates rising.
    """

    height_px: float
    even: float
    steepness: float
    rates: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class LookCalibration:
    """What similarities of looks mean; ``scales`` by height, rising.

    Crops that are lower than ``least_height_px`` or less sharp than ``least_sharpness`` (the
    variance of the Laplacian, as of types.BodyQuality) are not assessed: see ``reason``.
    """

    scales: tuple[HeightScale, ...]
    least_height_px: float
    least_sharpness: float = 0.0

    @property
    def threshold(self) -> float:
        """The similarity from which on two tall crops are offered as one person."""
        return self.threshold_for(FALSE_MATCHES)

    def threshold_for(self, rate: float, height_px: float = math.inf) -> float:
        """Return the similarity that the share ``rate`` of the pairs of two people reach.

        On a line between the measured points on a logarithmic scale; rates outside of the table
        give its ends. ``height_px`` is that of the lower crop of a pair.
        """
        wanted = math.log(max(rate, 1e-12))
        found = []
        for scale in self.scales:
            logs = [math.log(point) for _, point in scale.rates]
            found.append(float(np.interp(wanted, logs, [place for place, _ in scale.rates])))
        return self._between(found, height_px)

    def probability(
        self, similarity: float, height_px: float = math.inf, prior: float = 0.5
    ) -> float:
        """Return the probability that two crops show one person.

        ``prior`` is the probability before looking: one person as likely as two, unless told.
        ``height_px`` is that of the lower crop. Raises ValueError for a prior outside of (0, 1).
        """
        if not 0 < prior < 1:
            raise ValueError(f"expected a prior between 0 and 1, got {prior}")
        even = self._between([scale.even for scale in self.scales], height_px)
        steepness = self._between([scale.steepness for scale in self.scales], height_px)
        odds = steepness * (similarity - even) + math.log(prior / (1 - prior))
        return 1 / (1 + math.exp(-min(max(odds, -60.0), 60.0)))

    def reason(self, height_px: float, sharpness: float = math.inf) -> str | None:
        """Return why the look of a crop tells nothing, or None where it does."""
        if not height_px >= self.least_height_px:
            return f"body {height_px:.0f} px high, floor {self.least_height_px:.0f} px"
        if not sharpness >= self.least_sharpness:
            return f"too blurred (sharpness {sharpness:.1f}, floor {self.least_sharpness:.1f})"
        return None

    def _between(self, values: Sequence[float], height_px: float) -> float:
        """Return the value at a height, on a line between the measured ones."""
        heights = [scale.height_px for scale in self.scales]
        return float(np.interp(height_px, heights, values))


@lru_cache(maxsize=4)
def calibration_of(model: str) -> LookCalibration:
    """Return the calibration of a shipped model, by its folder or by ``LookNetwork.name``.

    Raises ModelError where no model of that name ships (looks of an older one are not comparable
    by this one), or where it has no calibration.
    """
    parent = shipped_dir() / PART
    folders = sorted(path.parent for path in parent.glob("*/model.json"))
    for folder in folders:
        about = about_of(folder)
        if model in (folder.name, shipped.name_of(about, "network")):
            return calibration_in(folder)
    raise ModelError(
        f"{model}: no look model of that name in {parent}; looks that another version made are "
        "made again by: analyzer run --fresh"
    )


def calibration_in(folder: Path) -> LookCalibration:
    """Return the calibration of a model folder; raises ModelError where it has none."""
    about = about_of(folder)
    try:
        return calibration_from(about["calibration"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{folder}: no calibration in model.json ({error!r}); restore the folder"
        ) from error


def calibration_from(values: Mapping[str, Any]) -> LookCalibration:
    """Return the calibration of its values in model.json.

    Raises KeyError, TypeError or ValueError for others.
    """
    scales = [
        HeightScale(
            height_px=float(one["height_px"]),
            even=float(one["even"]),
            steepness=float(one["steepness"]),
            rates=tuple((float(place), float(rate)) for place, rate in one["false_match_rates"]),
        )
        for one in values["by_height"]
    ]
    if not scales or not all(scale.rates for scale in scales):
        raise ValueError("no measured heights")
    return LookCalibration(
        tuple(sorted(scales, key=lambda scale: scale.height_px)),
        float(values["least_height_px"]),
        float(values.get("least_sharpness", 0.0)),
    )
