"""Unknown persons: unknown-1, unknown-2 … across all videos of a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from analyzer.identity.clustering import FaceSet, Never, group_tracks
from analyzer.identity.whereabouts import seen_together
from analyzer.types import Unknown

CUT_SHARE = 0.85
"""The largest mean distance inside a group, as a share of the distance up to which a candidate is
named. It is stricter because N tracks give N²/2 chances of joining two persons, a gallery few.

807 single LFW pictures of 435 persons, a harder case than tracks of several faces, grouped with
face_recognition at 0.85 / 0.90 / 1.00 of its threshold: 1 of 517 / 6 of 477 / 36 of 412 groups mix
persons, and 69 / 81 / 94 % of the pairs of one person are found; with mobilefacenet none / 1 / 36,
and 86 / 93 / 98 %. A person in two groups costs a merge; two persons in one group are a wrong
lead."""

Placed = Sequence[Sequence[str]]
"""One decision of an examiner, mapped to the current tracks: track ids, group by group."""


@dataclass(frozen=True, slots=True, eq=False)
class UnknownTrack:
    """A track without a candidate; ``moments`` are the pts at which it is seen in ``video``."""

    id: str
    video: str
    faces: FaceSet
    moments: frozenset[int]


def name_unknowns(
    tracks: Sequence[UnknownTrack], cut: float, decisions: Iterable[Placed] = ()
) -> tuple[Unknown, ...]:
    """Return the unknown persons among ``tracks``, which are in order of first appearance.

    Tracks in view at the same moment of one video are different persons. For the numbers and the
    ``decisions`` see ``number_groups``.
    """
    ids, faces = [t.id for t in tracks], [t.faces for t in tracks]
    numbered = number_groups(ids, faces, cut, decisions, seen_together(tracks))
    return tuple(Unknown(number, group) for number, group in numbered)


def number_groups(
    ids: Sequence[str],
    vectors: Sequence[FaceSet],
    cut: float,
    decisions: Iterable[Placed],
    cannot: Iterable[tuple[int, int]] = (),
    never: Never | None = None,
) -> list[tuple[int, tuple[str, ...]]]:
    """Return the groups of the tracks ``ids``, in order of first appearance, with their numbers.

    ``cannot`` and ``never`` as for ``group_tracks``. Numbers follow the first appearance of each
    group as it is without ``decisions``. A group made by examiners keeps the least number of its
    parts, and a part that was split off gets the next free number. So a decision renames only the
    persons it is about.
    """
    cannot = set(cannot)
    machine = group_tracks(vectors, cut, (), cannot, never)
    together, apart = _constraints({one: i for i, one in enumerate(ids)}, decisions)
    if not together and not apart:
        final = machine
    else:
        final = group_tracks(vectors, cut, together, cannot | apart, never)
    first_of = {int(label): index for index, label in reversed(list(enumerate(machine)))}
    number_of_founder = {first_of[label]: label + 1 for label in first_of}
    members: dict[int, list[int]] = {}
    for index, label in enumerate(final):
        members.setdefault(int(label), []).append(index)
    found, spare = [], len(first_of)
    for group in members.values():
        founders = [number_of_founder[i] for i in group if i in number_of_founder]
        spare += not founders
        number = min(founders) if founders else spare
        found.append((number, tuple(ids[i] for i in group)))
    return sorted(found)


def _constraints(
    place: Mapping[str, int], decisions: Iterable[Placed]
) -> tuple[list[tuple[int, int]], set[tuple[int, int]]]:
    """Return must-link and cannot-link pairs; the latest decision about a pair holds."""
    one: dict[tuple[int, int], bool] = {}
    for groups in decisions:
        known = [[place[track] for track in group if track in place] for group in groups]
        for group in known:
            one.update((_pair(a, b), True) for a, b in combinations(group, 2))
        for left, right in combinations(known, 2):
            one.update((_pair(a, b), False) for a in left for b in right if a != b)
    return (
        [pair for pair, same in one.items() if same],
        {pair for pair, same in one.items() if not same},
    )


def _pair(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)
