"""Calibration of joints on the watched people: probabilities, and the floor of what is told."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from analyzer.joints.network import Calibration

LEAST_RIGHT: Final = 0.8
"""Share of the told joints that are to be right (within 0.2 torsos)."""

_LEAST_TOLD: Final = 50
"""Joints without which no share is measured."""


def calibrate(weights: NDArray[np.floating], right: NDArray[np.bool_]) -> dict[str, Any]:
    """Return the calibration of model.json from ``weights`` (N,) and which are ``right`` (N,).

    A joint that is not to be seen is not right wherever it is put. The logistic on the log odds is
    that of the highest likelihood (Platt 1999); the floor is the lowest probability from which on
    the share ``LEAST_RIGHT`` is right, 1 where there is none.
    """
    clipped = np.clip(np.asarray(weights, np.float64), 1e-6, 1 - 1e-6)
    odds = np.log(clipped / (1 - clipped))
    truth = np.asarray(right, np.float64)

    def loss(parameters: NDArray[np.floating]) -> float:
        told = parameters[0] * odds + parameters[1]
        return float((np.logaddexp(0, told) - truth * told).mean())

    slope, offset = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    found = Calibration(float(slope), float(offset)).probabilities(clipped)
    order = np.argsort(-found, kind="stable")
    share = np.cumsum(truth[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero((share >= LEAST_RIGHT) & (np.arange(len(order)) >= _LEAST_TOLD))
    floor = float(found[order][enough[-1]]) if len(enough) else 1.0
    return {
        "slope": round(float(slope), 4),
        "offset": round(float(offset), 4),
        "floor": round(floor, 4),
        "joints": len(truth),
    }
