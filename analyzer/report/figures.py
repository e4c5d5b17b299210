"""Plotly figures, and the compact series that the page draws into them.

Figures define shapes, axes and the meaning of colours; background and text colours follow the
reader's light or dark theme and are set by the page. All charts of a page share one date axis in
milliseconds, so that one zoom and one cursor apply to all.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from analyzer.emotions.timeline import scene_mix
from analyzer.report import levels
from analyzer.report.model import BodyShot, EmotionSeries, FaceShot, TrackView, VideoView
from analyzer.report.series import (
    Span,
    as_drawn,
    breaks,
    decimate_counts,
    head_count,
    keep_extremes,
)
from analyzer.types import ACTIONS, EMOTIONS, LEVELS, daylight_saving

# After Okabe and Ito, whose hues can be distinguished with any colour vision; in the order of
# analyzer.types.EMOTIONS. The same everywhere, so that a reader learns them once.
EMOTION_COLOURS = dict(
    zip(
        EMOTIONS,
        ("#D55E00", "#009E73", "#CC79A7", "#E69F00", "#8A8F98", "#0072B2", "#56B4E9"),
        strict=True,
    )
)

EFFORT = {"standing": "#A9BCD6", "walking": "#6C8EBF", "running": "#2F5597"}
OUTLINED = ("sitting", "lying")
EVENTFUL = ("falling", "fighting", "running")
"""Actions that look different where they are an event."""

LETTERS = {
    "standing": "St",
    "walking": "Wa",
    "running": "Ru",
    "sitting": "Si",
    "lying": "Ly",
    "falling": "Fa",
    "fighting": "Fi",
    "unknown": "?",
}

# Lanes of candidates; the hue follows from the name, so it is the same in every video.
_LANE_HUES = ("#B07AA1", "#4E79A7", "#59A14F", "#F28E2B", "#9C755F", "#76B7B2", "#EDC948")
_LANE_UNKNOWN = "#8A8F98"

LANES_MOST = 40
"""Number of lanes that a page draws at once; the next ones follow by paging."""

_LEFT_PX = 184  # room for a lane's thumbnail, number and name
_RIGHT_PX = 12


_AXIS_PX = 3000
"""Largest width of a time axis that a screen may show."""

_MIX_BINS = 600
_MIX_LEAST_S = 1.0

_UNKNOWN_ORIGIN_MS = 86_400_000.0
"""Midnight, so that the axis counts from 00:00:00."""


def lane_colour(person: str | None) -> str:
    """Return the colour of a person in presence lanes, the same for a name in every video."""
    if person is None:
        return _LANE_UNKNOWN
    return _LANE_HUES[zlib.crc32(person.encode()) % len(_LANE_HUES)]


def epoch_ms(wall_start: datetime | None) -> float:
    """Return milliseconds since 1970 of the first frame's stored clock; one day if unknown.

    Plotly writes dates in UTC, so the stored digits are taken as UTC to be shown unchanged. It
    reads a number of four digits as a year, so the origin must not lie in the first ten seconds.
    """
    if wall_start is None:
        return _UNKNOWN_ORIGIN_MS
    return wall_start.replace(tzinfo=UTC).timestamp() * 1000


def clock_steps(video: VideoView) -> list[list[float]]:
    """Return [t, ms, rate] from which on the clock of ``video`` shows ms and runs at rate.

    Empty for a clock that shows the first frame's time plus what has passed.
    """
    clock = video.clock
    if clock is None:
        return []
    ends = daylight_saving(clock, video.duration_s)
    at = sorted({0.0, *ends, *(piece.t for piece in clock.pieces if piece.t > 0)})
    rates = [next((p.rate for p in reversed(clock.pieces) if p.t <= t), 1.0) for t in at]
    if len(at) == 1 and rates[0] == 1.0:
        return []
    return [[t, epoch_ms(clock.at(t)), rate] for t, rate in zip(at, rates, strict=True)]


def at_ms(video: VideoView, t: float) -> float:
    """Return milliseconds since 1970 of ``t`` by the best known clock of ``video``."""
    return epoch_ms(video.clock_start) + t * 1000


def head_count_figure(video: VideoView, max_points: int) -> go.Figure:
    """Return a chart of people in view over the whole video, with gaps cross-hatched."""
    origin = epoch_ms(video.clock_start)
    spans = [span for track in video.tracks for span in track.presence]
    times, counts = decimate_counts(*head_count(spans, video.duration_s), max_points)
    top = max([1, *counts])
    figure = go.Figure(
        go.Scatter(
            x=_ms(times, origin),
            y=counts,
            mode="lines",
            line={"shape": "hv", "width": 1, "color": _LANE_UNKNOWN},
            fill="tozeroy",
            fillcolor="rgba(138,143,152,0.35)",
            hoverinfo="skip",
            name="people in view",
        )
    )
    figure.add_trace(_upright(video.gaps, 0, top * 1.15, "x", origin, "not analysed"))
    figure.add_trace(_paused(video, 0, top * 1.15))
    _frame(figure, video, top_px=20)
    figure.update_xaxes(side="top", showticklabels=True, ticks="outside", ticklen=4)
    figure.update_yaxes(range=[0, top * 1.15], tickvals=[top], fixedrange=True)
    return figure


def presence_figure(video: VideoView) -> go.Figure:
    """Return the empty lanes of tracks: thin for a tracked person, thick for a visible face.

    The page fills the first two traces with the tracks that it lists; the third holds the gaps, the
    fourth the pauses.
    """
    figure = go.Figure()
    for name, thickness, alpha in (("person followed", 0.22, 0.55), ("face seen", 0.62, 1.0)):
        figure.add_trace(
            go.Bar(
                orientation="h",
                y=[],
                base=[],
                x=[],
                width=thickness,
                marker={"color": [], "opacity": alpha, "line": {"width": 0}},
                hoverinfo="skip",
                name=name,
            )
        )
    origin = epoch_ms(video.clock_start)
    figure.add_trace(_upright(video.gaps, -0.5, LANES_MOST, "x", origin, "not analysed"))
    figure.add_trace(_paused(video, -0.5, LANES_MOST))
    _frame(figure, video, top_px=0)
    figure.update_yaxes(range=[0.5, -0.5], showticklabels=False, ticks="", fixedrange=True)
    return figure


def scene_mix_figure(video: VideoView) -> go.Figure | None:
    """Return the share of each expression among all faces in view, or None below two tracks.

    Bins without an assessed face stay empty. A single track has its own chart already.
    """
    assessed = [~np.isnan(track.emotions.p).any(axis=1) for track in video.tracks]
    if sum(bool(ok.any()) for ok in assessed) < 2:
        return None
    bin_s = max(_MIX_LEAST_S, video.duration_s / _MIX_BINS)
    series = [track.emotions for track in video.tracks]
    mix = scene_mix(
        np.concatenate([s.t[ok] for s, ok in zip(series, assessed, strict=True)]),
        np.concatenate([np.full(ok.sum(), number) for number, ok in enumerate(assessed)]),
        np.concatenate([s.p[ok] for s, ok in zip(series, assessed, strict=True)]),
        bin_s,
    )
    told = np.flatnonzero(mix.faces > 0)
    times = _ms((mix.start[told] + bin_s / 2).tolist(), epoch_ms(video.clock_start))
    figure = go.Figure()
    low = np.zeros(len(told))
    for name, share in zip(EMOTIONS, mix.share[told].T, strict=True):
        figure.add_trace(
            go.Bar(
                x=times,
                y=np.round(share, 3).tolist(),
                base=np.round(low, 3).tolist(),
                width=bin_s * 1000,
                marker={"color": EMOTION_COLOURS[name], "line": {"width": 0}},
                hoverinfo="skip",
                name=name,
            )
        )
        low = low + share
    _frame(figure, video, top_px=2)
    figure.update_yaxes(range=[0, 1], tickvals=[], fixedrange=True)
    return figure


def track_figure(video: VideoView) -> go.Figure:
    """Return the empty chart of the selected track: expressions, actions, one time axis.

    Its traces are, in order: seven areas, seven lines, seven raw point clouds, the hatch of
    insufficient quality, the hatch of gaps; then the action segments and their hatch of gaps; then
    the dots of pauses in both.
    """
    origin = epoch_ms(video.clock_start)
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, row_heights=[0.68, 0.32], vertical_spacing=0.05
    )
    for style in ("area", "line", "raw"):
        for name in EMOTIONS:
            figure.add_trace(_emotion_trace(name, style), row=1, col=1)
    hatch = _upright((), 0, 1, "/", origin, "insufficient quality")
    figure.add_trace(hatch, row=1, col=1)
    figure.add_trace(_upright(video.gaps, 0, 1, "x", origin, "not analysed"), row=1, col=1)
    figure.add_trace(_action_trace(), row=2, col=1)
    names = action_lanes(video)
    lanes = len(names)
    figure.add_trace(_upright(video.gaps, -0.5, lanes, "x", origin, "not analysed"), row=2, col=1)
    figure.add_trace(_paused(video, 0, 1), row=1, col=1)
    figure.add_trace(_paused(video, -0.5, lanes), row=2, col=1)
    _frame(figure, video, top_px=8)
    figure.update_yaxes(fixedrange=True)
    shares = {"tickvals": [0, 0.5, 1], "ticktext": ["0", "50", "100 %"]}
    figure.update_yaxes(range=[0, 1], row=1, col=1, **shares)
    figure.update_yaxes(
        range=[lanes - 0.5, -0.5],
        tickvals=list(range(lanes)),
        ticktext=names,
        row=2,
        col=1,
    )
    figure.update_xaxes(showticklabels=True, ticks="outside", ticklen=4, row=2, col=1)
    figure.update_layout(margin_b=20)
    return figure


def look_index(span: Span) -> int:
    """Return the place of an action in `action_looks`."""
    if span.label in EVENTFUL:
        return len(ACTIONS) + len(LEVELS) * EVENTFUL.index(span.label) + LEVELS.index(span.level)
    return ACTIONS.index(span.label) if span.label in ACTIONS else len(ACTIONS) - 1


def colour_of(span: Span) -> str | None:
    """Return the colour that fills an action; None where it is outlined."""
    if span.label in EVENTFUL and not (span.level == "below" and span.label in EFFORT):
        return levels.COLOURS[span.level]
    return EFFORT.get(span.label)


def letter_of(span: Span) -> str:
    """Return what stands in an action where there is no room for its name."""
    mark = levels.MARKS[span.level] if span.label in EVENTFUL else ""
    return mark + LETTERS.get(span.label, "?")


def action_looks() -> list[dict[str, Any]]:
    """Return the looks of ACTIONS in their order, then those of ``EVENTFUL`` at each level."""
    spans = [Span(0, 0, name) for name in ACTIONS]
    spans += [Span(0, 0, name, level=level) for name in EVENTFUL for level in LEVELS]
    return [
        {
            "name": span.label,
            "letter": letter_of(span),
            "kind": "outline" if span.label in (*OUTLINED, "unknown") else "solid",
            "colour": colour_of(span) or "#5B7DB1",
        }
        for span in spans
    ]


def action_lanes(video: VideoView) -> list[str]:
    """Return the actions in ``video`` in the order of ACTIONS, at least one."""
    seen = {span.label for track in video.tracks for span in track.actions}
    return [name for name in ACTIONS if name in seen] or ["unknown"]


def _emotion_trace(name: str, style: str) -> go.Scatter:
    colour = EMOTION_COLOURS[name]
    looks: dict[str, dict[str, Any]] = {
        "area": {"mode": "lines", "line": {"width": 0}, "fill": "toself", "fillcolor": colour},
        "line": {"mode": "lines", "line": {"width": 1.6, "color": colour}, "visible": False},
        "raw": {"mode": "markers", "marker": {"size": 4, "color": colour}, "visible": False},
    }
    return go.Scatter(
        x=[], y=[], hoverinfo="skip", connectgaps=False, name=f"{name} ({style})", **looks[style]
    )


def _action_trace() -> go.Bar:
    return go.Bar(
        x=[],
        y=[],
        base=[],
        orientation="h",
        width=0.8,
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="none",  # or plotly shrinks letters to dots where lanes are low
        hoverinfo="skip",
        name="actions",
    )


def _upright(
    spans: Sequence[Span], bottom: float, height: float, shape: str, origin: float, name: str
) -> go.Bar:
    """Return hatched blocks over stretches of time, as high as the chart."""
    return go.Bar(
        x=_ms([(span.t_start + span.t_end) / 2 for span in spans], origin),
        y=[height] * len(spans),
        base=[bottom] * len(spans),
        width=_lengths(spans),
        marker={
            "color": "rgba(0,0,0,0)",
            "line": {"width": 0},
            "pattern": {"shape": shape, "fillmode": "overlay", "size": 6, "solidity": 0.18},
        },
        hoverinfo="skip",
        name=name,
    )


def _paused(video: VideoView, bottom: float, height: float) -> go.Bar:
    """Return the pauses of the recorder, dotted; those closer than a pixel are drawn as one."""
    spans = as_drawn(video.pauses, video.duration_s / _AXIS_PX)
    return _upright(spans, bottom, height, ".", epoch_ms(video.clock_start), "nothing recorded")


def _frame(figure: go.Figure, video: VideoView, top_px: int) -> None:
    origin = epoch_ms(video.clock_start)
    figure.update_layout(
        template="none",
        barmode="overlay",
        bargap=0,
        showlegend=False,
        dragmode="zoom",
        hovermode=False,
        margin={"l": _LEFT_PX, "r": _RIGHT_PX, "t": top_px, "b": 0},
        font={"family": "system-ui, sans-serif", "size": 11},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    figure.update_xaxes(
        type="date",
        range=[origin, origin + max(video.duration_s, 0.001) * 1000],
        zeroline=False,
        showticklabels=False,
        hoverformat="%H:%M:%S.%L",
        nticks=12,
        tickformatstops=_TICKS if video.clock_start else _TICKS_VIDEO,
    )
    figure.update_yaxes(zeroline=False, showgrid=False)


_TICKS_VIDEO = [
    {"dtickrange": [None, 1000], "value": "%H:%M:%S.%L"},
    {"dtickrange": [1000, None], "value": "%H:%M:%S"},
]
_TICKS = [
    *_TICKS_VIDEO[:1],
    {"dtickrange": [1000, 86_400_000], "value": "%H:%M:%S"},
    {"dtickrange": [86_400_000, None], "value": "%Y-%m-%d"},
]


def _ms(seconds: Sequence[float], origin: float) -> list[float]:
    return [round(origin + t * 1000, 1) for t in seconds]


def _lengths(spans: Sequence[Span]) -> list[float]:
    return [round((span.t_end - span.t_start) * 1000, 1) for span in spans]


def track_series(
    track: TrackView, max_points: int, max_gap_s: float, images: Mapping[str, str]
) -> dict[str, Any]:
    """Return the drawn series of one track, as plain values.

    ``images`` maps the sha256 of a crop to its address; times are seconds with three digits,
    probabilities have three digits, and ``null`` in ``t`` marks a gap without a line.
    """
    return {
        "smooth": emotion_values(track.emotions, max_points, max_gap_s),
        "raw": emotion_values(track.raw_emotions, max_points, max_gap_s),
        "insufficient": [
            [round(span.t_start, 3), round(span.t_end, 3), span.label]
            for span in insufficient(track.emotions, max_gap_s)
        ],
        "actions": [
            [
                round(span.t_start, 3),
                round(span.t_end, 3),
                look_index(span),
                None if span.value is None else round(span.value, 3),
                span.why,
            ]
            for span in track.actions
        ],
        "faces": [_shot(shot, images) for shot in track.faces],
        "bodies": [[*_shot(shot, images), round(shot.height_px)] for shot in track.bodies],
    }


def _shot(shot: FaceShot | BodyShot, images: Mapping[str, str]) -> list[Any]:
    return [round(shot.t, 3), images.get(shot.image), round(shot.quality, 2), list(shot.reasons)]


def emotion_values(series: EmotionSeries, max_points: int, max_gap_s: float) -> dict[str, Any]:
    """Return decimated times and seven rows of probabilities, with ``None`` between runs."""
    told = np.flatnonzero(~np.isnan(series.p).any(axis=1))
    chosen = told[keep_extremes(series.p[told], max_points)] if len(told) else told
    t: list[float | None] = []
    rows: list[list[float | None]] = [[] for _ in EMOTIONS]
    previous = -1
    for index in chosen.tolist():
        if previous >= 0 and _interrupted(series, previous, index, max_gap_s):
            t.append(None)
            for row in rows:
                row.append(None)
        t.append(round(float(series.t[index]), 3))
        for row, value in zip(rows, series.p[index].tolist(), strict=True):
            row.append(round(value, 3))
        previous = index
    return {"t": t, "p": rows}


def _interrupted(series: EmotionSeries, a: int, b: int, max_gap_s: float) -> bool:
    """Return whether a sample between ``a`` and ``b`` was not assessed, or time jumped."""
    inside = series.p[a : b + 1, 0]
    steps = np.diff(series.t[a : b + 1])
    return bool(np.isnan(inside).any() or (steps > max_gap_s).any())


def insufficient(series: EmotionSeries, max_gap_s: float) -> list[Span]:
    """Return stretches of visible but not assessed faces, with their reasons."""
    spans: list[Span] = []
    for run in breaks(series.t, max_gap_s):
        t, reasons = series.t[run], series.reasons[run]
        half = np.diff(t) / 2
        starts = np.concatenate([[t[0]], t[1:] - half])
        ends = np.concatenate([t[:-1] + half, [t[-1] + (half[-1] if len(half) else 0.1)]])
        for start, end, reason in zip(starts.tolist(), ends.tolist(), reasons, strict=True):
            last = spans[-1] if spans else None
            if not reason:
                continue
            if last and last.label == reason and start - last.t_end < 1e-6:
                spans[-1] = Span(last.t_start, end, reason)
            else:
                spans.append(Span(start, end, reason))
    return spans
