"""Arithmetic between stored rows and drawn lines: gaps, stretches, decimation, head counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analyzer.types import Level

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in seconds since the first frame, with its label, value and reason.

    ``level`` is that of the event of this label that it belongs to.
    """

    t_start: float
    t_end: float
    label: str = ""
    value: float | None = None
    why: str = ""
    level: Level = "below"

    @property
    def is_told(self) -> bool:
        """Whether words may say it: a fall or a fight only where it is an event."""
        return self.level != "below" or self.label not in ("falling", "fighting")


def breaks(t: Floats, max_gap_s: float) -> list[slice]:
    """Cut ascending times, float64 (N,), into runs without a step over ``max_gap_s``."""
    if len(t) == 0:
        return []
    cuts = np.flatnonzero(t[1:] - t[:-1] > max_gap_s) + 1
    edges = [0, *cuts.tolist(), len(t)]
    return [slice(a, b) for a, b in pairwise(edges)]


def keep_extremes(values: Floats, max_points: int) -> NDArray[np.intp]:
    """Select at most ``max_points`` rows of ``values``, float64 (N, K), by min/max decimation.

    Time is cut into buckets, and each bucket keeps the rows of its smallest and largest value in
    each column, so that no peak disappears. All columns share the selected rows, as stacked areas
    need; the number of buckets is halved until the result is small enough.
    """
    n = len(values)
    if n <= max_points:
        return np.arange(n)
    buckets = max(1, max_points // 2)
    while True:
        chosen = {0, n - 1}
        for part in np.array_split(np.arange(n), buckets):
            block = values[part]
            chosen.update(part[np.argmin(block, axis=0)].tolist())
            chosen.update(part[np.argmax(block, axis=0)].tolist())
        if len(chosen) <= max_points or buckets == 1:
            return np.array(sorted(chosen)[:max_points], dtype=np.intp)
        buckets //= 2


def stretches(t: Floats, max_gap_s: float, least_s: float) -> list[Span]:
    """Return the stretches of observations at the times ``t``, float64 (N,) ascending.

    A stretch is at least ``least_s`` long, so that a single observation is visible.
    """
    return [
        Span(float(t[run.start]), max(float(t[run.stop - 1]), float(t[run.start]) + least_s))
        for run in breaks(t, max_gap_s)
    ]


def head_count(spans: Iterable[Span], duration_s: float) -> tuple[list[float], list[int]]:
    """Return times and the number of people in view from each time on, from 0 to the end."""
    steps: dict[float, int] = {}
    for span in spans:
        steps[span.t_start] = steps.get(span.t_start, 0) + 1
        steps[span.t_end] = steps.get(span.t_end, 0) - 1
    times, counts, now = [0.0], [0], 0
    for t in sorted(steps):
        now += steps[t]
        if t <= times[-1]:
            counts[-1] = now
        elif now != counts[-1]:
            times.append(t)
            counts.append(now)
    if times[-1] < duration_s:
        times.append(duration_s)
        counts.append(counts[-1])
    return times, counts


def decimate_counts(
    times: list[float], counts: list[int], max_points: int
) -> tuple[list[float], list[int]]:
    """Reduce a step curve to ``max_points``, keeping the extremes of each bucket."""
    rows = keep_extremes(np.asarray(counts, dtype=np.float64)[:, None], max_points)
    return [times[i] for i in rows], [counts[i] for i in rows]


Window = tuple[float, float, str, float, str]
"""A window of action: beginning, end, label, value and reason."""


def join_windows(windows: Sequence[Span]) -> list[Span]:
    """Return action windows, which may overlap, as segments that do not; see join_stretches."""
    plain = [(w.t_start, w.t_end, w.label, w.value or 0.0, w.why) for w in windows]
    return [Span(*joined) for joined in join_stretches(plain)]


def join_stretches(windows: Sequence[Window]) -> list[Window]:
    """Return action windows, which may overlap, as segments that do not.

    Where two windows overlap the border lies midway between their centres. Neighbours of one label
    become one segment with the mean of their values, and with the reason of the one with the
    highest value. Windows are ordered by start. Plain tuples, for a case has millions.
    """
    segments: list[Window] = []
    count, total, surest = 0, 0.0, 0.0
    before = None
    for i, (begin, finish, label, value, why) in enumerate(windows):
        start, end = begin, finish
        if before is not None and before[1] > start:
            start = (before[0] + before[1] + begin + finish) / 4
        if i + 1 < len(windows) and windows[i + 1][0] < end:
            after = windows[i + 1]
            end = (begin + finish + after[0] + after[1]) / 4
        before = windows[i]
        last = segments[-1] if segments else None
        if last and last[2] == label and start <= last[1] + 1e-6:
            why = why if value > surest else last[4]
            count, total, surest = count + 1, total + value, max(surest, value)
            segments[-1] = (last[0], end, label, total / count, why)
        elif end > start:
            count, total, surest = 1, value, value
            segments.append((start, end, label, value, why))
    return segments


def union(spans: Iterable[Span], duration_s: float) -> list[Span]:
    """Clip spans to [0, duration_s] and join overlapping ones, with all their labels.

    ::

        spans       ---a---      --a--
                       ---b---
        union       ---a; b---   --a--
    """
    merged: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.t_start, s.t_end, s.label)):
        start, end = max(0.0, span.t_start), min(duration_s, span.t_end)
        if end <= start:
            continue
        last = merged[-1] if merged else None
        if last and start <= last.t_end:
            known = last.label.split("; ")
            label = last.label if span.label in known else f"{last.label}; {span.label}"
            merged[-1] = Span(last.t_start, max(last.t_end, end), label)
        else:
            merged.append(Span(start, end, span.label))
    return merged


def subtract(spans: Iterable[Span], holes: Sequence[Span], least_s: float) -> list[Span]:
    """Return the parts of ``spans`` outside ``holes``, in order, that are longer than ``least_s``.

    ::

        spans     ---a--------      --b--
        holes         ----             --
        subtract  --a-    -a--      --b
    """
    parts = []
    for span in spans:
        at = span.t_start
        for hole in holes:
            if hole.t_end <= at or hole.t_start >= span.t_end:
                continue
            parts.append(replace(span, t_start=at, t_end=hole.t_start))
            at = hole.t_end
        parts.append(replace(span, t_start=at))
    return [part for part in parts if part.t_end - part.t_start > least_s]


def as_drawn(spans: Iterable[Span], least_s: float) -> list[Span]:
    """Return ``spans``, in order, as they can be drawn: those closer than ``least_s`` are one."""
    drawn: list[Span] = []
    for span in spans:
        if drawn and span.t_start - drawn[-1].t_end < least_s:
            drawn[-1] = replace(drawn[-1], t_end=max(drawn[-1].t_end, span.t_end))
        else:
            drawn.append(span)
    return drawn


def complement(spans: Sequence[Span], duration_s: float, label: str, least_s: float) -> list[Span]:
    """Return the gaps between ``spans`` in [0, duration_s] that are longer than ``least_s``.

    ::

        duration    |----------------------|
        spans          ------ -----
        complement  ---            --------
    """
    holes, at = [], 0.0
    for span in sorted(spans, key=lambda s: s.t_start):
        if span.t_start - at > least_s:
            holes.append(Span(at, span.t_start, label))
        at = max(at, span.t_end)
    if duration_s - at > least_s:
        holes.append(Span(at, duration_s, label))
    return holes
