"""Event rules: a condition that held over a stretch of a timeline.

Functions of arrays without side effects. The shipped rules are neutral: every
expression except neutral has the same threshold, and no person of the gallery is of more interest
than another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.config import EventSettings
from analyzer.events.plausibility import fall_begins, runs
from analyzer.types import ACTIONS, EMOTIONS, ActionWindow, Event, Moment, SceneWindow


@dataclass(frozen=True, slots=True, eq=False)
class TrackTimeline:
    """Input of the rules for one track.

    ``moments`` N of the expression timeline with ``probabilities`` float (N, 7), smoothed, and
    ``assessed`` bool (N,); ``windows`` of action in order of time; ``person`` the accepted
    candidate with its calibrated ``probability``, if any.
    """

    track_id: str
    start: Moment
    end: Moment
    moments: Sequence[Moment]
    probabilities: NDArray[np.floating]
    assessed: NDArray[np.bool_]
    windows: Sequence[ActionWindow]
    person: str | None
    probability: float | None
    best: Moment


VERSION = 2
"""Raised whenever the same rows give other events, so that `derive` makes them again."""


def events_of(
    tracks: Sequence[TrackTimeline], scene: Sequence[SceneWindow], settings: EventSettings
) -> tuple[Event, ...]:
    """Return the events of one video in order of time."""
    if not settings.enabled:
        return ()
    found = [event for track in tracks for event in _of_track(track, settings)]
    found += _held("fighting", "fighting", None, None, _scene_points(scene), settings.fighting, 0.0,
                   settings.join_s)  # fmt: skip
    return tuple(sorted(found, key=lambda e: (e.start.pts, e.kind, e.label, e.track_id or "")))


def _of_track(track: TrackTimeline, settings: EventSettings) -> Iterator[Event]:
    for name in settings.expression_names():
        column = EMOTIONS.index(name)
        points = [
            _Point(moment, moment, float(row[column]) if told else 0.0)
            for moment, row, told in zip(
                track.moments, track.probabilities, track.assessed, strict=True
            )
        ]
        yield from _held(
            "expression", f"apparent expression {name}", track.track_id, track.person, points,
            settings.expression, settings.expression_s, settings.join_s,
        )  # fmt: skip
    windows = track.windows
    for name, points, least, seconds in (
        ("fighting", _fight_points(windows), settings.fighting, 0.0),
        ("falling", _fall_points(windows, settings.falling), settings.falling, 0.0),
        ("running", _run_points(windows), settings.running, settings.running_s),
    ):
        yield from _held(
            name, name, track.track_id, track.person, points, least, seconds, settings.join_s
        )
    yield from _presence(track, settings)


def _presence(track: TrackTimeline, settings: EventSettings) -> Iterator[Event]:
    if track.person is not None and settings.wants(track.person):
        score = 0.5 if track.probability is None else track.probability
        yield Event(
            "person", f"candidate {track.person} in view", track.start, track.end, track.best,
            score, track.track_id, track.person,
        )  # fmt: skip
    seconds = track.end.t - track.start.t
    if seconds >= settings.loitering_s:
        # A score of 1 at twice the set time; a length of stay has no probability.
        score = min(1.0, seconds / (2 * settings.loitering_s))
        minutes = f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"
        yield Event(
            "loitering", f"in view for {minutes}", track.start, track.end, track.best, score,
            track.track_id, track.person,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Point:
    start: Moment
    end: Moment
    value: float


def _fight_points(windows: Sequence[ActionWindow]) -> list[_Point]:
    return [_Point(w.start, w.end, _share(w, "fighting")) for w in windows]


def _run_points(windows: Sequence[ActionWindow]) -> list[_Point]:
    return [_Point(w.start, w.end, _share(w, "running") if runs(w) else 0.0) for w in windows]


def _fall_points(windows: Sequence[ActionWindow], least: float) -> list[_Point]:
    """Return the windows as points; what follows a beginning that is no fall counts as none."""
    points: list[_Point] = []
    falling = believed = False
    for index, window in enumerate(windows):
        value = _share(window, "falling")
        if value >= least and not falling:
            believed = fall_begins(windows, index)
        falling = value >= least
        points.append(_Point(window.start, window.end, value if believed else 0.0))
    return points


def _share(window: ActionWindow, name: str) -> float:
    return float(window.probabilities[ACTIONS.index(name)])


def _scene_points(windows: Sequence[SceneWindow]) -> list[_Point]:
    return [_Point(w.start, w.end, w.fighting) for w in windows]


def _held(
    kind: str,
    label: str,
    track_id: str | None,
    person: str | None,
    points: Sequence[_Point],
    least: float,
    seconds: float,
    join_s: float,
) -> Iterator[Event]:
    """Yield the stretches in which ``points`` stay at ``least`` or above for ``seconds``.

    Stretches at most ``join_s`` apart are joined; the score is the mean of the points above.
    """
    group: list[_Point] = []
    for point in (*points, None):
        if point is not None and point.value < least:
            continue
        if group and (point is None or point.start.t - group[-1].end.t > join_s):
            if group[-1].end.t - group[0].start.t >= seconds:
                yield _event(kind, label, track_id, person, group)
            group = []
        if point is not None:
            group.append(point)


def _event(
    kind: str, label: str, track_id: str | None, person: str | None, group: Sequence[_Point]
) -> Event:
    peak = max(group, key=lambda point: point.value)
    score = float(np.mean([point.value for point in group]))
    middle = peak.start if peak.start == peak.end else _nearer(peak)
    return Event(kind, label, group[0].start, group[-1].end, middle, score, track_id, person)


def _nearer(point: _Point) -> Moment:
    """Return the moment in the middle of a window; its pts need not be that of a frame."""
    return Moment(
        (point.start.pts + point.end.pts) // 2, round((point.start.t + point.end.t) / 2, 6)
    )
