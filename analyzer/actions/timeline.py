"""Action timeline of a track: lying after a fall still counts as *falling*.

To an investigator a fall and the lying after it are one event, and the labelled sources (UP-Fall,
GMDCSA24) call both a fall. A window of two seconds cannot tell, so this is done per track.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analyzer.types import ACTIONS, ActionWindow

DOWN_S = 15.0
"""Seconds after a fall for which lying counts as the fall; later it is *lying*."""

_GAP_S = 3.0
"""Longest time without a window across which a fall may continue."""

_MIN_FALL = 0.5
"""Least probability of falling that begins a fall."""

_DOWN = ("lying", "falling", "unknown")
_FALLING = ACTIONS.index("falling")


def extend_falls(windows: Sequence[ActionWindow]) -> tuple[ActionWindow, ...]:
    """Return the windows of one track (by time), with lying after a fall counted as the fall.

    A window after a fall that is lying or unknown takes over the probability of the fall, until the
    person sits, stands or walks, for at most ``DOWN_S``.
    """
    result: list[ActionWindow] = []
    fell: ActionWindow | None = None
    last_t = 0.0
    for window in windows:
        if window.label == "falling" and window.probabilities[_FALLING] >= _MIN_FALL:
            fell = window
        elif fell is not None and _continues_fall(fell, window, last_t):
            window = replace(window, probabilities=_with_fall(fell, window), reason=None)
        else:
            fell = None
        last_t = window.end.t
        result.append(window)
    return tuple(result)


def _continues_fall(fell: ActionWindow, window: ActionWindow, last_t: float) -> bool:
    near = window.start.t - last_t <= _GAP_S and window.end.t - fell.end.t <= DOWN_S
    return near and window.label in _DOWN


def _with_fall(fell: ActionWindow, window: ActionWindow) -> NDArray[np.float32]:
    """Return the window's probabilities with that of falling set to the fall's."""
    share = float(fell.probabilities[_FALLING])
    rest = window.probabilities.copy()
    rest[_FALLING] = 0.0
    total = float(rest.sum())
    told = rest * ((1 - share) / total) if total > 0 else rest
    told[_FALLING] = 1.0 - told.sum()
    return np.asarray(told, dtype=np.float32)
