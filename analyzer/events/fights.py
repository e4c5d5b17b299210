"""Fights as events: who takes part, and where in the picture.

Windows that follow one another, of the same people or at the same place, are one fight. A fight in
which nobody is followed is at most an event to check: crowds look like fights to the flow alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from analyzer.boxes import shares_inside
from analyzer.events.levels import LOW, Levels
from analyzer.types import Event, Moment, PairWindow

_ONE_PLACE = 0.3
"""Least share of the smaller of two boxes inside the other, of windows of one fight."""

_TAKES_PART = 0.3
"""Least share of the windows of a fight in which a person is of those who most likely fight."""


def fight_events(windows: Sequence[PairWindow], levels: Levels, join_s: float) -> Iterator[Event]:
    """Yield the fights of windows ordered by time; those at most ``join_s`` apart are joined.

    The score is the mean over the windows of the most probable fight in each.
    """
    told: list[Event] = []
    for least in sorted({min(levels.to_check, 1.0), LOW}, reverse=True):
        for fight in _fights(windows, least, join_s):
            event = fight.event(levels)
            if not any(_meet(event, other) for other in told):
                told.append(event if least >= levels.to_check else replace(event, level="below"))
    return iter(told)


@dataclass(slots=True)
class _Fight:
    """The windows of one fight, by time."""

    windows: list[PairWindow] = field(default_factory=list)

    def goes_on_with(self, window: PairWindow, join_s: float) -> bool:
        """Return whether ``window``, which begins no earlier, is of this fight."""
        last = self.windows[-1]
        if window.start.t - last.end.t > join_s:
            return False
        return bool({*window.tracks} & {*last.tracks}) or _overlap(window, last) >= _ONE_PLACE

    def event(self, levels: Levels) -> Event:
        """Return the fight as an event."""
        best: dict[float, PairWindow] = {}
        for window in self.windows:
            if window.begins not in best or best[window.begins].fighting < window.fighting:
                best[window.begins] = window
        peak = max(best.values(), key=lambda window: window.fighting)
        score = float(np.mean([window.fighting for window in best.values()]))
        people = self._people(list(best.values()), peak)
        level = levels.of(score)
        return Event(
            "fighting",
            "fighting",
            self.windows[0].start,
            max((window.end for window in self.windows), key=lambda end: end.pts),
            _middle(peak),
            score,
            level if people or level == "below" else "to check",
            people,
            box=peak.box,
        )

    def _people(self, best: Sequence[PairWindow], peak: PairWindow) -> tuple[str, ...]:
        """Return who takes part: those of the peak first, then the others by how often."""
        counts = Counter(track for window in best for track in window.tracks)
        least = _TAKES_PART * len(best)
        others = [t for t, n in counts.most_common() if n >= least and t not in peak.tracks]
        return (*peak.tracks, *others)


def _fights(windows: Sequence[PairWindow], least: float, join_s: float) -> list[_Fight]:
    """Return the fights whose windows all reach ``least``."""
    found: list[_Fight] = []
    for window in sorted(windows, key=lambda w: (w.begins, -w.fighting, w.tracks)):
        if window.fighting >= least:
            known = (fight for fight in reversed(found) if fight.goes_on_with(window, join_s))
            fight = next(known, None)
            if fight is None:
                found.append(fight := _Fight())
            fight.windows.append(window)
    return found


def _overlap(a: PairWindow, b: PairWindow) -> float:
    small, large = sorted((a.box, b.box), key=lambda box: box.area)
    rows = (np.array([[box.x, box.y, box.w, box.h]]) for box in (small, large))
    return float(shares_inside(*rows)[0, 0])


def _meet(a: Event, b: Event) -> bool:
    return a.start.pts <= b.end.pts and b.start.pts <= a.end.pts


def _middle(window: PairWindow) -> Moment:
    """Return the moment in the middle of a window; its pts need not be that of a frame."""
    pts = (window.start.pts + window.end.pts) // 2
    return Moment(pts, round((window.start.t + window.end.t) / 2, 6))
