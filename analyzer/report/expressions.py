"""Strong apparent expressions of a case: those that the rule of events finds, of every kind.

The rule is the same for each expression but neutral, whether or not `events.expressions` makes
events of them: the list is a table to look through, and nothing of it is on the wall.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from analyzer.config import EventSettings, Settings
from analyzer.emotions.timeline import steadiness_of_track
from analyzer.events.expressions import Expressions
from analyzer.events.rules import TrackTimeline, expression_events
from analyzer.report import formatting
from analyzer.report.model import CaseView, EmotionSeries, TrackView, VideoView
from analyzer.types import EMOTIONS, EmotionSample, Event, Moment
from analyzer.video.cameras import settings_of

STRONG: Final = tuple(name for name in EMOTIONS if name != "neutral")


@dataclass(frozen=True, slots=True)
class StrongExpression:
    """One stretch in which a face shows an apparent expression strongly; times in seconds.

    ``score`` is the mean probability, ``quality`` the mean quality of the faces in it.
    """

    video: VideoView
    track: TrackView
    expression: str
    t_start: float
    t_end: float
    t_peak: float
    score: float
    quality: float

    @property
    def place(self) -> str | None:
        """Where the camera hangs, by the camera file."""
        camera = self.video.camera
        return None if camera is None else camera.location

    @property
    def date_and_time(self) -> tuple[str | None, str]:
        """Date and time of its beginning; no date, and the time in the video, without a clock."""
        wall = formatting.wall_time(self.video.clock, self.t_start)
        if wall is None:
            return None, formatting.video_time(self.t_start)
        day, _, time = wall.partition(" ")
        return day, time


def strong_expressions(case: CaseView) -> list[StrongExpression]:
    """Return the strong expressions of ``case`` by camera, then by time."""
    found = []
    for video in case.videos:
        for name, what, start, end, peak, score, quality in strong_of(video, case.settings):
            track = video.track(name)
            assert track is not None, "it is of this video"
            found.append(StrongExpression(video, track, what, start, end, peak, score, quality))
    return sorted(found, key=_order)


def strong_of(
    video: VideoView, settings: Settings
) -> tuple[tuple[str, str, float, float, float, float, float], ...]:
    """Return the strong expressions of ``video`` as plain values, an outline those it had.

    They are the name of the track, and the fields of ``StrongExpression`` from ``expression`` on.
    """
    if video.strong is not None:
        return video.strong
    own = settings_of(video.camera, settings)
    return tuple(
        (track.name, s.expression, s.t_start, s.t_end, s.t_peak, s.score, s.quality)
        for track in video.tracks
        for s in _of_track(video, track, own)
    )


def _order(strong: StrongExpression) -> tuple[str, str, str, str, float]:
    day, time = strong.date_and_time
    return strong.video.place, day or "", time, strong.video.sha256, strong.track.number


def _of_track(video: VideoView, track: TrackView, settings: Settings) -> Iterator[StrongExpression]:
    rules, series = replace(settings.events, expressions=STRONG), track.emotions
    if not len(series.t) or not _may_be_strong(series, rules):
        return
    for event in expression_events(_timeline(track, settings), rules):
        within = (series.t >= event.start.t) & (series.t <= event.end.t)
        within &= np.isfinite(series.p[:, 0])
        yield StrongExpression(
            video, track, _expression(event), event.start.t, event.end.t, event.peak.t, event.score,
            float(series.quality[within].mean()),
        )  # fmt: skip


def _expression(event: Event) -> str:
    return event.label.rpartition(" ")[2]


def _may_be_strong(series: EmotionSeries, rules: EventSettings) -> bool:
    """Whether any sample reaches the level; most tracks end here."""
    columns = [EMOTIONS.index(name) for name in STRONG]
    told = series.p[:, columns]
    return bool((np.nan_to_num(told, nan=0.0) >= rules.expression).any())


def _timeline(track: TrackView, settings: Settings) -> TrackTimeline:
    """Return what the rule looks at, as the derivation had it."""
    series, usual = track.emotions, track.usual
    raw = _samples(track.raw_emotions)
    start, end, best = (Moment(0, t) for t in (track.t_start, track.t_end, track.t_shown))
    expressions = Expressions(
        moments=[Moment(0, float(t)) for t in series.t],
        probabilities=np.nan_to_num(series.p, nan=1 / len(EMOTIONS)),
        assessed=np.isfinite(series.p[:, 0]),
        quality=series.quality,
        steady=steadiness_of_track(raw, settings.smoothing, settings.events.expression),
        usual=None if usual is None or usual.reason else usual.probabilities,
    )
    return TrackTimeline(track.id, start, end, expressions, (), None, None, best)


def _samples(raw: EmotionSeries) -> list[EmotionSample]:
    assessed = np.isfinite(raw.p[:, 0])
    p = np.nan_to_num(raw.p, nan=1 / len(EMOTIONS)).astype(np.float32)
    return [
        EmotionSample(Moment(0, float(t)), row, bool(told), float(quality), None)
        for t, row, told, quality in zip(raw.t, p, assessed, raw.quality, strict=True)
    ]
