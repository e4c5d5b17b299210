"""Fights as events: who takes part, and where in the picture.

Windows that follow one another, of the same people or at the same place, are one fight. A fight in
which nobody is followed is at most an event to check: crowds look like fights to the flow alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from analyzer.events.levels import LOW, Levels
from analyzer.events.stretches import middle, overlap
from analyzer.types import Event, PairWindow

_ONE_PLACE = 0.3
"""Least share of the smaller of two boxes inside the other, of windows of one fight."""

_TAKES_PART = 0.3
"""Least share of the windows of a fight in which a person is of those who most likely fight."""


def fight_events(windows: Sequence[PairWindow], levels: Levels, join_s: float) -> Iterator[Event]:
    """Yield the fights of windows ordered by time; those at most ``join_s`` apart are joined.

    The score is the mean over the windows of the most probable fight in each.
    """
    told: list[Event] = []
    if levels.to_check <= 1:
        told = [fight.event(levels) for fight in _fights(windows, levels.to_check, join_s)]
        yield from told
    if levels.to_check > LOW:
        for fight in _fights(windows, LOW, join_s):
            event = replace(fight.event(levels), level="below")
            if not any(_is_one(event, other) for other in told):
                yield event


@dataclass(slots=True)
class _Fight:
    """The windows of one fight, by time."""

    windows: list[PairWindow] = field(default_factory=list)

    def is_over(self, window: PairWindow, join_s: float) -> bool:
        """Return whether ``window``, which begins no earlier, is too late to be of this fight."""
        return window.start.t - self.windows[-1].end.t > join_s

    def goes_on_with(self, window: PairWindow) -> bool:
        """Return whether ``window`` is of the same people, or at the same place."""
        last = self.windows[-1]
        shared = not {*window.tracks}.isdisjoint(last.tracks)
        return shared or window.box.inside(last.box) >= _ONE_PLACE

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
            middle(peak.start, peak.end),
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
    going_on: list[_Fight] = []
    for window in sorted(windows, key=lambda w: (w.begins, -w.fighting, w.tracks)):
        if window.fighting < least:
            continue
        going_on = [fight for fight in going_on if not fight.is_over(window, join_s)]
        fight = next((one for one in reversed(going_on) if one.goes_on_with(window)), None)
        if fight is None:
            fight = _Fight()
            found.append(fight)
            going_on.append(fight)
        fight.windows.append(window)
    return found


def _is_one(a: Event, b: Event) -> bool:
    """Return whether two fights are one: at one time, of the same people or at one place."""
    if not overlap(a, b):
        return False
    if not {*a.tracks}.isdisjoint(b.tracks):
        return True
    return a.box is not None and b.box is not None and a.box.inside(b.box) >= _ONE_PLACE
