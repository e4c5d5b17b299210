"""Grid of time windows over a track."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from analyzer.types import Observation


def windows_of(
    observations: Sequence[Observation], window_s: float, step_s: float
) -> Iterator[tuple[float, list[Observation]]]:
    """Yield the start in seconds and the observations of every window of a track.

    Windows begin at multiples of ``step_s`` from 0, so that they do not depend on where a track or
    a segment begins. A window counts if its middle lies in the track, or within half a step of it,
    and it holds an observation. A window with the same observations as the one before (in a very
    short track) is left out.
    """
    if not observations:
        return
    first, last = observations[0].moment.t, observations[-1].moment.t
    k = math.ceil((first - step_s / 2 - window_s / 2) / step_s - 1e-9)
    at = np.array([o.moment.t for o in observations])
    former = (0, 0)
    while (begins := k * step_s) + window_s / 2 <= last + step_s / 2 + 1e-9:
        k += 1
        # A frame exactly at the end of a window belongs to the next; times have rounding errors.
        a, b = np.searchsorted(at, (begins - 1e-6, begins + window_s - 1e-6))
        if b > a and (a, b) != former:
            former = (a, b)
            yield begins, list(observations[a:b])
