"""Data association of detected people with tracks, in two stages (Zhang et al. 2022).

Where two ways of continuing cost about the same, the association is reported as ambiguous.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analyzer.detection.pairing import assign
from analyzer.tracking.cost import (
    DetectionArrays,
    Expected,
    association_costs,
    overlaps,
    similarities,
)
from analyzer.types import Box, Kind, PersonDetection

KINDS: tuple[Kind, Kind] = ("person", "face")

DUPLICATE_IOU = 0.6
"""IoU above which two boxes of one kind are one person detected twice. Detectors already apply NMS
at 0.3 to 0.5; what is left comes from two proposals."""

PART_INSIDE = 0.85
"""Share of a body inside that of somebody else from which it begins no track. It may carry one on:
people pass before each other."""

AMBIGUOUS = 0.03
"""Two assignments whose total costs differ by less are ambiguous: both tracks end. On PETS09-S2L1
at 5 samples per second this ends 19 tracks in 80 s."""

CUT_SIMILARITY = 0.55
"""Below this inner product of appearances the same place shows a different person. On PETS09-S2L1
one person is above it from sample to sample in 99 of 100 cases (median 0.96); two different people
have a median of 0.69."""

LEAST_IOU, LEAST_LOW_IOU = 0.1, 0.3
"""Least IoU of a body with its prediction, for detections of high and of low score, where no face
is known that could confirm it. Without it a box that is lost takes the next one within a step: of
people in a crowd, or of faint boxes around a thing."""

RUN_GATE, RUN_SIMILARITY = 8.0, 0.8
"""Gate in standard deviations and least inner product of appearances for a running person, tried
for detections that nothing else explains: 5.6 body heights per second for a new track."""

Appearance = NDArray[np.float32]


def associate(
    expected: Expected, detected: DetectionArrays, high: Sequence[int], candidates: Sequence[int]
) -> tuple[list[tuple[int, int]], set[int]]:
    """Return pairs (track row, detection), and the detections whose pair is ambiguous.

    ``candidates`` are the indexes of the detections to use, ``high`` those of them with a high
    score. These are assigned first, the others to the tracks that are left (ByteTrack, Zhang et
    al. 2022). Each stage is an optimal (Hungarian) assignment. A last stage allows for running.
    """
    costs = association_costs(expected, detected)
    shared = _shared_bodies(expected, detected)
    pairs = _matched(np.where(shared > LEAST_IOU, costs, np.inf), range(costs.shape[0]), high)
    used = {row for row, _ in pairs}
    left = [row for row in range(costs.shape[0]) if row not in used]
    low = [i for i in candidates if i not in high]
    pairs += _matched(np.where(shared > LEAST_LOW_IOU, costs, np.inf), left, low)
    ambiguous = _ambiguous(costs, pairs, high)
    return pairs + _running_pairs(expected, detected, pairs, high), ambiguous


def _shared_bodies(expected: Expected, detected: DetectionArrays) -> NDArray[np.float64]:
    """Return the IoU of bodies (T, S); 1 where a face is known, or one of the bodies is not."""
    bodies = overlaps(expected.boxes["person"], detected.boxes["person"])
    faces = [~np.isnan(side.boxes["face"][:, 0]) for side in (expected, detected)]
    return np.where(np.isnan(bodies) | faces[0][:, None] | faces[1][None, :], 1.0, bodies)


def is_cut(remembered: Appearance | None, seen: Appearance | None) -> bool:
    """Return whether two appearances at one place belong to two people."""
    if remembered is None or seen is None:
        return False
    return float(remembered @ seen) < CUT_SIMILARITY


def is_part(detection: PersonDetection, other: PersonDetection) -> bool:
    """Return whether ``detection`` is a body that lies in the larger and surer one of ``other``.

    Detectors box the trunk or the legs of somebody beside the whole. A face makes it a person.
    """
    body, whole = detection.body, other.body
    if body is None or whole is None or detection.face is not None or body is whole:
        return False
    held = body.box.shared(whole.box) >= PART_INSIDE * body.box.area
    return held and body.box.area < whole.box.area and body.score < whole.score


def score(detection: PersonDetection) -> float:
    """Return the better score of face and body."""
    return max(part.score for part in (detection.face, detection.body) if part is not None)


def without_duplicates(detections: Sequence[PersonDetection]) -> list[int]:
    """Return the indexes of the detections that are left after NMS over pairs of boxes."""
    if not detections:
        return []
    boxes = as_arrays(detections).boxes
    duplicate = np.zeros((len(detections), len(detections)), dtype=bool)
    for kind in KINDS:
        duplicate |= overlaps(boxes[kind], boxes[kind]) > DUPLICATE_IOU

    def worth(i: int) -> tuple[bool, float, int]:
        """Order detections with face and body first, then by score."""
        return detections[i].face is None or detections[i].body is None, -score(detections[i]), i

    kept: list[int] = []
    for i in sorted(range(len(detections)), key=worth):
        if not any(duplicate[i, j] for j in kept):
            kept.append(i)
    return sorted(kept)


def as_arrays(detections: Sequence[PersonDetection]) -> DetectionArrays:
    """Return the detections as arrays."""
    bodies = [None if s.body is None else s.body.box for s in detections]
    faces = [None if s.face is None else s.face.box for s in detections]
    boxes: dict[Kind, NDArray[np.float64]] = {
        "person": box_rows_or_nan(bodies),
        "face": box_rows_or_nan(faces),
    }
    return DetectionArrays(boxes, [s.appearance for s in detections])


def box_rows_or_nan(boxes: Sequence[Box | None]) -> NDArray[np.float64]:
    """Return float64 (N, 4) rows of x, y, w, h; NaN where there is no box."""
    rows = [(np.nan,) * 4 if box is None else (box.x, box.y, box.w, box.h) for box in boxes]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def _matched(
    costs: NDArray[np.float64], rows: Sequence[int], columns: Sequence[int]
) -> list[tuple[int, int]]:
    """Return the optimal assignment among ``rows`` and ``columns`` of ``costs``."""
    part = costs[np.ix_(list(rows), list(columns))]
    return [(rows[i], columns[j]) for i, j in assign(part)]


def _running_pairs(
    expected: Expected,
    detected: DetectionArrays,
    pairs: Sequence[tuple[int, int]],
    high: Sequence[int],
) -> list[tuple[int, int]]:
    """Return pairs of unmatched tracks and detections that only running explains.

    A runner moves by more than one body height between two samples, which is beyond the gate that
    keeps walkers in a crowd apart.
    """
    rows = [row for row in range(len(expected.appearances)) if row not in {row for row, _ in pairs}]
    taken = {column for _, column in pairs}
    columns = [column for column in high if column not in taken]
    if not rows or not columns:
        return []
    possible = np.isfinite(association_costs(expected, detected, RUN_GATE))
    possible &= similarities(expected.appearances, detected.appearances) >= RUN_SIMILARITY
    left = possible[np.ix_(rows, columns)]
    alone = left & (left.sum(0) == 1) & (left.sum(1, keepdims=True) == 1)
    return [(rows[i], columns[j]) for i, j in np.argwhere(alone).tolist()]


def _ambiguous(
    costs: NDArray[np.float64], pairs: Sequence[tuple[int, int]], high: Sequence[int]
) -> set[int]:
    """Return the columns of pairs for which another assignment costs about the same.

    Among unmatched detections only those of a high score count as alternatives: one of low score
    is more often a moving sleeve than a second person.
    """
    rows, columns = {row for row, _ in pairs}, {column for _, column in pairs}
    free_rows = [row for row in range(costs.shape[0]) if row not in rows]
    free_columns = [column for column in high if column not in columns]
    ambiguous: set[int] = set()
    for row, column in pairs:
        rivals = [
            costs[row, taken] + costs[other, column] - costs[other, taken]
            for other, taken in pairs
            if other != row
        ]
        rivals += costs[free_rows, column].tolist() + costs[row, free_columns].tolist()
        if rivals and min(rivals) - costs[row, column] < AMBIGUOUS:
            ambiguous.add(column)
    return ambiguous
