"""Falls as courses of events: upright, down fast, on the ground, and staying there.

A window of two seconds is judged on its own, and a false fall costs an investigator more than a
false window. So an event has to fit what comes before and after it, also over the end of a track:
tracks often break while somebody falls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analyzer.types import ACTIONS, ActionWindow

_BEFORE_S: Final = 3.0
"""Seconds before a fall in which the person was upright."""

_FALLS_S, _UP_AGAIN_S = 1.0, 3.5
"""Seconds between the starts of two windows: from the first on the later one no longer shows the
descent; up to the second nobody who fell stands or walks again, and the windows are its score.
Whoever wrestles or jumps is up again."""

_STAYS_S: Final = 2.5
"""Seconds for which somebody has to be seen on the ground, between the starts of two windows."""

_BEGINS_S: Final = 1.5
"""A track so young may have begun with the fall: what was before is not known."""

_SURE, _LIES = 0.5, 0.7
"""Least probability of a posture, and of lying that counts as the end of a descent not seen."""

_CUT_OFF: Final = 0.5
"""Share of a window's boxes at the picture's border from which on somebody may be leaving there."""

_PLAIN: Final = 0.8
"""Mean probability of being down from which on nobody only leaves the picture, which cuts off the
legs, and makes short boxes."""

_NOT_SEEN: Final = 0.8
"""Factor of the score where nobody saw the person upright before, and where nobody saw it stay."""

_UPRIGHT: Final = tuple(ACTIONS.index(name) for name in ("standing", "walking", "running"))
_DOWN: Final = tuple(ACTIONS.index(name) for name in ("falling", "lying"))
_FALLING, _LYING = ACTIONS.index("falling"), ACTIONS.index("lying")


@dataclass(frozen=True, slots=True)
class Course:
    """The windows of one person by time, from ``own`` on of the track itself.

    Before them stand those of the track that went on as this one, if any; ``stood`` is whether that
    one ended upright.
    """

    windows: Sequence[ActionWindow]
    own: int
    stood: bool


@dataclass(frozen=True, slots=True)
class Fall:
    """Windows ``first`` to ``last`` of a course; ``score`` in [0, 1], how well all of it fits."""

    first: int
    last: int
    score: float


def falls(course: Course) -> list[Fall]:
    """Return the falls of a course, by time; those that end in the track before are not told."""
    windows = course.windows
    found: list[Fall] = []
    index = 0
    while index < len(windows):
        if not _is_down(windows[index]):
            index += 1
            continue
        fall = Fall(index, _stays(windows, index), _score(course, index))
        index = fall.last + 1
        if fall.score <= 0 or fall.last < course.own:
            continue
        if found and windows[fall.first].start.t <= windows[found[-1].last].end.t:
            fall = Fall(found[-1].first, fall.last, max(found.pop().score, fall.score))
        found.append(fall)
    return found


def _stays(windows: Sequence[ActionWindow], index: int) -> int:
    """Return the last window in which the person is still down."""
    last = index
    for place in range(index + 1, len(windows)):
        if _is_down(windows[place]):
            last = place
        elif windows[place].reason is None:
            break
    return last


def _score(course: Course, index: int) -> float:
    """Return how well a fall that begins at ``index`` fits; 0 where it is none."""
    windows, first = course.windows, course.windows[index]
    after = [w for w in windows[index:] if w.begins - first.begins <= _UP_AGAIN_S]
    if any(_upright(w) >= _SURE for w in after if w.begins - first.begins > _FALLS_S):
        return 0.0
    # Where the posture cannot be told, nobody was seen on the ground either.
    downs = [_down(w) for w in after]
    mean = float(np.mean(downs))
    leaves = any(w.features.get("border", 0.0) >= _CUT_OFF for w in after)
    stays = after[-1].begins - first.begins >= _STAYS_S
    if leaves and not stays and mean < _PLAIN:
        return 0.0
    seen = _upright_before(course, index) * (1.0 if stays else _NOT_SEEN)
    return seen * (max(downs) + mean) / 2


def _upright_before(course: Course, index: int) -> float:
    """Return 1 where the person was seen upright before, 0 where not, less where nobody looked."""
    windows, first = course.windows, course.windows[index]
    before = [w for w in windows[:index] if first.begins - w.begins <= _BEFORE_S]
    own = course.windows[course.own]
    begins = first.begins - own.begins <= _BEGINS_S
    if any(_upright(w) >= _SURE for w in before) or (course.stood and begins):
        return 1.0
    falling = float(first.probabilities[_FALLING]) >= _SURE
    seen = first.features.get("border", 0.0) < _CUT_OFF
    return _NOT_SEEN if falling and seen and begins else 0.0


def _is_down(window: ActionWindow) -> bool:
    """Return whether a fall, or what follows one, may be in ``window``."""
    falling, lying = (float(window.probabilities[column]) for column in (_FALLING, _LYING))
    return falling >= _SURE or lying >= _LIES


def _upright(window: ActionWindow) -> float:
    return float(sum(window.probabilities[column] for column in _UPRIGHT))


def _down(window: ActionWindow) -> float:
    return float(sum(window.probabilities[column] for column in _DOWN))
