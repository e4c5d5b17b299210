"""Simulated tracks of several faces, against a threshold measured on single pictures."""

from __future__ import annotations

from typing import Any

import numpy as np

from analyzer.identity.template import track_distances
from analyzer.lab.identity.verification import Floats, Ints

LENGTHS = (1, 2, 3, 5)
ROUNDS = 20
LEAST_PEOPLE = 5
_SEED = 7


def tracks(
    small: Floats, full: Floats, persons: Ints, threshold: float
) -> dict[str, dict[str, Any]]:
    """Return the rates of tracks by their number of faces, at ``threshold``.

    A track is a random set of the ``small`` faces (N, D) of one person. It is compared with another
    ``full`` picture of that person, and with those of all others.
    """
    found = {}
    for faces in LENGTHS:
        people = [p for p in np.unique(persons) if (persons == p).sum() > faces]
        if len(people) >= LEAST_PEOPLE:
            found[str(faces)] = _of_length(faces, people, small, full, persons, threshold)
    return found


def _of_length(
    faces: int, people: list[int], small: Floats, full: Floats, persons: Ints, threshold: float
) -> dict[str, Any]:
    rng = np.random.default_rng(_SEED)
    weights = np.ones(faces)
    others, passed, own = 0, 0, []
    for person in people:
        for _ in range(ROUNDS):
            drawn = rng.permutation(np.flatnonzero(persons == person))
            apart = track_distances(small[drawn[:faces]], weights, full)
            strangers = persons != person
            others += int(strangers.sum())
            passed += int((apart[strangers] <= threshold).sum())
            own.append(bool(apart[drawn[faces]] <= threshold))
    return {
        "people": len(people),
        "false_match_rate": passed / others,
        "true_match_rate": float(np.mean(own)),
    }
