"""The tracker: sightings of people, frame by frame, into tracklets. Pure, no files, no models."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analyzer.config import TrackingSettings
from analyzer.people.pairing import assign
from analyzer.tracking.cost import Expected, Found, association_costs, overlaps
from analyzer.tracking.live import LiveTrack
from analyzer.types import Box, Kind, Moment, Sighting, Tracklet

KINDS: tuple[Kind, Kind] = ("person", "face")

DOUBLE_IOU = 0.6
"""Two boxes of one kind that overlap by more are one person found twice (detectors already drop
their own doubles, at 0.3 to 0.5; what is left comes from two proposals)."""

AMBIGUOUS = 0.03
"""Two ways of continuing whose total costs differ by less are not told apart: both tracks end. On
PETS09-S2L1 at 5 samples a second this ends 24 tracks in 80 s, 0.06 would end 44."""

CUT_SIMILARITY = 0.55
"""Below this inner product the same place shows somebody else. On PETS09-S2L1 one person is above
it from sample to sample in 99 cases of 100 (median 0.96); two different people have a median of
0.69."""


class Tracker:
    """Follows people through one segment.

    Two-stage association as in ByteTrack (Zhang et al. 2022): sightings of high score first, then
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

    def update(
        self, moment: Moment, sightings: Sequence[Sighting], moved: Sequence[Box] | None = None
    ) -> list[int | None]:
        """Take in one examined frame; return the tracklet number of each sighting, aligned.

        None says that the sighting doubles another one, or is of low score and carries no track
        on. ``moved`` are the regions in which something moved, where that is known: a track that
        none of them touches is held although no detector found it. Numbers count from 1 in order
        of first sight and belong to this tracker. Raises ValueError when time does not advance.
        """
        dt = self._advance(moment)
        for track in self._live:
            track.predict(moment.t)
        self._retire()
        numbers: list[int | None] = [None] * len(sightings)
        candidates = _without_doubles(sightings)
        unmatched = self._associate(moment, sightings, candidates, numbers)
        self._miss(
            moment, dt, unmatched, [s for s, n in zip(sightings, numbers, strict=True) if n], moved
        )
        self._begin(moment, sightings, candidates, numbers)
        return numbers

    def hold(self, moment: Moment) -> None:
        """Take in a frame in which nothing moved: live tracks stand and do not age.

        Raises ValueError when time does not advance.
        """
        self._advance(moment)
        for track in self._live:
            track.hold(moment)

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

    def _associate(
        self,
        moment: Moment,
        sightings: Sequence[Sighting],
        candidates: Sequence[int],
        numbers: list[int | None],
    ) -> list[LiveTrack]:
        """Give sightings to live tracks, high scores first; return the tracks left without one."""
        tracks = list(self._live)
        costs = association_costs(_expected(tracks), _found(sightings))
        high = [i for i in candidates if _score(sightings[i]) >= self._settings.high_score]
        low = [i for i in candidates if _score(sightings[i]) < self._settings.high_score]
        pairs = _matched(costs, list(range(len(tracks))), high)
        used = {row for row, _ in pairs}
        pairs += _matched(costs, [row for row in range(len(tracks)) if row not in used], low)
        doubtful = _doubtful(costs, pairs, candidates)
        for row, column in pairs:
            if row in doubtful or _cut(tracks[row], sightings[column]):
                self._end([tracks[row]])
            else:
                tracks[row].see(moment, sightings[column])
                numbers[column] = tracks[row].number
        used = {row for row, _ in pairs}
        return [track for row, track in enumerate(tracks) if row not in used]

    def _miss(
        self,
        moment: Moment,
        dt: float,
        unmatched: Sequence[LiveTrack],
        seen: Sequence[Sighting],
        moved: Sequence[Box] | None,
    ) -> None:
        """Hold the unseen tracks where nothing moved; end those that stand on a seen person."""
        self._end([track for track in unmatched if any(_same_place(track, s) for s in seen)])
        if moved is None:
            return
        for track in unmatched:
            if track in self._live and not _touched(track, moved):
                track.spare(moment, dt)

    def _begin(
        self,
        moment: Moment,
        sightings: Sequence[Sighting],
        candidates: Sequence[int],
        numbers: list[int | None],
    ) -> None:
        """Begin tracks with the sightings of high score that nobody took."""
        for i in candidates:
            if numbers[i] is None and _score(sightings[i]) >= self._settings.high_score:
                self._live.append(LiveTrack(self._next_number, moment, sightings[i]))
                numbers[i] = self._next_number
                self._next_number += 1


