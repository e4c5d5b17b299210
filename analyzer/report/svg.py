"""SVG charts for pages without a script, and for paper, where they stay vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from analyzer.report import palette, track_values
from analyzer.report.model import EmotionSeries, VideoView
from analyzer.report.series import Span, as_drawn, head_count, keep_extremes
from analyzer.types import EMOTIONS, UsualExpression

_STRIP_BINS = 160
_MOST_POINTS = 600
_STRIP_PX = 900
"""Least width of a strip of actions, on a screen or in print."""

_STEPS_S = (
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
    172_800, 604_800, 2_592_000, 31_536_000,
)  # fmt: skip


def density(video: VideoView, bins: int = _STRIP_BINS, window: Span | None = None) -> list[float]:
    """Return the largest head count in each of ``bins`` equal parts, relative to the maximum.

    The parts are of ``window``, or of the whole video; the maximum is that of the whole.
    """
    begin, end = (0.0, video.duration_s) if window is None else (window.t_start, window.t_end)
    if end <= begin or not video.tracks:
        return []
    spans = [span for track in video.tracks for span in track.presence]
    times, counts = head_count(spans, video.duration_s)
    most = [0] * bins
    for t, until, count in zip(times, [*times[1:], video.duration_s], counts, strict=True):
        if until <= begin or t >= end:
            continue
        first, last = ((at - begin) / (end - begin) for at in (t, max(t, until - 1e-9)))
        for k in range(max(0, int(first * bins)), min(bins - 1, int(last * bins)) + 1):
            most[k] = max(most[k], count)
    top = max([*counts, 1])
    return [round(count / top, 3) for count in most]


@lru_cache(maxsize=4096)  # the strip of a recording stands on the pages of all its people
def density_path(video: VideoView, window: Span | None = None) -> str:
    """Return the outline of the density of people as an SVG path, 160 wide and 20 high."""
    steps, x = [], 0
    for value, same in groupby(density(video, window=window)):
        end = x + sum(1 for _ in same)
        steps.append(f"L{x} {20 - 18 * value:.1f}H{end}")
        x = end
    return f"M0 20{''.join(steps)}V20Z" if steps else ""


def ticks(start_s: float, end_s: float, most: int = 8) -> list[tuple[float, float]]:
    """Return round times between two times in seconds, with their position in [0, 1]."""
    length = max(end_s - start_s, 1e-6)
    step = next((s for s in _STEPS_S if length / s <= most), _STEPS_S[-1])
    first = int(np.ceil(start_s / step - 1e-9))
    last = int(np.floor(end_s / step + 1e-9))
    return [(k * step, (k * step - start_s) / length) for k in range(first, last + 1)]


def clock_label(seconds: float, length_s: float) -> str:
    """Return the label of a tick in seconds since 1970, on an axis of ``length_s``."""
    moment = datetime.fromtimestamp(seconds, UTC)
    if length_s > 86_400 * 3:
        return f"{moment:%Y-%m-%d}"
    return f"{moment:%H:%M}" if length_s > 600 else f"{moment:%H:%M:%S}"


def expressions(
    series: EmotionSeries, window: Span, max_gap_s: float, width: int = 900, height: int = 90
) -> Markup:
    """Return a stacked area of the seven expressions, hatched where not assessed."""
    scale = width / max(window.t_end - window.t_start, 1e-6)

    def x(t: float) -> str:
        return f"{(t - window.t_start) * scale:.1f}"

    shapes = []
    for span in track_values.insufficient(series, max_gap_s):
        wide = max(0.5, (span.t_end - span.t_start) * scale)
        shapes.append(
            f'<rect class="hatched" x="{x(span.t_start)}" y="0" width="{wide:.1f}" '
            f'height="{height}"><title>{escape(span.label)}</title></rect>'
        )
    told = np.flatnonzero(~np.isnan(series.p).any(axis=1))
    cuts = (np.diff(told) > 1) | (np.diff(series.t[told]) > max_gap_s)
    for rows in np.split(told, np.flatnonzero(cuts) + 1):
        if len(rows):
            kept = rows[keep_extremes(series.p[rows], _MOST_POINTS)]
            shapes += _areas(series, kept, x, height)
    return _wrap("".join(shapes), width, height, "Apparent expressions over time, stacked")


def differences(
    series: EmotionSeries, usual: UsualExpression, window: Span, max_gap_s: float
) -> Markup:
    """Return lines of the differences to the usual expression, around a line of none."""
    width, height = 900, 90
    scale = width / max(window.t_end - window.t_start, 1e-6)
    shapes = [f'<path class="zero" d="M0 {height / 2}H{width}"/>']
    told = np.flatnonzero(~np.isnan(series.p).any(axis=1))
    cuts = (np.diff(told) > 1) | (np.diff(series.t[told]) > max_gap_s)
    for rows in np.split(told, np.flatnonzero(cuts) + 1):
        kept = rows[keep_extremes(series.p[rows], _MOST_POINTS)]
        across = (series.t[kept] - window.t_start) * scale
        for index, name in enumerate(EMOTIONS):
            up = (1 - series.p[kept, index] + usual.probabilities[index]) * height / 2
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, up, strict=True))
            colour = palette.EMOTION_COLOURS[name]
            shapes.append(f'<polyline points="{points}" stroke="{colour}"/>')
    words = "Difference to the person's own usual expression over time"
    return _wrap(f'<g class="lines">{"".join(shapes)}</g>', width, height, words)


def _areas(
    series: EmotionSeries, rows: NDArray[np.intp], x: Callable[[float], str], height: int
) -> list[str]:
    times = series.t[rows].tolist()
    if len(times) == 1:
        times = [times[0] - 0.1, times[0] + 0.1]
        rows = np.repeat(rows, 2)
    places = [x(t) for t in times]
    edges = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(series.p[rows], axis=1)], axis=1)
    shapes = []
    for index, name in enumerate(EMOTIONS):
        low, high = ((1 - edges[:, k]) * height for k in (index, index + 1))
        up = " ".join(f"{px},{y:.1f}" for px, y in zip(places, high, strict=True))
        back = " ".join(
            f"{px},{y:.1f}" for px, y in zip(reversed(places), reversed(low.tolist()), strict=True)
        )
        colour = palette.EMOTION_COLOURS[name]
        shapes.append(f'<polygon points="{up} {back}" fill="{colour}"/>')
    return shapes


def actions(spans: Sequence[Span], window: Span) -> Markup:
    """Return a strip of actions over ``window``, with their names or letters where there is room.

    It is made of HTML boxes: letters in an SVG of flexible width would be stretched.
    """
    length = max(window.t_end - window.t_start, 1e-6)
    boxes = []
    for span in spans:
        left, wide = (span.t_start - window.t_start) / length, (span.t_end - span.t_start) / length
        colour, letter = palette.colour_of(span), palette.letter_of(span)
        look = f"left:{left * 100:.2f}%;width:max(1px,{wide * 100:.2f}%)"
        if colour:
            ink = "#fff" if span.label in palette.EVENTFUL else "#16191d"
            look += f";background:{colour};color:{ink}"
        fitting = (words for words in (span.label, letter) if wide * _STRIP_PX > 8 + 8 * len(words))
        shown = escape(next(fitting, ""))
        boxes.append(f'<i style="{look}" title="{escape(span.label)}">{shown}</i>')
    return Markup(  # noqa: S704 - numbers and escaped texts only
        f'<div class="acts" role="img" aria-label="Actions over time">{"".join(boxes)}</div>'
    )


def heads(video: VideoView, width: int = 900, height: int = 40) -> Markup:
    """Return a chart of the number of people in view over a video, with gaps and pauses shaded."""
    spans = [span for track in video.tracks for span in track.presence]
    times, counts = head_count(spans, video.duration_s)
    top = max([1, *counts])
    scale = width / max(video.duration_s, 1e-6)
    path = f"M0 {height}"
    for i, count in enumerate(counts):
        until = times[i + 1] if i + 1 < len(times) else video.duration_s
        path += f"L{times[i] * scale:.1f} {height - count / top * (height - 4):.1f}"
        path += f"H{until * scale:.1f}"
    shapes = f'<path class="heads" d="{path}V{height}Z"/>'
    pauses = as_drawn(video.pauses, video.duration_s / width)
    for name, shaded in (("crossed", video.gaps), ("paused", pauses)):
        for span in shaded:
            wide = max(1.0, (span.t_end - span.t_start) * scale)
            shapes += (
                f'<rect class="{name}" x="{span.t_start * scale:.1f}" y="0" width="{wide:.1f}" '
                f'height="{height}"><title>{escape(span.label)}</title></rect>'
            )
    return _wrap(shapes, width, height, f"People in view over time, {top} at most")


def bars(rows: Sequence[tuple[str, float, str]], most: float | None = None) -> Markup:
    """Return horizontal bars: rows of (label, value, value in words)."""
    top = most or max([value for _, value, _ in rows], default=0) or 1
    shapes = []
    for i, (label, value, words) in enumerate(rows):
        y = i * 20
        shapes.append(
            f'<text class="ink" x="92" y="{y + 14}" text-anchor="end">{escape(label)}</text>'
            f'<rect class="heads" x="98" y="{y + 3}" width="{max(1, value / top * 180):.1f}" '
            f'height="14"/>'
            f'<text class="ink" x="{102 + value / top * 180:.1f}" y="{y + 14}">'
            f"{escape(words)}</text>"
        )
    height = max(1, len(rows)) * 20
    return Markup(  # noqa: S704 - every text above is escaped
        f'<svg class="bars" viewBox="0 0 360 {height}" width="360" height="{height}" role="img" '
        f'aria-label="{escape("; ".join(f"{a}: {c}" for a, _, c in rows))}">{"".join(shapes)}</svg>'
    )


def _wrap(shapes: str, width: int, height: int, words: str) -> Markup:
    return Markup(  # noqa: S704 - numbers and escaped texts only
        f'<svg class="chart-svg area-svg" viewBox="0 0 {width} {height}" '
        f'preserveAspectRatio="none" role="img" aria-label="{escape(words)}">{shapes}</svg>'
    )
