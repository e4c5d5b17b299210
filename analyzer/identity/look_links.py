"""Links between tracks of similar appearance, by look, time and place.

A weaker lead than a face: many people wear much the same. Each link states its evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analyzer.identity.whereabouts import MovementRule, Sighting, Whereabouts, seen_together
from analyzer.types import LookLink

_ENOUGH = 50
"""Pairs of different people that tell what a camera adds to looks, and how alike two people are."""

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
    return _unit(mean)


def _unit(look: NDArray[np.floating]) -> NDArray[np.float32]:
    return (look / max(float(np.linalg.norm(look)), 1e-12)).astype(np.float32)


def link_tracks(
    tracks: Sequence[LookTrack],
    scale: LookScale,
    rule: MovementRule,
    most: int,
    least: NDArray[np.float64] | None = None,
) -> tuple[LookLink, ...]:
    """Return the links between ``tracks``, each pair once, by the ids of its tracks.

    A pair is linked where it is at least as similar as ``least_similarities`` ask for both, time
    and place allow it, and it is among the ``most`` best of one of its tracks. ``least``, float64
    (N,), are these similarities where they are known.
    """
    if len(tracks) < 2 or most < 1:
        return ()
    looks = np.stack([track.look for track in tracks])
    where = Whereabouts([track.sighting for track in tracks], rule)
    people = np.array([track.person or "" for track in tracks])
    least = least_similarities(tracks, scale) if least is None else least
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


Strangers = dict[str, list[tuple[int, int]]]
"""Places of pairs of tracks in view together, which show different people, by camera."""


def centred(tracks: Sequence[LookTrack], strangers: Strangers | None = None) -> list[LookTrack]:
    """Return ``tracks`` with looks that lack what all looks of their camera share.

    Light, ground and size of people leave the same in every look of a camera, so that strangers
    look alike there. The mean over the tracks in view together, which show different people, is
    taken off and the rest brought to unit length, as batch norms by camera do (Zhuang et al. 2020).
    Cameras with fewer than ``_ENOUGH`` such pairs stay as they are: the mean of few people is what
    they wear.
    """
    together: dict[str, set[int]] = {}
    for camera, pairs in (strangers_in(tracks) if strangers is None else strangers).items():
        if len(pairs) >= _ENOUGH:
            together[camera] = {i for pair in pairs for i in pair}
    shared = {
        camera: np.mean([tracks[i].look for i in sorted(rows)], axis=0)
        for camera, rows in together.items()
    }
    return [
        replace(track, look=_unit(track.look - shared[track.sighting.camera]))
        if track.sighting.camera in shared
        else track
        for track in tracks
    ]


def least_similarities(
    tracks: Sequence[LookTrack], scale: LookScale, strangers: Strangers | None = None
) -> NDArray[np.float64]:
    """Return the similarity from which on each track is linked, float64 (N,).

    That of ``scale``, or more where the recordings of a camera show that its pictures need it:
    tracks in view at one moment are different people, so their similarities tell how alike two
    people look there (small in the picture, or dressed alike). It counts where there are
    ``_ENOUGH`` such pairs.
    """
    share = 1 - scale.false_match_rate
    needed = {
        camera: float(np.quantile([tracks[i].look @ tracks[j].look for i, j in pairs], share))
        for camera, pairs in (strangers_in(tracks) if strangers is None else strangers).items()
        if len(pairs) >= _ENOUGH
    }
    return np.array([max(scale.threshold, needed.get(t.sighting.camera, -1.0)) for t in tracks])


def strangers_in(tracks: Sequence[LookTrack]) -> Strangers:
    """Return the pairs of ``tracks`` in view together."""
    found: Strangers = {}
    for one, other in seen_together([track.sighting for track in tracks]):
        found.setdefault(tracks[one].sighting.camera, []).append((one, other))
    return found


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
