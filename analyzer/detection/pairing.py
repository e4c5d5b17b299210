"""Assignment of faces to bodies, from boxes alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analyzer.boxes import box_rows
from analyzer.types import Box, Detection, PersonDetection

HEAD_PART = 0.40
"""Share of a body box, from its top, in which the centre of its face must lie. An upright person
carries the face centre at about 0.08; seated, bent or cut off by the picture it sinks to 0.35."""

SIZE_RATIOS = (0.06, 0.75)
"""Face height over body height: 1/7.5 = 0.13 for a whole standing person; a body box cut off at the
chest reaches 0.6; half of the smallest plausible value leaves room for loose body boxes."""

_NECK = 0.25
"""Largest gap between a face and the body below it, as a share of the face's height."""

_SURE_BODY = 0.6
_TRUNK = (3.0, 4.0)
"""Face heights below the top of a face within which its trunk begins, and how high it is: shoulders
at 1.5, hips at 4."""

_TYPICAL_DEPTH = 0.10
_DEPTH_WEIGHT = 0.7


def pairing_cost(faces: NDArray[np.float64], bodies: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how badly each face fits as the face of each body, (F, B), inf where it cannot be.

    ``faces`` (F, 4) and ``bodies`` (B, 4) are float64 rows of x, y, w, h. 0 is a face centred near
    the top of the body; about 1 is a face at the edge of what is allowed. The measure is the
    distance from the middle of the body in half widths plus the distance from the usual height of
    a face centre, so that of two overlapping people each keeps the nearer head.
    """
    face_x = (faces[:, 0] + faces[:, 2] / 2)[:, None]
    face_y = (faces[:, 1] + faces[:, 3] / 2)[:, None]
    x, y, w, h = (bodies[:, i][None, :] for i in range(4))
    across = np.abs(face_x - (x + w / 2)) / np.maximum(w / 2, 1e-6)
    depth = (face_y - y) / np.maximum(h, 1e-6)
    ratio = faces[:, 3][:, None] / np.maximum(h, 1e-6)
    # A detector may cut the head off a body, so a face may stand right above it.
    above = faces[:, 1] + (1 + _NECK) * faces[:, 3]
    possible = (across <= 1.0) & (above[:, None] >= y) & (depth <= HEAD_PART)
    possible &= (ratio >= SIZE_RATIOS[0]) & (ratio <= SIZE_RATIOS[1])
    away = np.abs(depth - _TYPICAL_DEPTH) / HEAD_PART
    cost = (1 - _DEPTH_WEIGHT) * across + _DEPTH_WEIGHT * away
    return np.where(possible, cost, np.inf)


def assign(costs: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Return the (row, column) pairs of least total cost; pairs of cost inf are never made."""
    finite = np.isfinite(costs)
    if not finite.any():
        return []
    # Here, since it takes a second to load, which an empty room never needs.
    from scipy.optimize import linear_sum_assignment

    # Dearer than every real pair together, so that no possible pair is given up for a cheap sum.
    barrier = 1.0 + 2.0 * float(np.abs(costs[finite]).sum())
    rows, columns = linear_sum_assignment(np.where(finite, costs, barrier))
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(row, column) for row, column in pairs if finite[row, column]]


def pair(faces: Sequence[Detection], bodies: Sequence[Detection]) -> list[PersonDetection]:
    """Return one detection per person: a face with its body, or either alone.

    Order: bodies as given (each with its face where it has one), then the faces left over. The
    assignment is the Hungarian optimum of ``pairing_cost`` and of how sure each box is: a hand that
    was taken for a face lies better inside a body than the face above it, and a faint box of head
    and chest fits a face better than the whole body does.
    """
    doubts = np.add.outer(*([1 - one.score for one in found] for found in (faces, bodies)))
    costs = pairing_cost(box_rows(faces), box_rows(bodies)) + doubts
    owner = {b: f for f, b in assign(costs)}
    taken = set(owner.values())
    seen = [
        PersonDetection(faces[owner[b]] if b in owner else None, body)
        for b, body in enumerate(bodies)
    ]
    return seen + [PersonDetection(face, None) for f, face in enumerate(faces) if f not in taken]


def without_parts_of_faced(seen: Sequence[PersonDetection], sure: float) -> list[PersonDetection]:
    """Return ``seen`` without hands and trunks of people whose face was seen.

    ``sure`` is the score from which on the detector of faces is sure. Folded hands and prints on
    shirts look like faces: a lone face below ``sure`` on a body under its own face is dropped. Of
    somebody close to the camera a detector of bodies may box the trunk beside the whole: a faint
    body that hangs under a sure face and is too small for it is dropped. A child before its mother
    has a face or a body that is sure.
    """
    return [one for one in seen if not any(_is_part(one, other, sure) for other in seen)]


def _is_part(seen: PersonDetection, other: PersonDetection, sure: float) -> bool:
    if seen is other or other.face is None:
        return False
    if seen.body is None:
        hand, body = seen.face, other.body
        return (
            hand is not None
            and hand.score < sure
            and body is not None
            and _holds(body.box, hand.box)
            and hand.box.centre[1] >= other.face.box.y2
        )
    faint = seen.face is None and seen.body.score < _SURE_BODY
    return faint and other.face.score >= sure and _hangs(seen.body.box, other.face.box)


def _holds(body: Box, found: Box) -> bool:
    x, y = found.centre
    return body.x <= x <= body.x2 and body.y <= y <= body.y2


def _hangs(body: Box, face: Box) -> bool:
    """Return whether ``body`` lies where the trunk below ``face`` does, and is no larger."""
    aside = abs(body.centre[0] - face.centre[0])
    begins = (body.y - face.y) / face.h
    return aside <= 2 * face.w and 0 <= begins <= _TRUNK[0] and body.h <= _TRUNK[1] * face.h
