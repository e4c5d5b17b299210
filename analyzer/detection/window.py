"""The part of a picture in which faces are looked for: around people, faces and what moves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from analyzer.types import Box, Detection

_GRID: Final = 32
"""Windows begin and end at multiples of this many px, so that a network whose coarsest stride it is
sees the same cells as in the whole picture."""

_MARGIN_PX: Final = 48
"""Around the regions: a head reaches beyond what moved of it, and a face needs its surroundings."""

_WORTHWHILE: Final = 0.8
"""A window of more than this share of the picture saves too little."""

_UPPER_PART: Final = 0.5
"""Share of an upright body, from its top, that holds the face; pairing allows 0.4."""

_COVERED: Final = 0.7
"""What moves is part of a body if at least this share of it (of the smaller) lies inside."""


def places_of_faces(
    bodies: Sequence[Box], moving: Sequence[Box], faces: Sequence[Box]
) -> list[Box]:
    """Return where faces may be: the upper parts of ``bodies``, ``faces`` of the last pictures.

    And all that is ``moving`` but is part of no body: somebody whom nobody has found yet.
    """
    strangers = [m for m in moving if not any(m.inside(body) >= _COVERED for body in bodies)]
    return [*map(_upper_part, bodies), *strangers, *faces]


def _upper_part(body: Box) -> Box:
    """Return the part of ``body`` that may hold a face: all of somebody who lies or crouches."""
    if body.w >= body.h:
        return body
    return Box(body.x, body.y, body.w, max(_UPPER_PART * body.h, body.w))


def window_of(regions: Sequence[Box], width: int, height: int) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom in px of what holds ``regions``, with a margin.

    It is the whole picture of ``width`` × ``height`` where little of it would be left out.
    """
    left = _down(min(region.x for region in regions) - _MARGIN_PX)
    top = _down(min(region.y for region in regions) - _MARGIN_PX)
    right = min(_up(max(region.x2 for region in regions) + _MARGIN_PX), width)
    bottom = min(_up(max(region.y2 for region in regions) + _MARGIN_PX), height)
    if (right - left) * (bottom - top) > _WORTHWHILE * width * height or right <= left:
        return 0, 0, width, height
    return left, top, right, bottom


def _down(place: float) -> int:
    return max(math.floor(place / _GRID) * _GRID, 0)


def _up(place: float) -> int:
    return math.ceil(place / _GRID) * _GRID


def moved(found: Detection, across: int, down: int) -> Detection:
    """Return ``found`` in a window in px of the picture that the window is cut from."""
    if not across and not down:
        return found
    points = found.landmarks
    if points is not None:
        points = (points + np.array([across, down], np.float32)).astype(np.float32)
    box = Box(found.box.x + across, found.box.y + down, found.box.w, found.box.h)
    return Detection(box, found.score, found.kind, points)
