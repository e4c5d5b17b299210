"""Detections on the watched places: what chooses weights and calibrates scores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from analyzer.detection.yolox import YoloxDetector
from analyzer.imaging import fit_width
from analyzer.lab.detection import score
from analyzer.lab.detection.sources import Picture
from analyzer.lab.detection.store import Store

_WIDTH: Final = 640
"""As in a run."""

_EACH: Final = 60


def some(watched: Sequence[Picture]) -> list[Picture]:
    """Return some pictures of each watched collection, the same ones every time."""
    groups: dict[str, list[Picture]] = defaultdict(list)
    for one in sorted(watched, key=lambda picture: picture.key):
        groups[one.collection].append(one)
    return [one for own in groups.values() for one in own[:_EACH]]


def judged_on(detector: YoloxDetector, store: Store) -> dict[str, list[score.FrameMatches]]:
    """Return what ``detector`` finds on every picture of ``store`` against its labels.

    By collection; boxes that are not sure are ignored.
    """
    judged: dict[str, list[score.FrameMatches]] = defaultdict(list)
    for number, one in enumerate(store.pictures):
        bgr, labels = store.read(number)
        small = fit_width(bgr, _WIDTH)
        boxes, sure = labels.boxes * np.float32(small.shape[1] / bgr.shape[1]), labels.sure
        truth = score.Truth(one.place, boxes[sure], boxes[~sure])
        found = score.scored_boxes(detector.detect(small, ()), "person")
        judged[one.collection].append(score.judge(truth, found))
    return judged


def average_precisions(judged: dict[str, list[score.FrameMatches]]) -> dict[str, float]:
    """Return by collection its average precision."""
    return {name: score.curve(own).average_precision() for name, own in judged.items()}
