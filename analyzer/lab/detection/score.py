"""Detection metrics: precision and recall over scores, with intervals over scenes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analyzer.boxes import iou, shares_inside
from analyzer.types import Detection

MATCH_IOU: Final = 0.5
"""Least IoU of a detection with a box to be right (PASCAL VOC)."""

_INSIDE_IGNORED = 0.5
_RESAMPLES = 500

ANY_SIZE: Final = (0.0, float("inf"))


@dataclass(frozen=True, slots=True)
class Truth:
    """Ground truth of one kind on one frame: boxes (N, 4) to be found, and ignored ones."""

    scene: str
    wanted: NDArray[np.float32]
    ignored: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ScoredBoxes:
    """Detections of one kind on one frame: boxes (N, 4) and scores (N,)."""

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]


def scored_boxes(detections: Sequence[Detection], kind: str) -> ScoredBoxes:
    """Return the detections of one kind as arrays."""
    own = [d for d in detections if d.kind == kind]
    boxes = [(d.box.x, d.box.y, d.box.w, d.box.h) for d in own]
    scores = np.array([d.score for d in own], np.float32)
    return ScoredBoxes(np.array(boxes, np.float32).reshape(-1, 4), scores)


@dataclass(frozen=True, slots=True)
class FrameMatches:
    """Matched frame: scores and correctness (N,) of detections, and the number of boxes."""

    scene: str
    scores: NDArray[np.float32]
    right: NDArray[np.bool_]
    wanted: int


def judge(truth: Truth, found: ScoredBoxes, sizes: tuple[float, float] = ANY_SIZE) -> FrameMatches:
    """Match greedily by score; each box is matched once, a second detection of it is wrong.

    With ``sizes`` only boxes with a height in px in [low, high) count: others, and unmatched
    detections of other heights, are ignored. A detection half inside an ignored box is ignored.
    """
    low, high = sizes
    counts = (truth.wanted[:, 3] >= low) & (truth.wanted[:, 3] < high)
    taken = np.zeros(len(truth.wanted), bool)
    scores, right = [], []
    for index in np.argsort(-found.scores, kind="stable"):
        box = found.boxes[index]
        near = np.where(taken, 0, iou(box[None], truth.wanted)[0]) if len(taken) else np.zeros(0)
        best = int(near.argmax()) if len(near) else -1
        if best >= 0 and near[best] >= MATCH_IOU:
            taken[best] = True
            if counts[best]:
                scores.append(found.scores[index])
                right.append(True)
        elif low <= box[3] < high and not _passed_over(box, truth.ignored):
            scores.append(found.scores[index])
            right.append(False)
    return FrameMatches(
        truth.scene, np.array(scores, np.float32), np.array(right, bool), int(counts.sum())
    )


def _passed_over(box: NDArray[np.float32], ignored: NDArray[np.float32]) -> bool:
    return bool((shares_inside(box[None], ignored) >= _INSIDE_IGNORED).any())


@dataclass(frozen=True, slots=True)
class Curve:
    """Precision and recall (N,) at falling ``scores`` (N,); ``wanted`` is the number of boxes."""

    scores: NDArray[np.float32]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    wanted: int

    def average_precision(self) -> float:
        """Return the area under the monotone precision curve (PASCAL VOC 2010); 0 if empty."""
        falling = np.maximum.accumulate(self.precision[::-1])[::-1]
        steps = np.diff(np.concatenate(([0.0], self.recall)))
        return float((falling * steps).sum())

    def at_precision(self, least: float) -> tuple[float, float | None]:
        """Return the highest recall at a precision of at least ``least``, and its score."""
        good = np.flatnonzero(self.precision >= least)
        if not len(good):
            return 0.0, None
        return float(self.recall[good[-1]]), float(self.scores[good[-1]])


def curve(frames: Sequence[FrameMatches]) -> Curve:
    """Return the curve over all frames; equal scores are one step."""
    scores = np.concatenate([frame.scores for frame in frames] or [np.zeros(0, np.float32)])
    right = np.concatenate([frame.right for frame in frames] or [np.zeros(0, bool)])
    wanted = sum(frame.wanted for frame in frames)
    order = np.argsort(-scores, kind="stable")
    scores, hits = scores[order], np.cumsum(right[order])
    last = np.append(scores[1:] != scores[:-1], True)[: len(scores)]
    total = np.arange(1, len(scores) + 1)
    precision, recall = hits / np.maximum(total, 1), hits / max(wanted, 1)
    return Curve(scores[last], precision[last], recall[last], wanted)


def figures(
    frames: Sequence[FrameMatches], precisions: Sequence[float], seed: int = 0
) -> dict[str, Any]:
    """Return average precision and recall at ``precisions`` with 95 % intervals over scenes.

    The intervals are bootstrap percentiles over scenes (Efron 1979).
    """
    groups: dict[str, list[FrameMatches]] = {}
    for frame in frames:
        groups.setdefault(frame.scene, []).append(frame)
    parts = list(groups.values())
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(_RESAMPLES):
        chosen = [f for place in rng.integers(len(parts), size=len(parts)) for f in parts[place]]
        drawn.append(_values(curve(chosen), precisions))
    ends = np.percentile(np.array(drawn), (2.5, 97.5), axis=0).round(4).T.tolist()
    whole = curve(frames)
    values = _values(whole, precisions)
    result = {"n": whole.wanted, "ap": round(values[0], 4), "ci95": ends[0]}
    for place, least in enumerate(precisions, 1):
        recall, score = whole.at_precision(least)
        name = f"p{round(100 * least)}"
        result |= {
            f"recall_at_{name}": round(recall, 4),
            f"recall_at_{name}_ci95": ends[place],
            f"found_at_{name}": round(recall * whole.wanted),
            f"score_at_{name}": None if score is None else round(score, 4),
        }
    return result


def _values(one: Curve, precisions: Sequence[float]) -> list[float]:
    return [one.average_precision(), *(one.at_precision(p)[0] for p in precisions)]
