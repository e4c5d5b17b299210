"""Multi-object tracker: detected people, frame by frame, into tracklets. Pure.

It touches no files and no models.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analyzer.config import TrackingSettings
from analyzer.tracking.association import (
    DOUBLE_IOU,
    KINDS,
    as_arrays,
    associate,
    box_rows_or_nan,
    is_cut,
    score,
    without_doubles,
)
from analyzer.tracking.cost import Expected
from analyzer.tracking.track_state import LiveTrack
from analyzer.types import Box, Detection, Kind, Moment, PersonDetection, Tracklet

_INSIDE = 0.9
"""Share of a moving region that lies inside a box, beyond which it counts as inside."""

_LATELY, _BENT = 5, 0.4
"""So many observations ago (one second, what the look remembers) the body was narrower by so much,
in log units: the look changes with the posture. Falls of GMDCSA24 reach 0.8 within a second."""

_FIDGET = 0.2
"""Largest share of a box that moves while the person in it stays where he is."""


class Tracker:
    """Follows people through one segment.

    Two-stage association as in ByteTrack (Zhang et al. 2022): detections of high score first, then
    those of low score, which may carry a track on but never begin one. The cost is of overlap,
    distance and appearance (``cost``), the optimum Hungarian. A tracklet ends when it is unseen
    for ``lost_s`` of time in which something moved there, when it cannot be told which of two
    people goes on, or when the same place suddenly looks different (a cut).
    """

    def __init__(self, settings: TrackingSettings) -> None:
        """Begin with nobody in sight."""
        self._settings = settings
        self._live: list[LiveTrack] = []
        self._ended: list[LiveTrack] = []
        self._next_number = 1
        self._t: float | None = None
        self._shortest_step = np.inf

    @property
    def busy(self) -> bool:
        """Whether somebody is in sight, or was within ``lost_s``."""
        return bool(self._live)

    def update(
        self,
        moment: Moment,
        detections: Sequence[PersonDetection],
        moved: Sequence[Box] | None = None,
    ) -> list[int | None]:
        """Take in one examined frame; return the tracklet number of each detection, aligned.

        None says that the detection doubles another one, or is of low score and carries no track
        on. ``moved`` are the regions in which something moved, where that is known: a track that
        none of them touches is held although no detector found it. Numbers count from 1 in order
        of first sight and belong to this tracker. Raises ValueError when time does not advance.
        """
        dt = self._advance(moment)
        for track in self._live:
            track.predict(moment.t)
        self._retire()
        numbers: list[int | None] = [None] * len(detections)
        candidates = without_doubles(detections)
        high = [i for i in candidates if score(detections[i]) >= self._settings.high_score]
        tracks = list(self._live)
        rows, doubtful = associate(_expected(tracks), as_arrays(detections), high, candidates)
        pairs = [(tracks[row], column) for row, column in rows]
        unmatched = [track for track in tracks if track not in [seen for seen, _ in pairs]]
        self._absorb(unmatched, pairs, detections)
        self._continue(moment, pairs, doubtful, detections, numbers)
        for track in unmatched:
            if track in self._live and moved is not None and not _touched(track, moved):
                track.undo_aging(moment, dt)
        self._begin(moment, detections, high, numbers)
        return numbers

    def hold(self, moment: Moment) -> None:
        """Take in a frame in which nothing moved: live tracks stand and do not age.

        Raises ValueError when time does not advance.
        """
        self._advance(moment)
        for track in self._live:
            track.hold(moment)

    def cut(self) -> None:
        """End all tracks: what follows does not continue what was seen so far."""
        self._end(list(self._live))

    def finish(self) -> tuple[Tracklet, ...]:
        """Return the tracklets with enough detections, by number; the tracker is then empty."""
        self._ended.extend(self._live)
        self._live = []
        kept = [track for track in self._ended if track.hits >= self._settings.min_hits]
        self._ended = []
        kept.sort(key=lambda track: track.number)
        return tuple(Tracklet(track.number, tuple(track.observations)) for track in kept)

    def _advance(self, moment: Moment) -> float:
        if self._t is not None and moment.t <= self._t:
            raise ValueError(f"expected a moment after t = {self._t}, got t = {moment.t}")
        dt = 0.0 if self._t is None else moment.t - self._t
        if self._t is not None:
            self._shortest_step = min(self._shortest_step, dt)
        self._t = moment.t
        return dt

    def _retire(self) -> None:
        """End the tracks that were unseen for too long; one missed sample never ends a track."""
        limit = self._settings.lost_s
        if np.isfinite(self._shortest_step):
            limit = max(limit, 2 * self._shortest_step)
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
        """End the unseen track that turns out to be the face, or the body, of a seen one.

        Somebody first followed by the face and by the body apart has two tracks until both boxes
        are paired in one detection. A track with both kinds is never ended so: whoever stands where
        another is seen may be hidden behind.
        """
        for track, i in pairs:
            for part in (detections[i].body, detections[i].face):
                if part is not None and track.box(part.kind) is None:
                    self._end([t for t in unmatched if _only_knows(t, part)])

    def _continue(
        self,
        moment: Moment,
        pairs: Sequence[tuple[LiveTrack, int]],
        doubtful: set[int],
        detections: Sequence[PersonDetection],
        numbers: list[int | None],
    ) -> None:
        """Give each track its detection, or end it where it cannot be told whose that is."""
        for track, i in pairs:
            other = is_cut(track.look, detections[i].appearance) and not _bends(
                track, detections[i]
            )
            if i in doubtful or other:
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
        """Begin tracks with the detections of high score that nobody took."""
        for i in high:
            if numbers[i] is None:
                self._live.append(LiveTrack(self._next_number, moment, detections[i]))
                numbers[i] = self._next_number
                self._next_number += 1


def _bends(track: LiveTrack, detection: PersonDetection) -> bool:
    """Return whether the body changes its shape: whoever falls looks different from before."""
    before = [o.body.box for o in track.observations[-_LATELY:] if o.body is not None]
    if detection.body is None or not before:
        return False
    aspects = [box.w / max(box.h, 1e-6) for box in before]
    box = detection.body.box
    return float(np.log(box.w / max(box.h, 1e-6) / np.median(aspects))) > _BENT


def _only_knows(track: LiveTrack, detection: Detection) -> bool:
    """Return whether ``track`` is no more than the box of ``detection``."""
    others = [kind for kind in KINDS if kind != detection.kind and track.box(kind) is not None]
    box = track.box(detection.kind)
    return not others and box is not None and box.iou(detection.box) > DOUBLE_IOU


def _touched(track: LiveTrack, moved: Sequence[Box]) -> bool:
    """Return whether something moved across the border of where ``track`` stands."""
    boxes = [box for kind in KINDS if (box := track.box(kind)) is not None]
    return any(_crosses(region, box) for box in boxes for region in moved)


def _crosses(region: Box, box: Box) -> bool:
    """Return whether ``region`` overlaps ``box`` and is more than fidgeting well inside it.

    Whoever leaves a place moves across its border; whoever lies or sits moves a hand.
    """
    both = region.shared(box)
    if both == 0:
        return False
    return both < _INSIDE * region.area or region.area > _FIDGET * box.area


def _expected(tracks: Sequence[LiveTrack]) -> Expected:
    return Expected(
        {kind: box_rows_or_nan([track.box(kind) for track in tracks]) for kind in KINDS},
        {kind: _spreads(tracks, kind) for kind in KINDS},
        [track.look for track in tracks],
    )


def _spreads(tracks: Sequence[LiveTrack], kind: Kind) -> NDArray[np.float64]:
    rows = [(np.nan,) * 2 if track.box(kind) is None else track.spread(kind) for track in tracks]
    return np.array(rows, dtype=np.float64).reshape(-1, 2)
