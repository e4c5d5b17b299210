"""Parts of an upright body in its box: rows of head, upper and lower clothes, silhouette.

Shares are of the height of an upright body, from the classical canon of eight heads: chin at 1/8,
waist at 3/8 to 4/8, crotch at 4/8, knees at 6/8. Boxes of detectors are a little larger than
bodies, and clothes overlap, so the rows leave gaps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analyzer.types import Box

Rows = tuple[float, float]

_HEAD: Final[Rows] = (0.03, 0.15)
_UPPER: Final[Rows] = (0.21, 0.46)
_LOWER: Final[Rows] = (0.60, 0.84)
_BUST: Final[Rows] = (0.50, 0.90)
"""The upper part where head and chest fill the box."""

_STANDING: Final = 1.7
"""Height over width from which on a box that nothing cuts off holds a body down to the feet."""

_PEAK: Final = 0.4
"""How likely a pixel in the middle of a silhouette is the body: there is a gap between legs."""

_BUST_ASPECT: Final = 1.25
_LYING: Final = 0.85

_ASPECT: Final = 2.7
"""Height over width of a box around an upright person; tells how much of one is cut off."""

_SEEN_FOR_LOWER: Final = 0.8


@dataclass(frozen=True, slots=True)
class Parts:
    """Rows of a box, as shares of its height from the top, None where not seen.

    ``half_width`` is half the width of the body, as a share of that of the box.
    """

    head: Rows | None
    upper: Rows
    lower: Rows | None
    half_width: float

    def silhouette(self, across: NDArray[np.float32], floor_inside: float) -> NDArray[np.float32]:
        """Return how likely the body is (N,) at ``across`` (N,), shares of the width of the box.

        ``floor_inside`` is the least that it is inside the box.
        """
        off = np.abs(across - 0.5)
        soft = _PEAK / (1 + np.exp((off - self.half_width) / 0.05))
        floor = np.where(off <= 0.5, floor_inside, 0.01)
        return np.maximum(soft, floor).astype(np.float32)


def parts_of(box: Box, width: int, height: int) -> Parts | None:
    """Return the parts of the body in ``box`` on a picture of ``width`` × ``height`` px.

    None for lying people, whose head may be at either end, and for boxes whose top is cut off.
    """
    if box.w <= 0 or box.h <= 0:
        return None
    aspect = box.h / box.w
    near = max(0.01 * height, 2.0)
    cut_below, cut_above = box.y2 >= height - near, box.y <= near
    if aspect < _LYING or (cut_above and aspect < _STANDING):
        return None
    if cut_below:
        return _cut_below(aspect)
    if aspect < _STANDING:
        return Parts((0.05, 0.22), (0.36, 0.60), None, 0.26)
    return Parts(_HEAD, _UPPER, _LOWER, _half_width(aspect))


def _cut_below(aspect: float) -> Parts:
    """Return the parts of a body whose legs lie outside the picture, as far as they seem to."""
    if aspect < _BUST_ASPECT:
        return Parts((0.12, 0.35), _BUST, None, 0.3)
    seen = min(aspect / _ASPECT, 1.0)
    rows = [(low / seen, min(high / seen, 0.95)) for low, high in (_HEAD, _UPPER, _LOWER)]
    lower = rows[2] if seen >= _SEEN_FOR_LOWER else None
    return Parts(rows[0], rows[1], lower, _half_width(aspect / seen))


def _half_width(aspect: float) -> float:
    """Return half the width of the trunk, a tenth of the height, as a share of the width."""
    return float(np.clip(0.1 * aspect, 0.18, 0.36))
