"""Expressions of one track as the rules for events look at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.config import EventSettings
from analyzer.types import Moment


@dataclass(frozen=True, slots=True, eq=False)
class Expressions:
    """N moments of one track, with smoothed ``probabilities`` float (N, 7) in EMOTIONS order.

    ``assessed`` bool (N,); ``quality`` float (N,) of the faces; ``steady`` float (N, 7), the share
    of the raw samples around each that reach the level of an event; ``usual`` float (7,), the
    person's own usual expression, None where the track tells none.
    """

    moments: Sequence[Moment]
    probabilities: NDArray[np.floating]
    assessed: NDArray[np.bool_]
    quality: NDArray[np.floating]
    steady: NDArray[np.floating]
    usual: NDArray[np.floating] | None = None

    def values(self, column: int, settings: EventSettings) -> NDArray[np.floating]:
        """Return the probabilities (N,) of one expression, 0 where they cannot carry an event.

        That is where the face was not assessed or is too poor, where the raw samples around do not
        hold the level, as those of a talking mouth, and where the person usually looks much so, as
        people do who look down or have lined faces.
        """
        values = self.probabilities[:, column]
        carried = self.assessed & (self.quality >= settings.expression_quality)
        carried &= self.steady[:, column] >= settings.expression_steady
        if self.usual is not None and settings.expression_change > 0:
            carried &= values - self.usual[column] >= settings.expression_change
        return np.where(carried, values, 0.0)
