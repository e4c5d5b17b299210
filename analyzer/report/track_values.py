"""Drawn series of one track as plain values: expressions, actions, pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from analyzer.report.model import BodyShot, EmotionSeries, FaceShot, TrackView
from analyzer.report.palette import look_index
from analyzer.report.series import Span, breaks, keep_extremes
from analyzer.types import EMOTIONS


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
