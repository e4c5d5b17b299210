"""SORT, ByteTrack and OC-SORT of the package ``trackers``, on the boxes that our tracker is given.

The package is for judging only: nothing else of the program imports it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from analyzer.boxes import box_rows
from analyzer.errors import AnalyzerError
from analyzer.lab.tracking.metrics import IdentifiedBoxes
from analyzer.lab.tracking.sampled import SampledFrame

BASELINES: Final = {
    "SORT": "SORTTracker",
    "ByteTrack": "ByteTrackTracker",
    "OC-SORT": "OCSORTTracker",
}

LEAST_SCORES: Final = (0.15, 0.3, 0.45, 0.6)
"""Least scores of the boxes that a baseline is given; the best of them counts, in its favour."""

MISSING: Final = (
    "SORT, ByteTrack and OC-SORT are left out: the package trackers is not installed; "
    "docs/tracking.md says how"
)


def available() -> bool:
    """Return whether the package can be imported."""
    try:
        _library()
    except AnalyzerError:
        return False
    return True


def follow(
    name: str, frames: Sequence[SampledFrame], least: float, fps: float
) -> list[IdentifiedBoxes]:
    """Return the tracks of the baseline ``name``, a key of BASELINES, frame by frame.

    It has the settings of the package, for ``fps`` pictures per second, and is given the boxes of
    bodies with a score of at least ``least``; where nothing moved, those of the frame before.
    Raises AnalyzerError if the package is not installed.
    """
    library, detections = _library()
    tracker = getattr(library, BASELINES[name])(frame_rate=fps)
    tracked, bodies = [], []
    for frame in frames:
        if frame.people is not None:
            found = [p.body for p in frame.people if p.body is not None]
            bodies = [body for body in found if body.score >= least]
        rows = box_rows(bodies)
        given = detections(
            xyxy=np.concatenate((rows[:, :2], rows[:, :2] + rows[:, 2:]), axis=1),
            confidence=np.array([body.score for body in bodies], np.float32),
            class_id=np.zeros(len(bodies), np.int64),
        )
        tracked.append(_identified(tracker.update(given)))
    return tracked


def _identified(answer: Any) -> IdentifiedBoxes:
    """Return the boxes that have a track; the package marks the others by -1."""
    if not len(answer):
        return IdentifiedBoxes(np.empty(0, np.int64), np.empty((0, 4)))
    ids = np.asarray(answer.tracker_id, np.int64)
    corners = np.asarray(answer.xyxy, np.float64)[ids >= 0]
    boxes = np.concatenate((corners[:, :2], corners[:, 2:] - corners[:, :2]), axis=1)
    return IdentifiedBoxes(ids[ids >= 0], boxes)


def _library() -> tuple[Any, Any]:
    try:
        import supervision
        import trackers
    except ImportError as error:
        raise AnalyzerError(MISSING) from error
    return trackers, supervision.Detections
