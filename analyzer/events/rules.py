"""Event rules: a condition that held over a stretch of a timeline.

Functions of arrays without side effects. The shipped rules are neutral: every
expression except neutral has the same threshold, and no person of the gallery is of more interest
than another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from analyzer.config import EventSettings
from analyzer.events.expressions import Expressions
from analyzer.events.falls import Course, falls
from analyzer.events.fights import fight_events
from analyzer.events.levels import LOW, OF_CANDIDATES, Levels
from analyzer.events.outline import Outline, Predecessors
from analyzer.events.running import least_speed, usual_speeds
from analyzer.events.stretches import middle, overlap
from analyzer.types import ACTIONS, EMOTIONS, ActionWindow, Event, Moment, PairWindow


@dataclass(frozen=True, slots=True, eq=False)
class TrackTimeline:
    """Input of the rules for one track.

    ``expressions`` are of its faces; ``windows`` of action as measured, in order of time;
    ``person`` is the accepted candidate with its calibrated ``probability``, if any; ``outline``
    None where no body was seen; ``speeds`` float64 of the windows, in body heights a second.
    """

    track_id: str
    start: Moment
    end: Moment
    expressions: Expressions
    windows: Sequence[ActionWindow]
    person: str | None
    probability: float | None
    best: Moment
    outline: Outline | None = None
    speeds: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))


VERSION = 8
"""Raised whenever the same rows give other events, so that `derive` makes them again."""


def events_of(
    tracks: Sequence[TrackTimeline],
    fights: Sequence[PairWindow],
    settings: EventSettings,
    levels: Mapping[str, Levels],
) -> tuple[Event, ...]:
    """Return the events of one video in order of time, those below the levels last.

    ``fights`` are windows of people near each other, and of places where nobody is followed;
    ``levels`` of `levels.KINDS`.
    """
    if not settings.enabled:
        return ()
    found = [event for track in tracks for event in _of_track(track, settings)]
    found += _runs(tracks, settings, levels["running"])
    found += _falls(tracks, settings, levels["falling"])
    found += fight_events(fights, levels["fighting"], settings.join_s)
    return tuple(sorted(found, key=_order))


def _order(event: Event) -> tuple[bool, int, str, str, tuple[str, ...]]:
    return event.level == "below", event.start.pts, event.kind, event.label, event.tracks


def _of_track(track: TrackTimeline, settings: EventSettings) -> Iterator[Event]:
    yield from expression_events(track, settings)
    yield from _presence(track, settings)


def _runs(
    tracks: Sequence[TrackTimeline], settings: EventSettings, levels: Levels
) -> Iterator[Event]:
    usual = usual_speeds([track.speeds for track in tracks])
    for place, track in enumerate(tracks):
        slowest = least_speed(np.delete(usual, place))
        rule = _Rule("running", settings.running_s, settings.join_s, track)
        yield from rule.events(_run_points(track, slowest), levels)


def _falls(
    tracks: Sequence[TrackTimeline], settings: EventSettings, levels: Levels
) -> Iterator[Event]:
    """Yield the falls, and below them what looks like one in single windows alone."""
    predecessors = Predecessors([track.outline for track in tracks])
    told: dict[str, list[Event]] = {track.track_id: [] for track in tracks}
    for track in tracks:
        place = predecessors.of(track.outline)
        for event in _falls_of(track, None if place is None else tracks[place], levels):
            for name in event.tracks:
                told[name].append(event)
    for track in tracks:
        own = told[track.track_id]
        for event in own:
            # A fall that goes on in the next track is told once, with both tracks.
            longer = (
                e for e in own if e.start == event.start and len(e.tracks) > len(event.tracks)
            )
            if event.track_id == track.track_id and not any(longer):
                yield event
        points = [_Point(w.start, w.end, _share(w, "falling")) for w in track.windows]
        for event in _Rule("falling", 0.0, settings.join_s, track).held(points, LOW):
            if not any(overlap(event, other) for other in own):
                yield event


def _falls_of(
    track: TrackTimeline, before: TrackTimeline | None, levels: Levels
) -> Iterator[Event]:
    course = _course(track, before)
    for fall in falls(course):
        windows = course.windows[fall.first : fall.last + 1]
        peak = max(windows, key=lambda w: _share(w, "falling"))
        linked = before is not None and fall.first <= course.own
        yield Event(
            "falling", "falling", windows[0].start, windows[-1].end,
            middle(peak.start, peak.end), fall.score, levels.of(fall.score),
            (track.track_id, *((before.track_id,) if before and linked else ())), track.person,
        )  # fmt: skip


def _course(track: TrackTimeline, before: TrackTimeline | None) -> Course:
    if before is None or not track.windows:
        return Course(track.windows, 0, stood=False)
    begins = track.windows[0].begins
    earlier = [window for window in before.windows if window.begins < begins]
    stood = before.outline is not None and before.outline.upright
    return Course((*earlier, *track.windows), len(earlier), stood)


def expression_events(track: TrackTimeline, settings: EventSettings) -> Iterator[Event]:
    """Yield events of expressions: to be checked, since no level of theirs was measured."""
    found = track.expressions
    for name in settings.expression_names():
        values = found.values(EMOTIONS.index(name), settings)
        points = [
            _Point(moment, moment, float(value), float(quality))
            for moment, value, quality in zip(found.moments, values, found.quality, strict=True)
        ]
        rule = _Rule("expression", settings.expression_s, settings.join_s, track)
        for event in rule.held(points, settings.expression):
            yield replace(event, label=f"apparent expression {name}", level="to check")


def _presence(track: TrackTimeline, settings: EventSettings) -> Iterator[Event]:
    whole = (track.start, track.end, track.best)
    if track.person is not None and settings.wants(track.person):
        score = 0.5 if track.probability is None else track.probability
        yield Event(
            "person", f"candidate {track.person} in view", *whole, score, OF_CANDIDATES.of(score),
            (track.track_id,), track.person,
        )  # fmt: skip
    seconds = track.end.t - track.start.t
    if seconds >= settings.loitering_s:
        # A score of 1 at twice the set time; a length of stay has no probability.
        score = min(1.0, seconds / (2 * settings.loitering_s))
        minutes = f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"
        yield Event(
            "loitering", f"in view for {minutes}", *whole, score, "to check",
            (track.track_id,), track.person,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Point:
    start: Moment
    end: Moment
    value: float
    weight: float = 1.0


def _run_points(track: TrackTimeline, slowest: float) -> list[_Point]:
    """Return the windows as points; one slower than ``slowest``, or of unknown speed, is 0."""
    return [
        _Point(w.start, w.end, _share(w, "running") if speed >= slowest else 0.0)
        for w, speed in zip(track.windows, track.speeds, strict=True)
    ]


def _share(window: ActionWindow, name: str) -> float:
    return float(window.probabilities[ACTIONS.index(name)])


@dataclass(frozen=True, slots=True)
class _Rule:
    """Stretches of one kind that last ``seconds``; those at most ``join_s`` apart are joined."""

    kind: str
    seconds: float
    join_s: float
    track: TrackTimeline

    def events(self, points: Sequence[_Point], levels: Levels) -> Iterator[Event]:
        """Yield the events of each level."""
        told: list[Event] = []
        if levels.to_check <= 1:
            told = list(self.held(points, levels.to_check))
            yield from (replace(event, level=levels.of(event.score)) for event in told)
        if levels.to_check > LOW:
            for event in self.held(points, LOW):
                if not any(overlap(event, other) for other in told):
                    yield event

    def held(self, points: Sequence[_Point], least: float) -> Iterator[Event]:
        """Yield the stretches in which ``points`` stay at ``least`` or above, at level *below*.

        The score is the weighted mean of the points above.
        """
        group: list[_Point] = []
        for point in (*points, None):
            if point is not None and point.value < least:
                continue
            if group and (point is None or point.start.t - group[-1].end.t > self.join_s):
                if group[-1].end.t - group[0].start.t >= self.seconds:
                    yield self._event(group)
                group = []
            if point is not None:
                group.append(point)

    def _event(self, group: Sequence[_Point]) -> Event:
        peak = max(group, key=lambda point: point.value)
        score = float(np.average([p.value for p in group], weights=[p.weight for p in group]))
        at = peak.start if peak.start == peak.end else middle(peak.start, peak.end)
        track, start, end = self.track, group[0].start, group[-1].end
        return Event(
            self.kind, self.kind, start, end, at, score, "below", (track.track_id,),
            track.person,
        )  # fmt: skip
