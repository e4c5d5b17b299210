"""Several answers about one picture as one: weighted boxes fusion (Solovyev et al. 2021)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analyzer.boxes import iou
from analyzer.lab.detection.score import ScoredBoxes

SAME_IOU: Final = 0.55


def fused(looks: Sequence[ScoredBoxes]) -> ScoredBoxes:
    """Return one answer: boxes are means weighted by score, a box takes at most one of each look.

    A score is the mean over all looks, where those that saw nothing count 0.
    """
    rows = [(score, number, box) for number, look in enumerate(looks)
            for box, score in zip(look.boxes, look.scores, strict=True)]  # fmt: skip
    rows.sort(key=lambda row: -row[0])
    clusters: list[dict[int, tuple[float, NDArray[np.float32]]]] = []
    means = np.zeros((0, 4), np.float32)
    for score, number, box in rows:
        near = iou(box[None], means)[0]
        best = int(near.argmax()) if len(near) else -1
        if best >= 0 and near[best] >= SAME_IOU and number not in clusters[best]:
            clusters[best][number] = score, box
            members = clusters[best].values()
            means[best] = np.average([b for _, b in members], 0, [s for s, _ in members])
        else:
            clusters.append({number: (score, box)})
            means = np.concatenate((means, box[None]))
    scores = [sum(score for score, _ in one.values()) / len(looks) for one in clusters]
    return ScoredBoxes(means, np.array(scores, np.float32))
