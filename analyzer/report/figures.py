"""Plotly figures into which the pages draw.

Figures define shapes, axes and the meaning of colours; background and text colours follow the
reader's light or dark theme and are set by the page. All charts of a page share one date axis in
milliseconds, so that one zoom and one cursor apply to all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from analyzer.emotions.timeline import scene_mix
from analyzer.report.model import VideoView
from analyzer.report.palette import EMOTION_COLOURS, LANE_UNKNOWN
from analyzer.report.series import (
    Span,
    as_drawn,
    decimate_counts,
    head_count,
)
from analyzer.report.timescale import epoch_ms
from analyzer.types import ACTIONS, EMOTIONS

LANES_MOST = 40
"""Number of lanes that a page draws at once; the next ones follow by paging."""

_LEFT_PX = 184  # room for a lane's thumbnail, number and name
_RIGHT_PX = 12


_AXIS_PX = 3000
"""Largest width of a time axis that a screen may show."""

_MIX_BINS = 600
_MIX_LEAST_S = 1.0


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
            line={"shape": "hv", "width": 1, "color": LANE_UNKNOWN},
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

    Its traces are, in order: seven areas, seven bands, seven lines, seven raw point clouds, the
    hatch of insufficient quality, the hatch of gaps; then the action segments and their hatch of
    gaps; then the dots of pauses in both.
    """
    origin = epoch_ms(video.clock_start)
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, row_heights=[0.68, 0.32], vertical_spacing=0.05
    )
    for style in ("area", "band", "line", "raw"):
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


def action_lanes(video: VideoView) -> list[str]:
    """Return the actions in ``video`` in the order of ACTIONS, at least one."""
    seen = {span.label for track in video.tracks for span in track.actions}
    return [name for name in ACTIONS if name in seen] or ["unknown"]


def _emotion_trace(name: str, style: str) -> go.Scatter:
    colour = EMOTION_COLOURS[name]
    looks: dict[str, dict[str, Any]] = {
        "area": {"mode": "lines", "line": {"width": 0}, "fill": "toself", "fillcolor": colour},
        "band": {
            "mode": "lines",
            "line": {"width": 0},
            "fill": "toself",
            "fillcolor": colour,
            "opacity": 0.25,
            "visible": False,
        },
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
