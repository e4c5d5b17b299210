"""Mixed pixels of a palette: colours that are only the border between two others.

A stripe of red on white leaves pink pixels once a codec has halved the resolution of colour. What
lies on the line between two colours that differ in hue is divided between these.
"""

from __future__ import annotations

from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

_NEAR: Final = 8.0
_APART: Final = 25.0
_MOST_SHARE: Final = 0.3
_ENDS: Final = (0.12, 0.88)


def unmixed(palette: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return a palette (N, 4) of share, L, a, b with shares of mixtures moved to their parts.

    Greys between black and white stay: only colours that differ by 25 or more in a and b have
    mixtures that would be named differently from both.
    """
    rows = np.array(palette, np.float64)
    pairs = [
        (float(np.linalg.norm(rows[i, 1:] - rows[j, 1:])), i, j)
        for i, j in combinations(range(len(rows)), 2)
        if np.linalg.norm(rows[i, 2:] - rows[j, 2:]) >= _APART
    ]
    for _, i, j in sorted(pairs, reverse=True):
        if rows[i, 0] > 0 and rows[j, 0] > 0:
            _divide(rows, i, j)
    return rows[rows[:, 0] > 0]


def _divide(rows: NDArray[np.float64], i: int, j: int) -> None:
    """Move the shares of what lies between rows ``i`` and ``j`` to these, in place."""
    line = rows[j, 1:] - rows[i, 1:]
    along = (rows[:, 1:] - rows[i, 1:]) @ line / (line @ line)
    off = np.linalg.norm(rows[:, 1:] - rows[i, 1:] - along[:, None] * line, axis=1)
    mixed = (along > _ENDS[0]) & (along < _ENDS[1]) & (off < _NEAR) & (rows[:, 0] < _MOST_SHARE)
    mixed[[i, j]] = False
    moved = np.where(mixed, rows[:, 0], 0.0)
    rows[i, 0] += float(moved @ (1 - along))
    rows[j, 0] += float(moved @ along)
    rows[mixed, 0] = 0.0
