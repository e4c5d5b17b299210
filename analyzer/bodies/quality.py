"""Quality of a picture of a whole person, most of which the boxes tell without looking at pixels.

Score = size × detection × wholeness × cover × sharpness, each in (0, 1] and 1 where nothing is
wrong, as for faces: the parts stay readable as reasons, and nothing bad is made good by another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.types import BodyQuality, Box, PersonDetection

CUT_OFF, COVERED, SMALL, BLURRED, FACE_ALONE = (
    "cut off by the border",
    "covered by others",
    "small",
    "blurred",
    "face alone",
)
"""Reasons in words, as they are stored."""

_TINY_PX, _AMPLE_PX = 12.0, 160.0
"""Height of a box that scores least and 1, on a logarithmic scale."""
_LEAST_SIZE = 0.1
_SAY_SMALL_PX = 48.0

_BORDER = 0.02
"""A box within this share of its own side from the border of the picture, or 2 px, is cut off."""
_CUT_SCORE = 0.6
"""What each border that cuts the person off leaves of the score."""

_SLIVER, _NARROW, _STANDING, _HALF, _LEAST_SHAPE = 6.0, 4.0, 1.8, 0.8, 0.5
"""Height over width: 4 to 1.8 is a whole person upright and scores 1; 6, somebody mostly hidden
behind an edge, and 0.8, half a person or one who lies, score least."""

_SAY_COVERED = 0.25
_BEHIND = 0.5
"""What somebody who stands further away counts: he covers nothing, but is in the picture."""
_LEAST_CLEAR = 0.1

_FACE_ALONE_SCORE = 0.3
_BESIDE, _ABOVE, _BELOW = 0.9, 0.5, 1.3
"""Head and shoulders around a face, in its widths to either side and its heights up and down."""

_FIXED = (48, 96)
"""Width and height in px at which sharpness is measured, so that all sizes are compared alike."""
_DULL, _CRISP, _LEAST_SHARP = 60.0, 600.0, 0.6
"""Variance of the Laplacian at that size that scores least and 1, on a logarithmic scale."""
_SAY_BLURRED = 60.0


@dataclass(frozen=True, slots=True)
class BodyView:
    """What the boxes of one picture tell of how well a person is seen there.

    ``box`` is inside the picture; ``promise`` the score that the sharpest pixels would make of it.
    """

    box: Box
    promise: float
    reasons: tuple[str, ...]


def view_of(
    person: PersonDetection, everybody: Sequence[PersonDetection], width: int, height: int
) -> BodyView:
    """Return how well ``person`` is seen among ``everybody`` in a picture of that size in px.

    Somebody without a body box is seen by head and shoulders, estimated from the face.
    """
    seen = _box(person)
    size = _log_ramp(seen.h, _TINY_PX, _AMPLE_PX, _LEAST_SIZE)
    borders = _borders_touched(seen, width, height)
    covered, beside = _covered(seen, [other for other in everybody if other is not person])
    shape = _shape_score(seen.h / max(seen.w, 1e-6)) if person.body is not None else 1.0
    clear = max(1 - covered - _BEHIND * beside, _LEAST_CLEAR)
    promise = size * shape * clear * _CUT_SCORE**borders
    promise *= (1 + person.body.score) / 2 if person.body is not None else _FACE_ALONE_SCORE
    checks = (
        (person.body is None, FACE_ALONE),
        (borders > 0, CUT_OFF),
        (covered > _SAY_COVERED, COVERED),
        (seen.h < _SAY_SMALL_PX, SMALL),
    )
    reasons = tuple(words for holds, words in checks if holds)
    return BodyView(seen.clipped(width, height), promise, reasons)


def assess(view: BodyView, luma: NDArray[np.uint8]) -> BodyQuality:
    """Return the quality of ``view`` in ``luma``, uint8 (H, W), the picture it was made of.

    Sharpness is the variance of the Laplacian at 48 × 96 px; a box without pixels has none, and
    scores 0.
    """
    box = view.box
    x, y, x2, y2 = int(box.x), int(box.y), int(np.ceil(box.x2)), int(np.ceil(box.y2))
    part = luma[y:y2, x:x2]
    if part.size == 0:
        return BodyQuality(box.h, 0.0, 0.0, view.reasons)
    fixed = cv2.resize(part, _FIXED, interpolation=cv2.INTER_AREA)
    sharpness = float(cv2.Laplacian(fixed, cv2.CV_32F).var())
    score = view.promise * _log_ramp(sharpness, _DULL, _CRISP, _LEAST_SHARP)
    blurred = (BLURRED,) if sharpness < _SAY_BLURRED else ()
    return BodyQuality(box.h, sharpness, float(min(score, 1.0)), (*view.reasons, *blurred))


def _box(person: PersonDetection) -> Box:
    if person.body is not None:
        return person.body.box
    assert person.face is not None
    face = person.face.box
    return Box(
        face.x - _BESIDE * face.w,
        face.y - _ABOVE * face.h,
        (1 + 2 * _BESIDE) * face.w,
        (1 + _ABOVE + _BELOW) * face.h,
    )


def _borders_touched(box: Box, width: int, height: int) -> int:
    across, down = max(2.0, _BORDER * box.w), max(2.0, _BORDER * box.h)
    touched = (
        box.x <= across, box.x2 >= width - across, box.y <= down, box.y2 >= height - down,
    )  # fmt: skip
    return sum(touched)


def _covered(box: Box, others: Sequence[PersonDetection]) -> tuple[float, float]:
    """Return the share of ``box`` behind others, and the share in front of others, each up to 1.

    Whose feet are lower in the picture stands nearer to the camera. A doubtful other counts less.
    """
    covered = beside = 0.0
    for other in others:
        found = other.body or other.face
        assert found is not None
        there = _box(other)
        share = found.score * box.shared(there) / max(box.area, 1e-9)
        if there.y2 > box.y2:
            covered += share
        else:
            beside += share
    return min(covered, 1.0), min(beside, 1.0)


def _shape_score(aspect: float) -> float:
    """Return how much a box of height over width ``aspect`` looks like a whole person upright."""
    points = (_HALF, _STANDING, _NARROW, _SLIVER)
    return float(np.interp(aspect, points, (_LEAST_SHAPE, 1, 1, _LEAST_SHAPE)))


def _log_ramp(value: float, low: float, high: float, least: float) -> float:
    """Return ``least`` at and under ``low``, 1 at and over ``high``, straight in the logarithm."""
    return float(np.interp(np.log(max(value, 1e-6)), (np.log(low), np.log(high)), (least, 1)))
