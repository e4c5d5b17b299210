"""Plotly figures into which the pages draw, as the plain values that plotly.js takes.

Figures define shapes, axes and the meaning of colours; background and text colours follow the
reader's light or dark theme and are set by the page. All charts of a page share one date axis in
milliseconds, so that one zoom and one cursor apply to all. They are not made of plotly's objects,
which check every value: that took 0.7 s a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

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

Figure = dict[str, Any]
"""``data``, a list of traces, and ``layout``."""

Trace = dict[str, Any]

LANES_MOST = 40
"""Number of lanes that a page draws at once; the next ones follow by paging."""

_LEFT_PX = 184  # room for a lane's thumbnail, number and name
_RIGHT_PX = 12


_AXIS_PX = 3000
"""Largest width of a time axis that a screen may show."""

_MIX_BINS = 600
_MIX_LEAST_S = 1.0

_UPPER, _LOWER = (0.354, 1.0), (0.0, 0.304)
"""Share of the height of a chart that its expressions and its actions take."""


def head_count_figure(video: VideoView, max_points: int) -> Figure:
    """Return a chart of people in view over the whole video, with gaps cross-hatched."""
    origin = epoch_ms(video.clock_start)
    spans = [span for track in video.tracks for span in track.presence]
    times, counts = decimate_counts(*head_count(spans, video.duration_s), max_points)
    top = max([1, *counts])
    heads: Trace = {
        "type": "scatter",
        "x": _ms(times, origin),
        "y": counts,
        "mode": "lines",
        "line": {"shape": "hv", "width": 1, "color": LANE_UNKNOWN},
        "fill": "tozeroy",
        "fillcolor": "rgba(138,143,152,0.35)",
        "hoverinfo": "skip",
        "name": "people in view",
    }
    gaps = _upright(video.gaps, 0, top * 1.15, "x", origin, "not analysed")
    layout = _layout(top_px=20)
    layout["xaxis"] = _time_axis(video) | {
        "side": "top", "showticklabels": True, "ticks": "outside", "ticklen": 4,
    }  # fmt: skip
    layout["yaxis"] = _axis(range=[0, top * 1.15], tickvals=[top])
    return {"data": [heads, gaps, _paused(video, 0, top * 1.15)], "layout": layout}


def presence_figure(video: VideoView) -> Figure:
    """Return the empty lanes of tracks: thin for a tracked person, thick for a visible face.

    The page fills the first two traces with the tracks that it lists; the third holds the gaps, the
    fourth the pauses.
    """
    traces: list[Trace] = [
        {
            "type": "bar",
            "orientation": "h",
            "y": [],
            "base": [],
            "x": [],
            "width": thickness,
            "marker": {"color": [], "opacity": alpha, "line": {"width": 0}},
            "hoverinfo": "skip",
            "name": name,
        }
        for name, thickness, alpha in (("person followed", 0.22, 0.55), ("face seen", 0.62, 1.0))
    ]
    origin = epoch_ms(video.clock_start)
    traces.append(_upright(video.gaps, -0.5, LANES_MOST, "x", origin, "not analysed"))
    traces.append(_paused(video, -0.5, LANES_MOST))
    layout = _layout(top_px=0)
    layout["xaxis"] = _time_axis(video)
    layout["yaxis"] = _axis(range=[0.5, -0.5], showticklabels=False, ticks="")
    return {"data": traces, "layout": layout}


def scene_mix_figure(video: VideoView) -> Figure | None:
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
    traces: list[Trace] = []
    low = np.zeros(len(told))
    for name, share in zip(EMOTIONS, mix.share[told].T, strict=True):
        traces.append(
            {
                "type": "bar",
                "x": times,
                "y": np.round(share, 3).tolist(),
                "base": np.round(low, 3).tolist(),
                "width": bin_s * 1000,
                "marker": {"color": EMOTION_COLOURS[name], "line": {"width": 0}},
                "hoverinfo": "skip",
                "name": name,
            }
        )
        low = low + share
    layout = _layout(top_px=2)
    layout["xaxis"] = _time_axis(video)
    layout["yaxis"] = _axis(range=[0, 1], tickvals=[])
    return {"data": traces, "layout": layout}


def track_figure(video: VideoView) -> Figure:
    """Return the empty chart of the selected track: expressions, actions, one time axis.

    Its traces are, in order: seven areas, seven bands, seven lines, seven raw point clouds, the
    hatch of insufficient quality, the hatch of gaps; then the action segments and their hatch of
    gaps; then the dots of pauses in both.
    """
    origin, names = epoch_ms(video.clock_start), action_lanes(video)
    lanes = len(names)
    upper, lower = {"xaxis": "x", "yaxis": "y"}, {"xaxis": "x2", "yaxis": "y2"}
    emotions = [
        _emotion_trace(name, style)
        for style in ("area", "band", "line", "raw")
        for name in EMOTIONS
    ]
    traces: list[Trace] = [
        *(trace | upper for trace in emotions),
        _upright((), 0, 1, "/", origin, "insufficient quality") | upper,
        _upright(video.gaps, 0, 1, "x", origin, "not analysed") | upper,
        _action_trace() | lower,
        _upright(video.gaps, -0.5, lanes, "x", origin, "not analysed") | lower,
        _paused(video, 0, 1) | upper,
        _paused(video, -0.5, lanes) | lower,
    ]
    layout = _layout(top_px=8)
    layout["margin"]["b"] = 20
    times = _time_axis(video) | {"domain": [0.0, 1.0]}
    shares = {"tickvals": [0, 0.5, 1], "ticktext": ["0", "50", "100 %"]}
    layout["xaxis"] = times | {"anchor": "y", "matches": "x2"}
    layout["yaxis"] = _axis(range=[0, 1], anchor="x", domain=list(_UPPER), **shares)
    ticks = {"showticklabels": True, "ticks": "outside", "ticklen": 4}
    layout["xaxis2"] = times | {"anchor": "y2"} | ticks
    layout["yaxis2"] = _axis(
        range=[lanes - 0.5, -0.5],
        anchor="x2",
        domain=list(_LOWER),
        tickvals=list(range(lanes)),
        ticktext=names,
    )
    return {"data": traces, "layout": layout}


def action_lanes(video: VideoView) -> list[str]:
    """Return the actions in ``video`` in the order of ACTIONS, at least one."""
    seen = {span.label for track in video.tracks for span in track.actions}
    return [name for name in ACTIONS if name in seen] or ["unknown"]


def _emotion_trace(name: str, style: str) -> Trace:
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
    return {
        "type": "scatter",
        "x": [],
        "y": [],
        "hoverinfo": "skip",
        "connectgaps": False,
        "name": f"{name} ({style})",
        **looks[style],
    }


def _action_trace() -> Trace:
    return {
        "type": "bar",
        "x": [],
        "y": [],
        "base": [],
        "orientation": "h",
        "width": 0.8,
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "constraintext": "none",  # or plotly shrinks letters to dots where lanes are low
        "hoverinfo": "skip",
        "name": "actions",
    }


def _upright(
    spans: Sequence[Span], bottom: float, height: float, shape: str, origin: float, name: str
) -> Trace:
    """Return hatched blocks over stretches of time, as high as the chart."""
    return {
        "type": "bar",
        "x": _ms([(span.t_start + span.t_end) / 2 for span in spans], origin),
        "y": [height] * len(spans),
        "base": [bottom] * len(spans),
        "width": _lengths(spans),
        "marker": {
            "color": "rgba(0,0,0,0)",
            "line": {"width": 0},
            "pattern": {"shape": shape, "fillmode": "overlay", "size": 6, "solidity": 0.18},
        },
        "hoverinfo": "skip",
        "name": name,
    }


def _paused(video: VideoView, bottom: float, height: float) -> Trace:
    """Return the pauses of the recorder, dotted; those closer than a pixel are drawn as one."""
    spans = as_drawn(video.pauses, video.duration_s / _AXIS_PX)
    return _upright(spans, bottom, height, ".", epoch_ms(video.clock_start), "nothing recorded")


def _layout(top_px: int) -> dict[str, Any]:
    """Return the layout of a figure without its axes."""
    return {
        # Without it plotly.js takes its own looks.
        "template": {"data": {"scatter": [{"type": "scatter"}]}},
        "barmode": "overlay",
        "bargap": 0,
        "showlegend": False,
        "dragmode": "zoom",
        "hovermode": False,
        "margin": {"l": _LEFT_PX, "r": _RIGHT_PX, "t": top_px, "b": 0},
        "font": {"family": "system-ui, sans-serif", "size": 11},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
    }


def _time_axis(video: VideoView) -> dict[str, Any]:
    """Return the axis of a whole video, without labels."""
    origin = epoch_ms(video.clock_start)
    return {
        "type": "date",
        "range": [origin, origin + max(video.duration_s, 0.001) * 1000],
        "zeroline": False,
        "showticklabels": False,
        "hoverformat": "%H:%M:%S.%L",
        "nticks": 12,
        "tickformatstops": _TICKS if video.clock_start else _TICKS_VIDEO,
    }


def _axis(**looks: Any) -> dict[str, Any]:
    """Return an upright axis, which no zoom changes."""
    return {"zeroline": False, "showgrid": False, "fixedrange": True, **looks}


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
