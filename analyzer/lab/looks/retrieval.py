"""Retrieval figures of person re-identification: rank-1, mean average precision, true matches.

Zheng et al. 2015: every picture with a true match on another camera asks once; the gallery of a
question is every picture of other cameras. All functions are pure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.identity.look_links import mean_look

MEAN_OF = 3
"""Pictures that the look of a tracklet is the mean of, by default (``keep`` under ``[bodies]``)."""


@dataclass(frozen=True, slots=True, eq=False)
class Retrieval:
    """What N questions got: whether the first answer is right, average precision, who asked."""

    first: NDArray[np.bool_]
    precision: NDArray[np.float64]
    asker: NDArray[np.int64]

    @property
    def rank1(self) -> float:
        """Share of the questions whose first answer is right; NaN without questions."""
        return float(self.first.mean()) if len(self.first) else float("nan")

    @property
    def mean_precision(self) -> float:
        """Mean average precision; NaN without questions."""
        return float(self.precision.mean()) if len(self.precision) else float("nan")


def retrieve(
    looks: NDArray[np.floating],
    people: NDArray[np.integer],
    cameras: NDArray[np.integer],
    asking: NDArray[np.bool_] | None = None,
) -> Retrieval:
    """Return the answers to every question.

    ``looks`` (N, D) of unit length, ``people`` and ``cameras`` (N,). With ``asking`` (N,) only
    those pictures ask. Of equal similarities the wrong answer counts as first.
    """
    similar = looks @ looks.T
    first, precision, asker = [], [], []
    for row in np.arange(len(looks)) if asking is None else np.flatnonzero(asking):
        others = cameras != cameras[row]
        right = people[others] == people[row]
        if not right.any():
            continue
        order = np.lexsort((right, -similar[row, others]))
        hits = right[order]
        first.append(hits[0])
        places = np.flatnonzero(hits) + 1
        precision.append(float((np.arange(1, len(places) + 1) / places).mean()))
        asker.append(people[row])
    return Retrieval(np.array(first, bool), np.array(precision), np.array(asker, np.int64))


def means(
    looks: NDArray[np.floating],
    people: NDArray[np.integer],
    cameras: NDArray[np.integer],
    most: int = MEAN_OF,
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
    """Return looks (M, D) as tracks have them, with people and cameras (M,).

    The pictures of a person on one camera are dealt into as few sets of at most ``most`` as there
    can be; each picture is in one set. The look of a set is the unit-length mean.
    """
    found, who, where = [], [], []
    for person, camera in sorted(set(zip(people.tolist(), cameras.tolist(), strict=True))):
        rows = np.flatnonzero((people == person) & (cameras == camera))
        sets = -(-len(rows) // most)
        for first in range(sets):
            chosen = looks[rows[first::sets]]
            found.append(mean_look(np.asarray(chosen, np.float32), np.ones(len(chosen))))
            who.append(person)
            where.append(camera)
    return np.stack(found), np.array(who, np.int64), np.array(where, np.int64)


def pairs(
    looks: NDArray[np.floating], people: NDArray[np.integer], cameras: NDArray[np.integer]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return similarity and truth of every pair of pictures of different cameras."""
    one, other = np.triu_indices(len(looks), 1)
    across = cameras[one] != cameras[other]
    one, other = one[across], other[across]
    similar = np.einsum("nd,nd->n", looks[one], looks[other], dtype=np.float64)
    return similar, people[one] == people[other]


def threshold_at(similar: NDArray[np.floating], same: NDArray[np.bool_], rate: float) -> float:
    """Return the least similarity at which at most ``rate`` of the false pairs match."""
    false = np.sort(similar[~same])[::-1]
    if not len(false):
        return float("nan")
    allowed = int(np.floor(rate * len(false)))
    return float(np.nextafter(false[min(allowed, len(false) - 1)], np.inf))


def true_match_rate(
    similar: NDArray[np.floating], same: NDArray[np.bool_], rate: float
) -> float | None:
    """Return the share of true pairs matched at a false-match rate; None without both kinds."""
    if not same.any() or same.all():
        return None
    return float((similar[same] >= threshold_at(similar, same, rate)).mean())
