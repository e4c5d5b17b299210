"""Person detector without a model file: moving regions as proposals, confirmed by HOG."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.types import Box, Detection

_HOG_PERSON_PX = 96
"""Height of the person inside HOG's window of 64 × 128 px (Dalal and Triggs 2005: 16 px margin)."""

_MARGIN = 0.35
"""Share of a proposal's height added on each side: a walker's moving parts seldom hold the head."""

_MIN_HEIGHT_PX = 24
_ASPECT = (0.15, 0.7)
"""Width over height of an upright person's moving region; wider ones were pairs and shadows."""

_FALLEN_ASPECT = (1.1, 4.0)
"""Width over height of a person who falls or lies; two people side by side are narrower."""

_MOST_OF_PICTURE = 0.5
"""A moving region over this share of the picture is the light or the camera, not a person."""

_UNCONFIRMED = 0.5
"""Score of a proposal that HOG did not confirm: below what may begin a track, so that it only
carries on one that a confirmation or a face has begun."""


class MotionHogDetector:
    """Moving regions as proposals, OpenCV's HOG person detector to confirm them."""

    def __init__(self, min_score: float) -> None:
        """Report detections of at least ``min_score``."""
        self._hog = cv2.HOGDescriptor()
        self._hog.setSVMDetector(np.asarray(cv2.HOGDescriptor.getDefaultPeopleDetector()))
        self._min_score = min_score

    def detect(self, bgr: NDArray[np.uint8], regions: Sequence[Box]) -> list[Detection]:
        """Return the people of ``bgr``, uint8 (H, W, 3), proposed by the moving ``regions``."""
        found: list[Detection] = []
        for proposal in merge_regions(regions):
            if proposal.h < _MIN_HEIGHT_PX:
                continue
            confirmed = self._confirm(bgr, proposal)
            if not confirmed and _may_be_person(proposal, bgr.shape[0] * bgr.shape[1]):
                confirmed = [Detection(proposal, _UNCONFIRMED, "person")]
            found.extend(confirmed)
        return _distinct([d for d in found if d.score >= self._min_score])

    def _confirm(self, bgr: NDArray[np.uint8], proposal: Box) -> list[Detection]:
        """Return what HOG finds in the enlarged proposal, looked at in about its own size only.

        The crop is resized so that the proposal is as high as the person in HOG's window; a few
        scales around that cover a proposal that holds only a part, or a group. On the whole frame
        HOG costs ten times as much and finds mostly masts and doors.
        """
        around = _enlarged(proposal).clipped(bgr.shape[1], bgr.shape[0])
        x, y, x2, y2 = (round(v) for v in (around.x, around.y, around.x2, around.y2))
        factor = _HOG_PERSON_PX * 1.25 / proposal.h
        size = (round((x2 - x) * factor), round((y2 - y) * factor))
        if size[0] < 64 or size[1] < 128:
            size = (max(size[0], 64), max(size[1], 128))
        crop = cv2.resize(bgr[y:y2, x:x2], size)
        windows, weights = self._hog.detectMultiScale(
            crop, hitThreshold=0.0, winStride=(8, 8), padding=(0, 0), scale=1.12
        )
        fx, fy = (x2 - x) / size[0], (y2 - y) / size[1]
        found = []
        for (left, top, w, h), weight in zip(windows, np.ravel(weights), strict=True):
            box = _person_of(Box(x + left * fx, y + top * fy, w * fx, h * fy))
            found.append(Detection(box, _score(float(weight)), "person"))
        return found


def _may_be_person(proposal: Box, picture_px: int) -> bool:
    if proposal.area > _MOST_OF_PICTURE * picture_px:
        return False
    aspect = proposal.w / proposal.h
    return any(low <= aspect <= high for low, high in (_ASPECT, _FALLEN_ASPECT))


def merge_regions(regions: Sequence[Box]) -> list[Box]:
    """Return upright proposals: regions one above the other joined, as a head above its legs.

    Two regions join when they overlap across by half of the narrower one and the gap between them
    is less than half of the taller one's height, and the result still stands upright.
    """
    merged = sorted(regions, key=lambda box: (box.x, box.y, box.w, box.h))
    i = 0
    while i < len(merged):
        j = next((j for j in range(i + 1, len(merged)) if _belong(merged[i], merged[j])), None)
        if j is None:
            i += 1
            continue
        merged[i] = merged[i].union(merged.pop(j))
        # Those before it belonged to nothing, but may belong to the one that grew.
        while (k := next((k for k in range(i) if _belong(merged[k], merged[i])), None)) is not None:
            merged[k] = merged[k].union(merged.pop(i))
            i = k
    return merged


def _belong(a: Box, b: Box) -> bool:
    # The cheapest test first: most pairs stand beside each other.
    across = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    if across <= 0.5 * min(a.w, b.w):
        return False
    gap = max(a.y, b.y) - min(a.y2, b.y2)
    if gap >= 0.5 * max(a.h, b.h):
        return False
    both = a.union(b)
    return both.w <= 1.2 * both.h


def _enlarged(box: Box) -> Box:
    margin = _MARGIN * box.h
    # A window is half as wide as high: even a narrow proposal needs room for one.
    across = max(margin, (0.5 * (box.h + 2 * margin) - box.w) / 2)
    return Box(box.x - across, box.y - margin, box.w + 2 * across, box.h + 2 * margin)


def _person_of(window: Box) -> Box:
    """Return the person inside a HOG window, which has a margin on every side."""
    return Box(
        window.x + 0.22 * window.w, window.y + 0.11 * window.h, 0.56 * window.w, 0.78 * window.h
    )


def _score(weight: float) -> float:
    """Return the margin of the support vector machine as a score in [0, 1]."""
    return float(1 / (1 + np.exp(-2.0 * (weight - 0.1))))


def _distinct(found: Sequence[Detection]) -> list[Detection]:
    """Return the best of each set of boxes that overlap or hold one another."""
    kept: list[Detection] = []
    for one in sorted(found, key=lambda d: (-d.score, d.box.x, d.box.y)):
        if all(one.box.inside(other.box) < 0.6 for other in kept):
            kept.append(one)
    return kept
