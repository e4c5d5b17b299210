"""Multi-object tracker: detected people, frame by frame, into tracklets.

It touches no files and no models.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analyzer.config_detection import TrackingSettings
from analyzer.tracking.association import (
    DUPLICATE_IOU,
    KINDS,
    as_arrays,
    associate,
    box_rows_or_nan,
    is_cut,
    is_part,
    score,
    without_duplicates,
)
from analyzer.tracking.cost import Expected
from analyzer.tracking.track_state import LiveTrack
from analyzer.types import Box, Detection, Kind, Moment, PersonDetection, Tracklet

_INSIDE = 0.9
"""Least share of a moving region inside a box for the region to count as inside."""

_POSTURE_HISTORY, _POSTURE_CHANGE = 5, 0.4
"""Number of observations (one second, the memory of the appearance), and the change of log aspect
ratio over them that counts as a change of posture, with which appearance changes too. Falls of
GMDCSA24 reach 0.8 within a second."""

_RECENT_STEPS = 5
"""Number of steps whose median is the distance of samples now: recorders slow down while little
moves, and one long step is no new rate."""

_SMALL_MOVEMENT = 0.2
"""Largest share of a box that may move while the person in it stays in place."""


class Tracker:
    """Follows people through one segment.

    Two-stage association as in ByteTrack (Zhang et al. 2022): detections of high score first, then
    those of low score, which may continue a track but never begin one. The cost combines overlap,
    distance and appearance (``cost``); the assignment is optimal (Hungarian). A tracklet ends when
    it is unseen for ``lost_s`` during which something moved there, when its continuation is
    ambiguous, or when the same place suddenly looks different (a cut).
    """

    def __init__(self, settings: TrackingSettings) -> None:
        """Start without tracks."""
        self._settings = settings
        self._live: list[LiveTrack] = []
        self._ended: list[LiveTrack] = []
        self._next_number = 1
        self._t: float | None = None
        self._steps: deque[float] = deque(maxlen=_RECENT_STEPS)
        self._cut = False
        self._lone: set[int] = set()

    @property
    def busy(self) -> bool:
        """Whether a track is live: seen now, or within ``lost_s``."""
        return bool(self._live)

    def update(
        self,
        moment: Moment,
        detections: Sequence[PersonDetection],
        moved: Sequence[Box] | None = None,
    ) -> list[int | None]:
        """Process one examined frame; return the tracklet number of each detection, aligned.

        A number is None if the detection duplicates another one, or has a low score and continues
        no track. ``moved`` are the regions in which something moved, if known: a track that none of
        them touches is held although no detector found it. Numbers count from 1 in order of first
        appearance and belong to this tracker. Raises ValueError when time does not advance.
        """
        dt = self._advance(moment)
        for track in self._live:
            track.predict(moment.t)
        self._retire()
        numbers: list[int | None] = [None] * len(detections)
        candidates = without_duplicates(detections)
        high = [i for i in candidates if score(detections[i]) >= self._settings.high_score]
        tracks = list(self._live)
        rows, ambiguous = associate(_expected(tracks), as_arrays(detections), high, candidates)
        pairs = [(tracks[row], column) for row, column in rows]
        unmatched = [track for track in tracks if track not in [seen for seen, _ in pairs]]
        self._absorb(unmatched, pairs, detections)
        self._continue(moment, pairs, ambiguous, detections, numbers)
        for track in unmatched:
            still = track.resting and moved is not None and not _touched(track, moved)
            if track in self._live and still:
                track.undo_aging(moment, dt)
        self._begin(moment, detections, high, numbers)
        return numbers

    def hold(self, moment: Moment) -> None:
        """Process a frame in which nothing moved: live tracks stay and do not age.

        Raises ValueError when time does not advance.
        """
        self._advance(moment)
        for track in self._live:
            track.hold(moment)

    def cut(self, lone: bool = False) -> None:
        """End all tracks: what follows is not a continuation, as after a pause of the recorder.

        ``lone`` says that there was a single picture since the last cut, or the beginning: one
        detection then makes a track.
        """
        if lone:
            self._lone |= {track.number for track in self._live}
        self._end(list(self._live))
        self._cut = True

    def finish(self, lone: bool = False) -> tuple[Tracklet, ...]:
        """Return the tracklets with enough detections, by number; the tracker is then empty.

        ``lone`` is as for ``cut``.
        """
        self.cut(lone)
        least = self._settings.min_hits
        kept = [t for t in self._ended if t.hits >= least or t.number in self._lone]
        self._ended = []
        kept.sort(key=lambda track: track.number)
        return tuple(
            Tracklet(track.number, tuple(track.observations), looks=track.looks) for track in kept
        )

    def _advance(self, moment: Moment) -> float:
        if self._t is not None and moment.t <= self._t:
            raise ValueError(f"expected a moment after t = {self._t}, got t = {moment.t}")
        dt = 0.0 if self._t is None else moment.t - self._t
        if self._t is not None and not self._cut:
            self._steps.append(dt)
        self._t, self._cut = moment.t, False
        return dt

    def _retire(self) -> None:
        """End the tracks that were unseen for too long; one missed sample never ends a track."""
        limit = self._settings.lost_s
        if self._steps:
            limit = max(limit, 2 * float(np.median(self._steps)))
        for track in self._live:
            track.forget_stale(limit)
        self._end([track for track in self._live if track.unseen_s > limit + 1e-6])

    def _end(self, tracks: Sequence[LiveTrack]) -> None:
        self._ended.extend(tracks)
        self._live = [track for track in self._live if track not in tracks]

    def _absorb(
        self,
        unmatched: Sequence[LiveTrack],
        pairs: Sequence[tuple[LiveTrack, int]],
        detections: Sequence[PersonDetection],
    ) -> None:
        """End an unmatched track that turns out to be the face, or the body, of a matched one.

        A person whose face and body were first tracked separately has two tracks until both boxes
        are paired in one detection. A track with both kinds is never ended in this way: that person
        may be hidden behind the other.
        """
        for track, i in pairs:
            for part in (detections[i].body, detections[i].face):
                if part is not None and track.box(part.kind) is None:
                    self._end([t for t in unmatched if _only_knows(t, part)])

    def _continue(
        self,
        moment: Moment,
        pairs: Sequence[tuple[LiveTrack, int]],
        ambiguous: set[int],
        detections: Sequence[PersonDetection],
        numbers: list[int | None],
    ) -> None:
        """Update each track with its detection, or end the track if the pair is ambiguous."""
        for track, i in pairs:
            other = is_cut(track.appearance, detections[i].appearance) and not _changes_posture(
                track, detections[i]
            )
            if i in ambiguous or other:
                self._end([track])
            else:
                track.see(moment, detections[i])
                numbers[i] = track.number

    def _begin(
        self,
        moment: Moment,
        detections: Sequence[PersonDetection],
        high: Sequence[int],
        numbers: list[int | None],
    ) -> None:
        """Begin tracks with the unmatched detections of high score that are no parts of others."""
        for i in high:
            if numbers[i] is None and not any(is_part(detections[i], d) for d in detections):
                self._live.append(LiveTrack(self._next_number, moment, detections[i]))
                numbers[i] = self._next_number
                self._next_number += 1


def _changes_posture(track: LiveTrack, detection: PersonDetection) -> bool:
    """Return whether the body changes its shape, as in a fall: its appearance changes with it."""
    before = [o.body.box for o in track.observations[-_POSTURE_HISTORY:] if o.body is not None]
    if detection.body is None or not before:
        return False
    aspects = [box.w / max(box.h, 1e-6) for box in before]
    box = detection.body.box
    return float(np.log(box.w / max(box.h, 1e-6) / np.median(aspects))) > _POSTURE_CHANGE


def _only_knows(track: LiveTrack, detection: Detection) -> bool:
    """Return whether ``track`` knows no other box than that of ``detection``."""
    others = [kind for kind in KINDS if kind != detection.kind and track.box(kind) is not None]
    box = track.box(detection.kind)
    return not others and box is not None and box.iou(detection.box) > DUPLICATE_IOU


def _touched(track: LiveTrack, moved: Sequence[Box]) -> bool:
    """Return whether something moved across the border of a box of ``track``."""
    boxes = [box for kind in KINDS if (box := track.box(kind)) is not None]
    return any(_crosses(region, box) for box in boxes for region in moved)


def _crosses(region: Box, box: Box) -> bool:
    """Return whether ``region`` overlaps ``box`` and is more than a small movement inside it.

    A person who leaves moves across the border of the box; one who lies or sits moves a hand.
    """
    both = region.shared(box)
    if both == 0:
        return False
    return both < _INSIDE * region.area or region.area > _SMALL_MOVEMENT * box.area


def _expected(tracks: Sequence[LiveTrack]) -> Expected:
    return Expected(
        {kind: box_rows_or_nan([track.box(kind) for track in tracks]) for kind in KINDS},
        {kind: _spreads(tracks, kind) for kind in KINDS},
        [track.appearance for track in tracks],
    )


def _spreads(tracks: Sequence[LiveTrack], kind: Kind) -> NDArray[np.float64]:
    rows = [(np.nan,) * 2 if track.box(kind) is None else track.spread(kind) for track in tracks]
    return np.array(rows, dtype=np.float64).reshape(-1, 2)
