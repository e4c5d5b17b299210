"""Plausibility of actions as events: what a fall and a run look like as a course of events.

A window of two seconds is judged on its own. A false event costs an investigator more than a false
window, so an event has to fit what comes after it, and what is physically possible.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from analyzer.types import ACTIONS, ActionWindow

RUN_SPEED: Final = 1.3
"""Least speed in body heights per second along the picture: 2.2 m/s of somebody 1.7 m tall. A brisk
walk is 1.15; boxes that change their height make walkers of 0.8 *running*."""

_FALLS_S, _UP_AGAIN_S = 1.0, 2.5
"""Seconds between the starts of two windows: from the first on the later one no longer shows the
descent; up to the second nobody who fell stands or walks again. Wrestlers do."""

_UPRIGHT: Final = tuple(ACTIONS.index(name) for name in ("standing", "walking", "running"))
_SURE: Final = 0.5
_CUT_OFF: Final = 0.5
"""Share of a window's boxes at the picture's border from which on somebody may be leaving there."""


def runs(window: ActionWindow) -> bool:
    """Return whether the speed of ``window`` can be that of a runner; unknown speed can."""
    return window.features.get("speed", RUN_SPEED) >= RUN_SPEED


def fall_begins(windows: Sequence[ActionWindow], index: int) -> bool:
    """Return whether window ``index`` of a track, by time, can begin a fall.

    The person does not get up at once, and does not leave the picture, which cuts off the legs.
    Asking that somebody was seen upright before lost 2 of 6 falls, for tracks begin with the fall.
    """
    first = windows[index]
    after = [w for w in windows[index + 1 :] if w.begins - first.begins <= _UP_AGAIN_S]
    up_again = any(_upright(w) for w in after if w.begins - first.begins > _FALLS_S)
    last = windows[-1].begins - first.begins < _UP_AGAIN_S
    return not up_again and not (last and first.features.get("border", 0.0) >= _CUT_OFF)


def _upright(window: ActionWindow) -> bool:
    return sum(float(window.probabilities[column]) for column in _UPRIGHT) >= _SURE
