"""Agreement of joints with labels: distances in torsos, and shares that are right (PCK)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analyzer.joints.network import JOINTS
from analyzer.lab.joints.labels import Person
from analyzer.lab.metrics import ratio_interval

RIGHT: Final = 0.2
"""Largest distance of a joint that counts as right, in torsos: PCK at 0.2 (Yang & Ramanan 2013)."""

_PARTS: Final = {
    "head": ("nose", "eye", "ear"),
    "shoulders": ("shoulder",),
    "elbows": ("elbow",),
    "wrists": ("wrist",),
    "hips": ("hip",),
    "knees": ("knee",),
    "ankles": ("ankle",),
}


def distances(person: Person, places: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return how far ``places`` (17, 2) lie from the labelled ones, in torsos: (17,)."""
    apart = np.hypot(*(np.asarray(places, np.float64) - person.joints[:, :2]).T)
    return np.asarray(apart / person.torso)


def agreement(
    people: Sequence[Person],
    places: Sequence[NDArray[np.floating]],
    told: Sequence[NDArray[np.bool_]] | None = None,
) -> dict[str, Any]:
    """Return the figures of docs/joints.md for the joints found on labelled people.

    ``places`` (17, 2) and which of them are ``told``, (17,), each of one person. Joints of which
    the label is not sure do not count. Intervals are over places at which pictures were taken.
    """
    seen = np.stack([one.seen for one in people])
    sure = np.stack([~np.isnan(one.joints[:, 2]) for one in people])
    apart = np.stack([distances(*pair) for pair in zip(people, places, strict=True)])
    right = seen & (apart <= RIGHT)
    where = np.unique([one.place for one in people], return_inverse=True)[1]
    figures: dict[str, Any] = {
        "people": len(people),
        "n": int(seen.sum()),
        "pck": ratio(right.sum(1), seen.sum(1)),
        "pck_ci95": interval(right.sum(1), seen.sum(1), where),
        "by_part": {name: _of_part(right, seen, words) for name, words in _PARTS.items()},
    }
    if told is not None:
        kept = np.stack(list(told)) & sure
        figures["told"] = {
            "share": ratio((kept & seen).sum(1), seen.sum(1)),
            "right": ratio((kept & right).sum(1), kept.sum(1)),
            "right_ci95": interval((kept & right).sum(1), kept.sum(1), where),
        }
    return figures


def _of_part(
    right: NDArray[np.bool_], seen: NDArray[np.bool_], words: Sequence[str]
) -> float | None:
    own = [index for index, name in enumerate(JOINTS) if name.endswith(tuple(words))]
    return ratio(right[:, own].sum(1), seen[:, own].sum(1))


def ratio(parts: NDArray[np.integer], wholes: NDArray[np.integer]) -> float | None:
    """Return the sum of ``parts`` (N,) over that of ``wholes`` (N,); None where that is 0."""
    return float(parts.sum() / wholes.sum()) if wholes.sum() else None


def interval(
    parts: NDArray[np.integer], wholes: NDArray[np.integer], places: NDArray[np.integer]
) -> tuple[float, float] | None:
    """Return the 95 % interval of ``ratio``, drawn by ``places`` (N,) from 0 on; None for one."""
    rows = np.stack([np.bincount(places, parts), np.bincount(places, wholes)], 1)
    return ratio_interval(rows.astype(np.float64), 0, 1, least=2)
