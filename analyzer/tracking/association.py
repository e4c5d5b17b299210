"""Data association of detected people with tracks, in two stages (Zhang et al. 2022). Pure.

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

DOUBLE_IOU = 0.6
"""Two boxes of one kind that overlap by more are one person found twice (detectors already drop
their own doubles, at 0.3 to 0.5; what is left comes from two proposals)."""

AMBIGUOUS = 0.03
"""Two ways of continuing whose total costs differ by less are not told apart: both tracks end. On
PETS09-S2L1 at 5 samples a second this ends 19 tracks in 80 s."""

CUT_SIMILARITY = 0.55
"""Below this inner product the same place shows somebody else. On PETS09-S2L1 one person is above
it from sample to sample in 99 cases of 100 (median 0.96); two different people have a median of
0.69."""

RUN_GATE, RUN_SIMILARITY = 8.0, 0.8
"""Standard deviations and least inner product of looks within which somebody whom nothing else
explains may have run: 5.6 body heights a second for whoever was just first seen."""

Look = NDArray[np.float32]


def associate(
    expected: Expected, detected: DetectionArrays, high: Sequence[int], candidates: Sequence[int]
) -> tuple[list[tuple[int, int]], set[int]]:
    """Return pairs (track row, detection), and the detections whose pair another explains as well.

    ``candidates`` are the detections that count, ``high`` those of them with a high score: they
    choose their tracks first, the others take what is left (ByteTrack, Zhang et al. 2022). Each
    stage is the Hungarian optimum. At last whoever is left alone may have run.
    """
    costs = association_costs(expected, detected)
    pairs = _matched(costs, range(costs.shape[0]), high)
    used = {row for row, _ in pairs}
    left = [row for row in range(costs.shape[0]) if row not in used]
    pairs += _matched(costs, left, [i for i in candidates if i not in high])
    doubtful = _doubtful(costs, pairs, high)
    return pairs + _ran(expected, detected, pairs, high), doubtful


def is_cut(remembered: Look | None, seen: Look | None) -> bool:
    """Return whether two appearances at one place are of two people."""
    if remembered is None or seen is None:
        return False
    return float(remembered @ seen) < CUT_SIMILARITY


def score(detection: PersonDetection) -> float:
    """Return the better score of face and body."""
    return max(part.score for part in (detection.face, detection.body) if part is not None)


def without_doubles(detections: Sequence[PersonDetection]) -> list[int]:
    """Return the indexes of the detections that are not the same person found once more."""
    if not detections:
        return []
    boxes = as_arrays(detections).boxes
    double = np.zeros((len(detections), len(detections)), dtype=bool)
    for kind in KINDS:
        double |= overlaps(boxes[kind], boxes[kind]) > DOUBLE_IOU

    def worth(i: int) -> tuple[bool, float, int]:
        """Order the richer detection first, then the surer one."""
        return detections[i].face is None or detections[i].body is None, -score(detections[i]), i

    kept: list[int] = []
    for i in sorted(range(len(detections)), key=worth):
        if not any(double[i, j] for j in kept):
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
    """Return float64 (N, 4) rows of x, y, w, h, of nan where there is no box."""
    rows = [(np.nan,) * 4 if box is None else (box.x, box.y, box.w, box.h) for box in boxes]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def _matched(
    costs: NDArray[np.float64], rows: Sequence[int], columns: Sequence[int]
) -> list[tuple[int, int]]:
    """Return the least costly pairs among ``rows`` and ``columns`` of ``costs``."""
    part = costs[np.ix_(list(rows), list(columns))]
    return [(rows[i], columns[j]) for i, j in assign(part)]


def _ran(
    expected: Expected,
    detected: DetectionArrays,
    pairs: Sequence[tuple[int, int]],
    high: Sequence[int],
) -> list[tuple[int, int]]:
    """Return pairs of tracks and detections left over that only a run explains, and nothing else.

    A runner covers more than his own height between two samples, further than the gate that keeps
    walkers in a crowd apart.
    """
    rows = [row for row in range(len(expected.looks)) if row not in {row for row, _ in pairs}]
    taken = {column for _, column in pairs}
    columns = [column for column in high if column not in taken]
    if not rows or not columns:
        return []
    possible = np.isfinite(association_costs(expected, detected, RUN_GATE))
    possible &= similarities(expected.looks, detected.looks) >= RUN_SIMILARITY
    left = possible[np.ix_(rows, columns)]
    alone = left & (left.sum(0) == 1) & (left.sum(1, keepdims=True) == 1)
    return [(rows[i], columns[j]) for i, j in np.argwhere(alone).tolist()]


def _doubtful(
    costs: NDArray[np.float64], pairs: Sequence[tuple[int, int]], high: Sequence[int]
) -> set[int]:
    """Return the columns of pairs that another way of pairing would explain about as well.

    Of the detections left over only those of a high score are rivals: a faint one is more often a
    moving sleeve than a second person.
    """
    rows, columns = {row for row, _ in pairs}, {column for _, column in pairs}
    free_rows = [row for row in range(costs.shape[0]) if row not in rows]
    free_columns = [column for column in high if column not in columns]
    doubtful: set[int] = set()
    for row, column in pairs:
        rivals = [
            costs[row, taken] + costs[other, column] - costs[other, taken]
            for other, taken in pairs
            if other != row
        ]
        rivals += costs[free_rows, column].tolist() + costs[row, free_columns].tolist()
        if rivals and min(rivals) - costs[row, column] < AMBIGUOUS:
            doubtful.add(column)
    return doubtful
