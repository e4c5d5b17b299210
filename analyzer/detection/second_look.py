"""Second look at one body: the detector of people on enlarged parts of the picture around it."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.detection.protocol import Detector
from analyzer.types import Box

_SHARES: Final = (0.3, 0.5, 0.75)
"""Shares of a part's side that the longer side of the box takes."""

_SIDE_PX: Final = 320
"""Longer side of what the detector sees. At 192 px people and things are told apart less well."""

_SAME_IOU: Final = 0.45
"""Overlap from which on what is found is the box that was asked about."""


def second_score(bgr: NDArray[np.uint8], box: Box, detector: Detector) -> float:
    """Return how sure ``detector`` is, in [0, 1], that ``box`` in ``bgr`` shows a person.

    The mean of its best scores for the box in three parts of ``bgr``, uint8 (H, W, 3): from its
    wide surroundings to little more than itself. A mannequin or a sign has the outline of a person
    at one scale; a person is one at all of them.
    """
    return float(np.mean([_score(bgr, box, share, detector) for share in _SHARES]))


def _score(bgr: NDArray[np.uint8], box: Box, share: float, detector: Detector) -> float:
    half = max(box.w, box.h) / share / 2
    x, y = box.centre
    left, top = max(int(x - half), 0), max(int(y - half), 0)
    part = bgr[top : int(y + half) + 1, left : int(x + half) + 1]
    factor = _SIDE_PX / max(part.shape[:2])
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    enlarged = np.asarray(cv2.resize(part, None, fx=factor, fy=factor, interpolation=way), np.uint8)
    wanted = Box(box.x - left, box.y - top, box.w, box.h).scaled(factor)
    found = detector.detect(enlarged)
    same = [d.score for d in found if d.kind == "person" and d.box.iou(wanted) > _SAME_IOU]
    return max(same, default=0.0)
