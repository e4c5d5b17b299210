"""Labels of a training picture: its own boxes and the teachers' fused answers as one.

Boxes of its own are sure. Where they are nearly complete, a teacher's box that none of them
explains is sure only if every look believed it; a doubtful one is ignored. Where nobody labelled,
the fused answer decides alone: believed, ignored or nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analyzer.boxes import iou, shares_inside
from analyzer.lab.detection.fusion import fused
from analyzer.lab.detection.score import ScoredBoxes
from analyzer.lab.detection.sources import Picture

_SURE: Final = 0.42
_SURE_BESIDE_OWN: Final = 0.65
_DOUBTFUL: Final = 0.15
"""Least mean scores over all looks."""

_EXPLAINED_IOU: Final = 0.4
_EXPLAINED_INSIDE: Final = 0.75


@dataclass(frozen=True, slots=True)
class Labels:
    """People as boxes (N, 4) x, y, w, h in px; those not ``sure`` (N,) are ignored.

    ``known`` is whether anybody, or any teacher, looked for people at all.
    """

    boxes: NDArray[np.float32]
    sure: NDArray[np.bool_]
    known: bool = True


def labels_of(picture: Picture, looks: Sequence[ScoredBoxes]) -> Labels:
    """Return the labels of ``picture``, of whose people ``looks`` are the teachers' answers."""
    own = np.array(picture.people or [], np.float32).reshape(-1, 4)
    known = picture.complete or bool(looks)
    if not looks:
        return Labels(own, np.ones(len(own), bool), known)
    found = fused(looks)
    explained = (iou(found.boxes, own) > _EXPLAINED_IOU).any(1)
    if picture.complete:
        explained |= (shares_inside(found.boxes, own) > _EXPLAINED_INSIDE).any(1)
    kept = ~explained & (found.scores >= _DOUBTFUL)
    least = _SURE_BESIDE_OWN if picture.complete else _SURE
    sure = np.concatenate((np.ones(len(own), bool), found.scores[kept] >= least))
    return Labels(np.concatenate((own, found.boxes[kept])), sure, known)
