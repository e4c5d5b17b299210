"""People in parts of the picture that a camera leaves out, taken out of what is derived.

Raw rows hold them still: other regions need no video. A person is where the body stands, the middle
of the lower edge of its box; a face without a body is where its centre is. Which tracklets are one
person does not depend on regions, so that somebody who walks through one stays one track.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from analyzer.tracking.tracks import StitchedTrack
from analyzer.types import ActionWindow, LeftOut, Observation, PairWindow, Tracklet
from analyzer.video.regions import Region, is_looked_at

_HALF = 0.5
"""Share of the observations of a window that must count for the window to do."""


@dataclass(frozen=True, slots=True)
class View:
    """What of a displayed ``picture``, w, h in px, is looked at; no ``regions`` are all of it."""

    regions: Sequence[Region]
    picture: tuple[float, float]

    def holds(self, observations: Sequence[Observation]) -> NDArray[np.bool_]:
        """Return for each of ``observations`` whether the person is where it is looked at."""
        places = np.array([_place(one) for one in observations], np.float64).reshape(-1, 2)
        return is_looked_at(self.regions, places, self.picture)

    def part(self, whole: Tracklet) -> Tracklet:
        """Return what of a tracklet counts; no observation is left of one that does not at all."""
        holds = self.holds(whole.observations)
        if holds.all():
            return whole
        seen = tuple(one for one, on in zip(whole.observations, holds, strict=True) if on)
        moments = {one.moment.pts for one in seen}
        pts = np.array([one.moment.pts for one in whole.observations])
        return replace(
            whole,
            observations=seen,
            faces=tuple(f for f in whole.faces if f.moment.pts in moments),
            emotions=tuple(e for e in whole.emotions if e.moment.pts in moments),
            actions=tuple(w for w in whole.actions if _counts(w, pts, holds)),
            bodies=tuple(b for b in whole.bodies if b.moment.pts in moments),
        )

    def tracks(self, tracks: Iterable[StitchedTrack]) -> list[StitchedTrack]:
        """Return what of ``tracks`` counts, numbered from 1."""
        found: list[StitchedTrack] = []
        for track in tracks:
            whole = self.part(track.whole)
            if whole.observations:
                members, starts = _members(track, whole)
                numbered = replace(whole, number=len(found) + 1)
                found.append(StitchedTrack(members, starts, numbered))
        return found

    def places(self, windows: Iterable[PairWindow]) -> Iterator[PairWindow]:
        """Yield the windows of nobody whose place is looked at, or is the whole picture."""
        for window in windows:
            centre = np.array([window.box.centre])
            whole = (window.box.w, window.box.h) == tuple(self.picture)
            if whole or is_looked_at(self.regions, centre, self.picture)[0]:
                yield window

    def left_out(self, tracklet: Tracklet, tracklet_id: str) -> Iterator[LeftOut]:
        """Yield the stretches of a tracklet that do not count."""
        pairs = zip(tracklet.observations, self.holds(tracklet.observations), strict=True)
        for holds, group in groupby(pairs, key=lambda pair: bool(pair[1])):
            if not holds:
                moments = [one.moment for one, _ in group]
                yield LeftOut(tracklet_id, moments[0], moments[-1])


def _place(one: Observation) -> tuple[float, float]:
    if one.body is not None:
        box = one.body.box
        return box.x + box.w / 2, box.y2
    assert one.face is not None, "an observation has a face or a body"
    return one.face.box.centre


def _counts(window: ActionWindow, pts: NDArray[np.int64], holds: NDArray[np.bool_]) -> bool:
    inside = (pts >= window.start.pts) & (pts <= window.end.pts)
    return bool(holds[inside].mean() >= _HALF) if inside.any() else False


def _members(
    track: StitchedTrack, whole: Tracklet
) -> tuple[tuple[tuple[int, int], ...], tuple[int, ...]]:
    """Return the tracklets of ``track``, with their starts, that own a moment of ``whole``."""
    pts = [one.moment.pts for one in whole.observations]
    own = set(np.maximum(np.searchsorted(track.starts, pts, side="right") - 1, 0).tolist())
    kept = [i for i in range(len(track.members)) if i in own]
    return tuple(track.members[i] for i in kept), tuple(track.starts[i] for i in kept)
