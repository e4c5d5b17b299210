"""Scale of a camera's pictures: metres of people whose feet stand on level ground.

On level ground the pixels of a metre depend on the row of the feet alone, and on a straight line
where a camera hangs level (Hoiem, Efros and Hebert 2008). Known heights at two rows or more give
the scale between these rows: no lens and no angle has to be known. A camera that looks down
steeply bends the line; a third mark between the two takes most of that out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from analyzer.types import BodyHeight, BodySample, Box

STANDING: Final = 1.7
"""Height over width from which on a box may hold somebody who stands."""

_OF_A_PICTURE: Final = 0.06
"""Relative spread of the heights of boxes of one person, over a line by the row of the feet: 50
pictures of the town centre."""

_OF_ALL: Final = 0.05
"""Relative error that all pictures share: shoes, hats, bent knees, and the bend of the line (two
marks and a camera 30° down: 6 % on average)."""

_READING_PX: Final = 2.0
"""How exactly somebody reads a row off a picture."""

_NORMAL_95: Final = 1.96
_PEOPLE_M: Final = (0.5, 2.5)


@dataclass(frozen=True, slots=True)
class KnownHeight:
    """Something upright of known height in a picture: rows of its top and foot, its metres."""

    top: float
    foot: float
    metres: float

    @property
    def pixels_per_metre(self) -> float:
        """Pixels of a metre that stands where it stands."""
        return (self.foot - self.top) / self.metres


def marks_of(values: object) -> tuple[KnownHeight, ...]:
    """Return the marks of [[top, foot, metres], …], by the row of the foot.

    Raises ValueError, saying what is wrong, unless there are two or more at different rows.
    """
    if not isinstance(values, list) or len(values) < 2:
        raise ValueError("two or more known heights are needed, at different places")
    marks = sorted((_mark(one) for one in values), key=lambda mark: mark.foot)
    if any(b.foot - a.foot < 4 * _READING_PX for a, b in pairwise(marks)):
        raise ValueError("the feet of known heights lie in the same row; choose other places")
    return tuple(marks)


def _mark(one: object) -> KnownHeight:
    numbers = isinstance(one, list) and len(one) == 3 and all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in one
    )  # fmt: skip
    if not numbers:
        raise ValueError(f"{one!r} is no known height; write [top row, foot row, metres]")
    mark = KnownHeight(*map(float, one))  # type: ignore[call-overload]
    if not (mark.foot - mark.top >= 4 * _READING_PX and mark.metres > 0):
        raise ValueError(f"{one!r}: the foot lies below the top, so its row is larger")
    return mark


def scale_from(text: str) -> tuple[KnownHeight, ...]:
    """Return the marks of a camera as the case holds them: JSON, empty where there are none."""
    return marks_of(json.loads(text)) if text else ()


def height_of(samples: Iterable[BodySample], marks: Sequence[KnownHeight]) -> BodyHeight | None:
    """Return the height of the person that ``samples`` show, with a 95 % interval.

    Pictures count in which nothing is wrong, somebody stands, and the feet lie between the rows
    that ``marks`` know. None without such pictures or marks, and for what is no height of a person.
    """
    boxes = [s.box for s in samples if not s.quality.reasons and _standing_between(s.box, marks)]
    if not boxes:
        return None
    feet, scales = zip(*((mark.foot, mark.pixels_per_metre) for mark in marks), strict=True)
    metres = float(np.mean([box.h / np.interp(box.y2, feet, scales) for box in boxes]))
    reading = max(math.sqrt(2) * _READING_PX / (mark.foot - mark.top) for mark in marks)
    spread = math.hypot(_OF_A_PICTURE / math.sqrt(len(boxes)), _OF_ALL, reading)
    if not _PEOPLE_M[0] <= metres <= _PEOPLE_M[1]:
        return None
    half = _NORMAL_95 * spread * metres
    return BodyHeight(round(metres, 2), round(metres - half, 2), round(metres + half, 2))


def _standing_between(box: Box, marks: Sequence[KnownHeight]) -> bool:
    return bool(marks) and box.h >= STANDING * box.w and marks[0].foot <= box.y2 <= marks[-1].foot
