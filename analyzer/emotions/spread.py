"""Spread of expression probabilities: how far off they are, by calibration on held-back faces.

Measured on faces degraded to every quality (analyzer.lab.emotion.reliability).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Bands around probabilities, by probability and by quality of the face.

    ``levels`` float (L,) and ``qualities`` float (Q,), ascending; ``low`` and ``high`` float (Q, L)
    are added to a probability: the 95 % interval of how many faces with such an answer were of that
    expression, widened to hold the answer itself.
    """

    levels: Floats
    qualities: Floats
    low: Floats
    high: Floats

    def bands(self, probabilities: Floats, quality: Floats) -> tuple[Floats, Floats]:
        """Return the lower and upper ends (N, K) for ``probabilities`` (N, K), ``quality`` (N,).

        Between measured steps the ends are linear, beyond them constant. NaN stays NaN.
        """
        ends = []
        for table in (self.low, self.high):
            by_quality = [np.interp(quality, self.qualities, column) for column in table.T]
            steps = np.stack(by_quality, axis=1)
            added = [
                np.interp(row, self.levels, offsets)
                for row, offsets in zip(probabilities, steps, strict=True)
            ]
            ends.append(np.clip(probabilities + np.reshape(added, probabilities.shape), 0, 1))
        return ends[0], ends[1]


def spread_of(about: Mapping[str, Any]) -> Spread | None:
    """Return the spread that ``about``, a model.json, holds; None where it was not measured."""
    table = about.get("measured", {}).get("spread")
    if table is None:
        return None
    names = ("levels", "qualities", "low", "high")
    return Spread(*(np.array(table[name], np.float64) for name in names))
