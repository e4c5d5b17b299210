"""Second looks at followed bodies of doubtful score, which tell things from people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from analyzer.tracking.false_tracks import people_of
from analyzer.types import Box, Detection, PersonDetection, Tracklet

Look = Callable[[Box], float]
"""From a box to its ``second_score`` on one picture."""

SURE_BODY: Final = 0.9
"""Score from which on a body needs no second look."""

_LEAST_PX: Final = 48
"""Smaller bodies are looked at once only and judged by it only where they are brief: enlarged they
are a blur, and one look puts 26 of 148 labelled people below ``_THING``."""

_PERSON: Final = 0.7
_THING: Final = 0.45
"""Mean second scores from which on a body is a person and no further look is needed, and below
which it is a thing; docs/tracking.md says what one look tells of labelled people and things."""

_FAIR_SCORE: Final = 0.8
_BRIEF: Final = 2
"""Somebody detected no more than twice, with no better median score than this, has to be a person
by the second look: posts, signs and halves of people come and go like that."""

_TRAVELS: Final = 0.5
"""Way of the middle of the box, in its heights, on which a body of fair score shows that it is no
thing: whoever walks behind a sign is a person, whatever the looks there say."""

_MOST_LOOKS: Final = 4
_FIRST_WAIT_S: Final = 0.4
"""Time from the first look to the second; every further wait is twice as long."""


@dataclass(slots=True)
class _Looks:
    scores: list[float] = field(default_factory=list)
    next_t: float = float("-inf")
    has_face: bool = False
    large: bool = False

    @property
    def settled(self) -> bool:
        known = bool(self.scores) and float(np.mean(self.scores)) >= _PERSON
        return self.has_face or known or len(self.scores) >= _MOST_LOOKS


@dataclass(slots=True)
class SecondLooks:
    """Looks again at bodies of doubtful score, until a tracklet is known to be a person.

    ``sure_face`` is the score from which on a face is surely one, which settles it at once.
    """

    sure_face: float
    _looks: dict[int, _Looks] = field(default_factory=lambda: defaultdict(_Looks))

    def consider(self, number: int, t: float, person: PersonDetection, look: Look | None) -> None:
        """Look again at ``person``, seen at ``t`` seconds as tracklet ``number``, if it is due.

        ``look`` is for that picture, None where no second look would tell anything.
        """
        looks, body = self._looks[number], person.body
        if person.face is not None and person.face.score >= self.sure_face:
            looks.has_face = True
        if look is None or looks.settled or body is None or body.score >= SURE_BODY:
            return
        small = max(body.box.w, body.box.h) < _LEAST_PX
        if t < looks.next_t or (small and looks.scores):
            return
        looks.large = looks.large or not small
        looks.scores.append(look(body.box))
        looks.next_t = t + _FIRST_WAIT_S * 2 ** (len(looks.scores) - 1)

    def people(self, tracklets: Sequence[Tracklet]) -> list[Tracklet]:
        """Return those of ``tracklets`` that are people, by the looks and by ``people_of``."""
        return people_of([one for one in tracklets if not self.is_thing(one)], self.sure_face)

    def is_thing(self, tracklet: Tracklet) -> bool:
        """Return whether what was followed as ``tracklet`` is no person."""
        looks = self._looks[tracklet.number]
        if looks.has_face or not looks.scores:
            return False
        found = [o.body for o in tracklet.observations if o.body and o.seen == "detected"]
        second, score = float(np.mean(looks.scores)), float(np.median([one.score for one in found]))
        if len(found) <= _BRIEF and score < _FAIR_SCORE:
            return second < _PERSON
        walks = score >= _FAIR_SCORE and _travels(found)
        return looks.large and second < _THING and not walks


def _travels(found: Sequence[Detection]) -> bool:
    middles = np.array([one.box.centre for one in found])
    low, high = np.percentile(middles, (5, 95), axis=0)
    height = float(np.median([one.box.h for one in found]))
    return float(np.hypot(*(high - low))) >= _TRAVELS * height