def _matched(
    costs: NDArray[np.float64], rows: Sequence[int], columns: Sequence[int]
) -> list[tuple[int, int]]:
    """Return the least costly pairs among ``rows`` and ``columns`` of ``costs``."""
    part = costs[np.ix_(rows, columns)]
    return [(rows[i], columns[j]) for i, j in assign(part)]


def _doubtful(
    costs: NDArray[np.float64], pairs: Sequence[tuple[int, int]], candidates: Sequence[int]
) -> set[int]:
    """Return the rows of pairs that another way of pairing would explain about as well."""
    doubtful: set[int] = set()
    column_of = dict(pairs)
    free_rows = [row for row in range(costs.shape[0]) if row not in column_of]
    free_columns = [c for c in candidates if c not in column_of.values()]
    for row, column in pairs:
        paid = costs[row, column]
        for other, taken in pairs:
            swapped = costs[row, taken] + costs[other, column] - paid - costs[other, taken]
            if other != row and swapped < AMBIGUOUS:
                doubtful.add(row)
        if free_rows and float(costs[free_rows, column].min()) - paid < AMBIGUOUS:
            doubtful.add(row)
        if free_columns and float(costs[row, free_columns].min()) - paid < AMBIGUOUS:
            doubtful.add(row)
    return doubtful


def _cut(track: LiveTrack, sighting: Sighting) -> bool:
    """Return whether ``sighting`` looks like somebody else at the place of ``track``."""
    if track.look is None or sighting.appearance is None:
        return False
    return float(track.look @ sighting.appearance) < CUT_SIMILARITY


def _score(sighting: Sighting) -> float:
    """Return the better score of face and body."""
    return max(found.score for found in (sighting.face, sighting.body) if found is not None)


def _without_doubles(sightings: Sequence[Sighting]) -> list[int]:
    """Return the indexes of the sightings that are not the same person found once more."""
    if not sightings:
        return []
    found = _found(sightings)
    double = np.zeros((len(sightings), len(sightings)), dtype=bool)
    for kind in KINDS:
        double |= overlaps(found.boxes[kind], found.boxes[kind]) > DOUBLE_IOU
    # The richer sighting stays, then the surer one.
    order = sorted(
        range(len(sightings)),
        key=lambda i: (
            sightings[i].face is None or sightings[i].body is None,
            -_score(sightings[i]),
            i,
        ),
    )
    kept: list[int] = []
    for i in order:
        if not any(double[i, j] for j in kept):
            kept.append(i)
    return sorted(kept)


def _same_place(track: LiveTrack, sighting: Sighting) -> bool:
    """Return whether an unseen track stands where ``sighting`` was given to another track."""
    for found in (sighting.body, sighting.face):
        if found is not None:
            believed = track.box(found.kind)
            if believed is not None and believed.iou(found.box) > DOUBLE_IOU:
                return True
    return False


def _touched(track: LiveTrack, moved: Sequence[Box]) -> bool:
    """Return whether something moved where ``track`` stands."""
    boxes = [box for kind in KINDS if (box := track.box(kind)) is not None]
    return any(
        box.x < region.x2 and region.x < box.x2 and box.y < region.y2 and region.y < box.y2
        for box in boxes
        for region in moved
    )


def _expected(tracks: Sequence[LiveTrack]) -> Expected:
    return Expected(
        {kind: _rows([track.box(kind) for track in tracks]) for kind in KINDS},
        {kind: _spreads(tracks, kind) for kind in KINDS},
        [track.look for track in tracks],
    )


def _found(sightings: Sequence[Sighting]) -> Found:
    bodies = [None if s.body is None else s.body.box for s in sightings]
    faces = [None if s.face is None else s.face.box for s in sightings]
    return Found({"person": _rows(bodies), "face": _rows(faces)}, [s.appearance for s in sightings])


def _rows(boxes: Sequence[Box | None]) -> NDArray[np.float64]:
    rows = [(np.nan,) * 4 if box is None else (box.x, box.y, box.w, box.h) for box in boxes]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def _spreads(tracks: Sequence[LiveTrack], kind: Kind) -> NDArray[np.float64]:
    rows = [(np.nan,) * 2 if track.box(kind) is None else track.spread(kind) for track in tracks]
    return np.array(rows, dtype=np.float64).reshape(-1, 2)
