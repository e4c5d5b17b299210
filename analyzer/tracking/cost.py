"""Association costs of tracks and detected people: geometry and appearance.

Rows are tracks, columns are detections, inf means impossible. Boxes are float64 (N, 4) rows of
x, y, w, h; a row of NaN means that this kind of box is not known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.detection.pairing import pairing_cost
from analyzer.types import Kind

Matrix = NDArray[np.float64]

GATE = 3.5
"""Largest distance of a detection from the predicted position, in standard deviations."""

SIZE_GATE, FACED_SIZE_GATE = float(np.log(1.8)), float(np.log(1.4))
"""Largest change of the logarithm of a box's height between detections: a person may come out from
behind a car, but does not double in size. It is stricter where the face is known: that person is
near, boxes are exact, and a switch would mix two faces in one track. 1.4 for all breaks a fifth
more tracks of PETS09-S2L1; 1.8 for all switched identities twice in the first second of a crowd."""

REACH: dict[Kind, float] = {"person": 0.5, "face": 2.5}
"""Distance between centres, in box heights, at which the distance cost reaches 1. At 5 samples per
second a walking face of 40 px moves by more than its own width, so overlap alone would lose it."""

W_OVERLAP, W_DISTANCE, W_APPEARANCE = 0.35, 0.35, 0.30
CROSS_COST = 0.35
"""Added where only the other kind of box can be compared: a face track continued by a body."""

DISAGREE_COST = 0.2
"""Added where one of face and body matches and the other does not: one of them was mispaired."""


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """Predicted tracks: boxes (T, 4) and spreads (T, 2) per kind, and appearances."""

    boxes: dict[Kind, Matrix]
    spreads: dict[Kind, Matrix]
    appearances: list[NDArray[np.float32] | None]


@dataclass(frozen=True, slots=True, eq=False)
class DetectionArrays:
    """Detected people as arrays: boxes (S, 4) per kind, and appearances."""

    boxes: dict[Kind, Matrix]
    appearances: list[NDArray[np.float32] | None]


def overlaps(a: Matrix, b: Matrix) -> Matrix:
    """Return the intersection over union of every row of ``a`` with every row of ``b``."""
    left_top = np.maximum(a[:, None, :2], b[None, :, :2])
    right_bottom = np.minimum(a[:, None, :2] + a[:, None, 2:], b[None, :, :2] + b[None, :, 2:])
    shared = np.prod(np.clip(right_bottom - left_top, 0, None), axis=2)
    union = np.prod(a[:, 2:], axis=1)[:, None] + np.prod(b[:, 2:], axis=1)[None, :] - shared
    return shared / np.maximum(union, 1e-9)


def similarities(
    a: list[NDArray[np.float32] | None], b: list[NDArray[np.float32] | None]
) -> Matrix:
    """Return the inner products of unit vectors, (A, B); NaN where either is unknown."""
    result = np.full((len(a), len(b)), np.nan)
    rows = [i for i, vector in enumerate(a) if vector is not None]
    columns = [j for j, vector in enumerate(b) if vector is not None]
    if rows and columns:
        left = np.stack([vector for vector in a if vector is not None]).astype(np.float64)
        right = np.stack([vector for vector in b if vector is not None]).astype(np.float64)
        result[np.ix_(rows, columns)] = left @ right.T
    return result


def association_costs(expected: Expected, found: DetectionArrays, gate: float = GATE) -> Matrix:
    """Return the cost (T, S) of assigning each detection to each track, in [0, 1.3] or inf.

    ``gate``: distance from the prediction, in standard deviations, beyond which it is impossible.
    """
    body = _geometry(expected, found, "person", gate)
    face = _geometry(expected, found, "face", gate)
    place = _either(body, face)
    place = np.where(np.isnan(body) & np.isnan(face), _cross(expected, found), place)
    alike = similarities(expected.appearances, found.appearances)
    # An unknown appearance is neutral: it costs as much as the geometry.
    unlike = np.where(np.isnan(alike), place, np.clip(2 * (1 - alike), 0, 1))
    return np.where(np.isfinite(place), (1 - W_APPEARANCE) * place + W_APPEARANCE * unlike, np.inf)


def _geometry(expected: Expected, found: DetectionArrays, kind: Kind, gate: float) -> Matrix:
    """Return the geometric cost of one kind, in [0, 1]; inf beyond the gates, NaN if not known."""
    tracks, boxes = expected.boxes[kind], found.boxes[kind]
    apart = (boxes[None, :, :2] + boxes[None, :, 2:] / 2) - (
        tracks[:, None, :2] + tracks[:, None, 2:] / 2
    )
    sigmas = np.sqrt(np.sum((apart / expected.spreads[kind][:, None, :]) ** 2, axis=2))
    resized = np.abs(np.log(boxes[None, :, 3] / tracks[:, None, 3]))
    height = np.sqrt(boxes[None, :, 3] * tracks[:, None, 3])
    far = np.clip(np.hypot(apart[..., 0], apart[..., 1]) / (REACH[kind] * height), 0, 1)
    scale = W_OVERLAP + W_DISTANCE
    cost = (W_OVERLAP * (1 - overlaps(tracks, boxes)) + W_DISTANCE * far) / scale
    faced = ~np.isnan(expected.boxes["face"][:, :1])
    outside = (sigmas > gate) | (resized > np.where(faced, FACED_SIZE_GATE, SIZE_GATE))
    unknown = np.isnan(apart).any(axis=2)
    return np.where(unknown, np.nan, np.where(outside, np.inf, cost))


def _either(body: Matrix, face: Matrix) -> Matrix:
    """Return one cost where either kind may continue a track; NaN where neither is shared."""
    both = ~np.isnan(body) & ~np.isnan(face)
    one = np.where(np.isnan(body), face, body)
    least = np.minimum(np.where(both, body, np.inf), np.where(both, face, np.inf))
    agree = both & np.isfinite(body) & np.isfinite(face)
    mean = np.where(agree, (np.where(agree, body, 0) + np.where(agree, face, 0)) / 2, np.inf)
    return np.where(both, np.where(agree, mean, least + DISAGREE_COST), one)


def _cross(expected: Expected, found: DetectionArrays) -> Matrix:
    """Return the cost of continuing a face track by a body, or a body track by a face."""
    as_body = pairing_cost(expected.boxes["face"], found.boxes["person"])
    as_face = pairing_cost(found.boxes["face"], expected.boxes["person"]).T
    return np.minimum(as_body, as_face) + CROSS_COST
