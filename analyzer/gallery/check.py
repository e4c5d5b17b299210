"""Consistency check of a gallery: pictures that contradict one another.

The pictures of a person are compared with each other and with those of other persons. If they
contradict one another and nothing shows which is right, all of them are set aside, as a wrong name
is worse than no name. The examiner can bring the right one back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analyzer.faces.calibration import Calibration

Kind = Literal["duplicate", "unlike its person", "like another person"]

FALSE_ALARMS = 0.01
"""Allowed rate of false matches per gallery, divided by the number of comparisons."""


@dataclass(frozen=True, slots=True, eq=False)
class UsablePicture:
    """One usable picture; ``kept`` means that the examiner keeps it, whatever the check finds."""

    name: str
    person: str
    embedding: NDArray[np.float32]
    eye_px: float
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """Reason not to use picture ``name`` of ``person``; ``other`` is what it resembles."""

    name: str
    person: str
    kind: Kind
    reason: str
    other: str | None = None


@dataclass(slots=True, eq=False)
class _Group:
    """Pictures of one person that show one face."""

    person: str
    pictures: list[UsablePicture]

    @property
    def rank(self) -> tuple[bool, int]:
        """Sort key: groups that the examiner keeps first, then larger ones."""
        return any(p.kept for p in self.pictures), len(self.pictures)

    def distance(self, other: _Group) -> float:
        """Return the mean distance between pictures of two groups."""
        return _mean_distance(self.pictures, other.pictures)


def find_faults(pictures: Sequence[UsablePicture], calibration: Calibration) -> tuple[Finding, ...]:
    """Return the pictures to set aside, duplicates first, each picture once."""
    doubles = list(_duplicates(pictures, calibration))
    gone = {(finding.person, finding.name) for finding in doubles}
    rest = [p for p in pictures if (p.person, p.name) not in gone]
    faults = [*doubles, *_contradictions(rest, calibration)]
    kept = {(p.person, p.name) for p in pictures if p.kept}
    return tuple(fault for fault in faults if (fault.person, fault.name) not in kept)


def _duplicates(pictures: Sequence[UsablePicture], calibration: Calibration) -> Iterator[Finding]:
    """Yield duplicates, also recompressed or resized; the best picture stays."""
    taken: list[UsablePicture] = []
    for picture in sorted(pictures, key=lambda p: (not p.kept, -p.eye_px, p.person, p.name)):
        own = (other for other in taken if other.person == picture.person)
        other = next((o for o in own if _apart(picture, o) <= calibration.same_picture), None)
        if other is None:
            taken.append(picture)
            continue
        reason = f"nearly the same picture as {other.name}"
        yield Finding(picture.name, picture.person, "duplicate", reason, other.name)


def _contradictions(
    pictures: Sequence[UsablePicture], calibration: Calibration
) -> Iterator[Finding]:
    people: dict[str, list[_Group]] = {}
    for person in sorted({p.person for p in pictures}):
        own = [p for p in pictures if p.person == person]
        people[person] = _groups(person, own, calibration.same_limit)
    largest = {person: groups[0] for person, groups in people.items()}
    near = calibration.threshold_for(FALSE_ALARMS / max(len(people) - 1, 1))
    main: dict[str, _Group] = {}
    for person, groups in people.items():
        others = [group for name, group in largest.items() if name != person]
        chosen = groups[0] if len(groups) == 1 else _own(groups, others, near)
        if chosen is not None:
            main[person] = chosen
        for group in groups:
            if group is not chosen:
                yield from _odd(group, groups, others, near)
    yield from _one_face_two_names(main, calibration)


def _groups(person: str, pictures: Sequence[UsablePicture], limit: float) -> list[_Group]:
    """Return groups of one person's pictures more than ``limit`` apart, largest first."""
    if len(pictures) == 1:
        return [_Group(person, list(pictures))]
    from scipy.cluster.hierarchy import average, fcluster
    from scipy.spatial.distance import pdist

    vectors = np.stack([p.embedding for p in pictures]).astype(np.float64)
    labels = fcluster(average(pdist(vectors)), limit, "distance")
    groups = [
        _Group(person, [p for p, own in zip(pictures, labels, strict=True) if own == label])
        for label in sorted(set(labels))
    ]
    return sorted(groups, key=lambda g: (-g.rank[0], -g.rank[1], g.pictures[0].name))


def _own(groups: Sequence[_Group], others: Sequence[_Group], near: float) -> _Group | None:
    """Return the group that shows the person, or None if that is ambiguous.

    A group that looks like another person is excluded; the largest of the others is chosen.
    """
    free = [g for g in groups if g.rank[0] or _like(g, others, near) is None]
    if not free:
        return None
    best = max(g.rank for g in free)
    leading = [g for g in free if g.rank == best]
    return leading[0] if len(leading) == 1 else None


def _like(group: _Group, others: Sequence[_Group], near: float) -> tuple[_Group, float] | None:
    """Return the nearest of ``others`` within ``near``, with its distance, or None."""
    found = [(other, group.distance(other)) for other in others]
    close = [(other, distance) for other, distance in found if distance <= near]
    return min(close, key=lambda pair: pair[1]) if close else None


def _odd(
    group: _Group, groups: Sequence[_Group], others: Sequence[_Group], near: float
) -> Iterator[Finding]:
    """Yield the pictures of a group that is not the person."""
    rest = [p for g in groups if g is not group for p in g.pictures]
    like = _like(group, others, near)
    for picture in group.pictures:
        away = _mean_distance([picture], rest)
        own = f"{away:.2f} from the other pictures of {group.person}"
        if like is None:
            reason = f"does not resemble its person: {own}"
            yield Finding(picture.name, group.person, "unlike its person", reason)
        else:
            other, distance = like
            reason = f"resembles {other.person} ({distance:.2f}) and lies {own}"
            yield Finding(picture.name, group.person, "like another person", reason, other.person)


def _one_face_two_names(main: dict[str, _Group], calibration: Calibration) -> Iterator[Finding]:
    """Yield all pictures of two names that show one face: nothing shows whose it is."""
    pairs = max(len(main) * (len(main) - 1) // 2, 1)
    near = calibration.threshold_for(FALSE_ALARMS / pairs)
    told = set()
    for one, other in combinations(main.values(), 2):
        distance = one.distance(other)
        if distance > near:
            continue
        for group, rival in ((one, other), (other, one)):
            for picture in group.pictures:
                if picture.name in told:
                    continue
                told.add(picture.name)
                reason = (
                    f"one face under two names: resembles {rival.person} ({distance:.2f}); "
                    "add the right one again"
                )
                yield Finding(
                    picture.name, group.person, "like another person", reason, rival.person
                )


def _apart(one: UsablePicture, other: UsablePicture) -> float:
    return float(np.linalg.norm(one.embedding.astype(np.float64) - other.embedding))


def _mean_distance(some: Sequence[UsablePicture], others: Sequence[UsablePicture]) -> float:
    return float(np.mean([_apart(one, other) for one in some for other in others]))
