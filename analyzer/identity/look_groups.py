"""Groups of tracks of similar appearance: look-1, look-2 … across all videos of a case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from analyzer.identity.clustering import FaceSet
from analyzer.identity.look_links import LookScale, LookTrack, least_similarities
from analyzer.identity.unknowns import Placed, number_groups
from analyzer.identity.whereabouts import MovementRule, Whereabouts
from analyzer.types import LookGroup


def group_looks(
    tracks: Sequence[LookTrack],
    scale: LookScale,
    rule: MovementRule,
    decisions: Iterable[Placed] = (),
    least: NDArray[np.float64] | None = None,
) -> tuple[LookGroup, ...]:
    """Return the groups of ``tracks``, which are in order of first appearance.

    Every two tracks of a group are as similar as a link asks. Tracks that time or place keep apart,
    or that are named otherwise, are in different groups, unless an examiner put them together. Each
    track is in one group, mostly alone. ``least`` as for ``link_tracks``.
    """
    if not tracks:
        return ()
    placed = [list(map(tuple, groups)) for groups in decisions]
    where = Whereabouts([track.sighting for track in tracks], rule)
    people = np.array([track.person or "" for track in tracks])
    needs = least_similarities(tracks, scale) if least is None else least
    looks = np.stack([track.look for track in tracks])

    def never(rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        named = people[rows]
        otherwise = (named[:, None] != named[None]) & (named[:, None] != "") & (named[None] != "")
        needed = np.maximum(needs[rows][:, None], needs[rows][None])
        unlike = looks[rows] @ looks[rows].T < needed
        return np.asarray(where.impossible(rows, rows) | otherwise | unlike, bool)

    vectors = [FaceSet(track.look[None], np.ones(1)) for track in tracks]
    ids = [track.sighting.id for track in tracks]
    numbered = number_groups(ids, vectors, distance_of(scale.threshold), placed, never=never)
    said = [set(group) for groups in placed if len(groups) == 1 for group in groups]
    return tuple(
        LookGroup(number, group, confirmed=any(set(group) <= one for one in said))
        for number, group in numbered
    )


def distance_of(similarity: float) -> float:
    """Return the distance of two unit-length vectors of that inner product."""
    return float(np.sqrt(max(2.0 - 2.0 * similarity, 0.0)))
