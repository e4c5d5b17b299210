"""Tracking of a real scene must not get worse unseen.

PETS09-S2L1 (pets_vtest.mp4), the public detector boxes in pets_det.txt: MOT layout (frame from 1,
-1, x, y, w, h, score, ...) in 768 × 576 coordinates, the video is 480 × 360 at 10 frames a second.
"""

from __future__ import annotations

import csv
from collections import defaultdict

import pytest

from analyzer.config_detection import TrackingSettings
from analyzer.tracking.gaps import join_over_gaps
from analyzer.tracking.tracker import Tracker
from analyzer.types import Box, Detection, Moment, PersonDetection, Tracklet
from tests.places import DATA, needs_data

BOXES = DATA / "footage" / "pets_det.txt"
SCALE = 0.625
FRAMES, FPS = 795, 10

GOLDEN = {
    # every Nth frame: tracklets, mean detections a tracklet, ends away from the border, share of
    # detections that became part of a tracklet, tracks after joining over gaps; boxes only, no
    # appearance. 2026-11-28.
    1: (99, 43.5, 79, 0.987, 37),
    2: (65, 33.0, 45, 0.986, 35),
    4: (70, 14.9, 53, 0.96, 28),
}


def public_boxes() -> dict[int, list[PersonDetection]]:
    """Return the detections of each frame, in pixels of the video."""
    frames: dict[int, list[PersonDetection]] = defaultdict(list)
    with BOXES.open(newline="") as lines:
        for row in csv.reader(lines):
            x, y, w, h, score = (float(value) for value in row[2:7])
            found = Detection(Box(x, y, w, h).scaled(SCALE), score, "person")
            frames[int(row[0])].append(PersonDetection(None, found))
    return frames


def ends_inside(tracklet: Tracklet) -> bool:
    """Return whether the last box touches neither a border nor the end of the video."""
    last = tracklet.observations[-1]
    assert last.body is not None
    box = last.body.box
    return box.x > 12 and box.x2 < 468 and box.y2 < 350 and last.moment.pts < FRAMES - 5


@needs_data
@pytest.mark.parametrize("step", list(GOLDEN))
def test_tracking_of_pets_is_as_good_as_it_was(step: int) -> None:
    frames = public_boxes()
    tracker = Tracker(TrackingSettings())
    for frame in range(1, FRAMES + 1, step):
        tracker.update(Moment(frame, (frame - 1) / FPS), frames[frame])
    tracklets = tracker.finish()
    lengths = [len(tracklet.observations) for tracklet in tracklets]
    seen = sum(len(frames[frame]) for frame in range(1, FRAMES + 1, step))
    number, mean, broken, covered, joined = GOLDEN[step]
    measured = (len(lengths), sum(lengths) / len(lengths), sum(map(ends_inside, tracklets)))
    assert measured[0] == pytest.approx(number, rel=0.15), measured
    assert measured[1] == pytest.approx(mean, rel=0.15), measured
    assert measured[2] <= broken * 1.15, measured
    assert sum(lengths) / seen >= covered - 0.01, sum(lengths) / seen
    assert len(join_over_gaps(tracklets)) <= joined * 1.1, len(join_over_gaps(tracklets))
