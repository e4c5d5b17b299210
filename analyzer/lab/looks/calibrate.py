"""Calibration of looks on the watched people: error rates and probabilities by height."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from analyzer.lab.looks import retrieval
from analyzer.lab.metrics import auc

RATES: Final = (1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
"""False-match rates of the table: some 14,000 pairs of watched people allow no lower one."""

LEAST_AREA: Final = 0.9
"""Least area under the ROC curve of crops of a height that is assessed."""


def calibrate(
    looks: dict[int, NDArray[np.float32]],
    people: NDArray[np.integer],
    cameras: NDArray[np.integer],
) -> dict[str, Any]:
    """Return the calibration of model.json from ``looks`` (N, D) by height in px.

    Rates and probabilities are those of means of up to three pictures, as tracks are compared
    (``retrieval.means``). The lowest height that is assessed is one at which, and above which,
    single pictures of one person and of two are told apart with an area under the curve of
    ``LEAST_AREA``.
    """
    rows: list[dict[str, Any]] = []
    floor = 0.0
    for height in sorted((height for height in looks if height), reverse=True):
        similar, same = retrieval.pairs(looks[height], people, cameras)
        area = auc(_thinned(similar, same), _thinned(same, same).astype(np.int64))
        similar, same = retrieval.pairs(*retrieval.means(looks[height], people, cameras))
        even, steepness = logistic(similar, same)
        rows.append({
            "height_px": height,
            "even": round(even, 4),
            "steepness": round(steepness, 3),
            "false_match_rates": [
                [round(retrieval.threshold_at(similar, same, rate), 4), rate] for rate in RATES
            ],
            "area": round(area, 4),
        })  # fmt: skip
        if area >= LEAST_AREA and (not floor or rows[-2]["height_px"] == floor):
            floor = float(height)
    return {
        "pictures": retrieval.MEAN_OF,
        "by_height": rows,
        "least_height_px": floor or float(rows[0]["height_px"]),
    }


def _thinned(values: NDArray[Any], same: NDArray[np.bool_], kept: int = 4000) -> NDArray[Any]:
    """Return the values of all true pairs and of at most some ``kept`` evenly chosen false ones."""
    false = values[~same]
    return np.concatenate([values[same][:kept], false[:: max(len(false) // kept, 1)]])


def logistic(similar: NDArray[np.floating], same: NDArray[np.bool_]) -> tuple[float, float]:
    """Return ``even`` and ``steepness`` of the maximum-likelihood logistic at equal odds."""
    near, far = similar[same], similar[~same]

    def loss(parameters: NDArray[np.floating]) -> float:
        even, steepness = parameters
        return float(
            np.logaddexp(0, -steepness * (near - even)).mean()
            + np.logaddexp(0, steepness * (far - even)).mean()
        )

    start = np.array([(near.mean() + far.mean()) / 2, 10.0])
    even, steepness = minimize(loss, start, method="Nelder-Mead").x
    return float(even), float(steepness)


def calibration_error(
    probabilities: NDArray[np.floating], same: NDArray[np.bool_], bins: int = 15
) -> float:
    """Return the expected calibration error of pairs at equal odds: both kinds count a half.

    Over equal bins of the probability that a pair shows one person (Guo et al. 2017).
    """
    weights = np.where(same, 0.5 / max(int(same.sum()), 1), 0.5 / max(int((~same).sum()), 1))
    which = np.minimum((probabilities * bins).astype(int), bins - 1)
    gap = np.bincount(which, weights * (probabilities - same), bins)
    return float(np.abs(gap).sum() / weights.sum())
