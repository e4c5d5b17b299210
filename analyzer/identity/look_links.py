"""Links between tracks of similar appearance, by look, time and place.

A weaker lead than a face: many people wear much the same. Each link states its evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.identity.whereabouts import MovementRule, Sighting, Whereabouts, seen_together
from analyzer.types import LookLink

_ENOUGH = 50
"""Pairs of different people that tell how alike two people look to a camera."""

_BLOCK = 1024
"""Tracks compared with all others at once: 1,024 × 50,000 similarities are 200 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class LookTrack:
    """One track with a look: float32 (D,) of unit length, the mean of its pictures by quality.

    ``person`` is who it is named as, a candidate or a confirmed person, None otherwise: two tracks
    that are named otherwise are not linked.
    """

    sighting: Sighting
    look: NDArray[np.float32]
    person: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LookScale:
    """What a similarity says: from ``threshold`` on a link; ``probability`` that it is one person.

    The probability is at equal odds before looking. ``false_match_rate`` is the share of the pairs
    of two people that reach the threshold.
    """

    threshold: float
    probability: Callable[[float], float]
    false_match_rate: float = 0.01


def mean_look(looks: NDArray[np.float32], weights: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the unit-length mean, float32 (D,), of ``looks`` (K, D) by ``weights`` (K,) > 0."""
    mean = np.asarray(weights, np.float64) @ np.asarray(looks, np.float64)
    return (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype(np.float32)


def link_tracks(
    tracks: Sequence[LookTrack], scale: LookScale, rule: MovementRule, most: int
) -> tuple[LookLink, ...]:
    """Return the links between ``tracks``, each pair once, by the ids of its tracks.

    A pair is linked where it is at least as similar as ``least_similarities`` ask for both, time
    and place allow it, and it is among the ``most`` best of one of its tracks.
    """
    if len(tracks) < 2 or most < 1:
        return ()
    looks = np.stack([track.look for track in tracks])
    where = Whereabouts([track.sighting for track in tracks], rule)
    people = np.array([track.person or "" for track in tracks])
    least = least_similarities(tracks, scale)
    every = np.arange(len(tracks))
    found: dict[tuple[int, int], LookLink] = {}
    for start in range(0, len(tracks), _BLOCK):
        rows = every[start : start + _BLOCK]
        alike = looks[rows] @ looks.T
        alike[np.arange(len(rows)), rows] = -1.0
        for i in range(len(rows)):
            near = np.flatnonzero(alike[i] >= np.maximum(least, least[rows[i]]))
            near = near[_may_be_one(people, where, int(rows[i]), near)]
            best = near[np.argsort(-alike[i, near], kind="stable")][:most]
            for j in best:
                pair = (int(min(rows[i], j)), int(max(rows[i], j)))
                if pair not in found:
                    found[pair] = _link(tracks, where, scale, pair, float(alike[i, j]))
    return tuple(sorted(found.values(), key=lambda link: (link.track_a, link.track_b)))


def least_similarities(tracks: Sequence[LookTrack], scale: LookScale) -> NDArray[np.float64]:
    """Return the similarity from which on each track is linked, float64 (N,).

    That of ``scale``, or more where the recordings of a camera show that its pictures need it:
    tracks in view at one moment are different people, so their similarities tell how alike two
    people look there (small in the picture, in one light, in front of one ground). It counts where
    there are ``_ENOUGH`` such pairs.
    """
    strangers: dict[str, list[float]] = {}
    for one, other in seen_together([track.sighting for track in tracks]):
        alike = float(tracks[one].look @ tracks[other].look)
        strangers.setdefault(tracks[one].sighting.camera, []).append(alike)
    share = 1 - scale.false_match_rate
    needed = {
        camera: float(np.quantile(found, share))
        for camera, found in strangers.items()
        if len(found) >= _ENOUGH
    }
    return np.array([max(scale.threshold, needed.get(t.sighting.camera, -1.0)) for t in tracks])


def _may_be_one(
    people: NDArray[np.str_], where: Whereabouts, row: int, near: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return which of ``near`` may show the person of ``row``, bool (len(near),)."""
    otherwise = (people[near] != "") & (people[row] != "") & (people[near] != people[row])
    return np.asarray(~where.impossible(np.array([row]), near)[0] & ~otherwise, bool)


def _link(
    tracks: Sequence[LookTrack],
    where: Whereabouts,
    scale: LookScale,
    pair: tuple[int, int],
    similarity: float,
) -> LookLink:
    a, b = sorted((tracks[i].sighting for i in pair), key=lambda sighting: sighting.id)
    row, column = np.array([pair[0]]), np.array([pair[1]])
    gap, metres = where.gaps(row, column)[0, 0], where.metres(row, column)[0, 0]
    return LookLink(
        track_a=a.id,
        track_b=b.id,
        similarity=similarity,
        probability=scale.probability(similarity),
        relation="same recording" if a.video == b.video else "other recording",
        gap_s=None if np.isnan(gap) else max(float(gap), 0.0),
        distance_m=None if np.isnan(metres) else float(metres),
    )
