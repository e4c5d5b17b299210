"""Fit of a clock in the picture against the file's own times: offset, drift and jumps.

A clock is a line, wall = offset + (1 + drift) * t, between jumps. It is fitted through pairs of
readings (RANSAC, all pairs instead of random ones), since OCR may misread a digit and recorders
stutter; least squares over the readings that agree give offset and drift.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_TOLERANCE_S: Final = 0.5
"""By how much a reading may lie beside the line besides what it leaves open: recorders stutter."""

_AGREE: Final = 0.8
"""Least share of the readings that lie on one line."""

_MOST_DRIFT: Final = 0.06
"""Largest drift of a clock; what runs faster or slower is a file whose times are wrong."""

_SLIGHT: Final = 0.0005
"""Drift that needs no further readings: 0.03 s a minute."""

_TIGHT: Final = 0.01
"""Drift inside a piece between jumps, where few readings cannot tell drift from a jump."""

_POOR_S: Final = 0.3
_BETTER_S: Final = 0.2
"""A line that leaves so much unexplained gives way to jumps that explain so much more."""

_MOST_RESIDUAL_S: Final = 1.0
_LEAST_SUPPORT: Final = 3
_LEAST_PIECE: Final = 2
_FAR_RATES: Final = (0.02, 50.0)
_LEAST_FAR: Final = 5
_MOST_BASES: Final = 40
_SIGMAS: Final = 3.0


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock at ``t`` seconds: it stood within ``half_s`` of ``value``, in seconds.

    ``support`` counts the pictures that say so: two for the moment at which the seconds changed.
    """

    t: float
    value: float
    half_s: float
    support: int = 1


@dataclass(frozen=True, slots=True)
class Piece:
    """A clock from ``t`` on: ``value`` there, running at ``rate`` seconds a second.

    ``last_t`` is the last reading that it was fitted to.
    """

    t: float
    value: float
    rate: float
    last_t: float


@dataclass(frozen=True, slots=True)
class Fit:
    """Pieces between jumps, the drift (seconds a second), and how well they fit.

    ``drift_error`` is its standard error; ``drift_sure`` says that it differs from none.
    ``residual_s`` is the largest distance of a reading from its piece beyond what it leaves open.
    """

    pieces: tuple[Piece, ...]
    drift: float
    drift_error: float
    drift_sure: bool
    residual_s: float
    used: int

    def at(self, t: float) -> float:
        """Return what the clock showed at ``t``."""
        piece = next((p for p in reversed(self.pieces) if p.t <= t), self.pieces[0])
        return piece.value + piece.rate * (t - piece.t)


def fit(readings: Sequence[Reading]) -> Fit | None:
    """Return the clock that ``readings`` follow, in order of time; None where they follow none."""
    if sum(r.support for r in readings) < _LEAST_SUPPORT or len({r.value for r in readings}) < 2:
        return None
    t, v, h, s = _columns(readings)
    line = _sound(_line(t, v, h, s, 1 - _MOST_DRIFT, 1 + _MOST_DRIFT))
    if line is None or line.residual_s > _POOR_S:
        jumping = _sound(_pieces(t, v, h, s))
        if line is None or (jumping and jumping.residual_s < line.residual_s - _BETTER_S):
            line = jumping
    if line is None and len(readings) >= _LEAST_FAR:
        line = _sound(_line(t, v, h, s, *_FAR_RATES))
    return line


def _sound(found: Fit | None) -> Fit | None:
    return None if found is None or found.residual_s > _MOST_RESIDUAL_S else found


def is_plain(found: Fit | None) -> bool:
    """Whether there is nothing to explain: one line that does not surely drift."""
    if found is None or len(found.pieces) > 1:
        return False
    return found.residual_s <= _POOR_S and not (found.drift_sure and abs(found.drift) > _SLIGHT)


def _columns(readings: Sequence[Reading]) -> tuple[Array, Array, Array, Array]:
    rows = sorted((r.t, r.value, r.half_s, float(r.support)) for r in readings)
    columns = np.array(rows, np.float64).T
    return columns[0], columns[1], columns[2], columns[3]


def _line(t: Array, v: Array, h: Array, s: Array, low: float, high: float) -> Fit | None:
    """Return the one line on which most readings lie; None where too few do."""
    best: tuple[float, float, NDArray[np.bool_]] | None = None
    for i, j in _pairs(t):
        rate = 1.0 if i == j else (v[j] - v[i]) / (t[j] - t[i])
        if not low <= rate <= high:
            continue
        on = np.abs(v - v[i] - rate * (t - t[i])) <= h + _TOLERANCE_S
        # A rate of 1 through one reading wins over a pair that explains no more.
        score = float(s[on].sum()) - 0.01 * (i != j)
        if best is None or score > best[0]:
            best = score, rate, on
    if best is None:
        return None
    on = best[2]
    if s[on].sum() < max(_AGREE * s.sum(), _LEAST_SUPPORT) or len(np.unique(v[on])) < 2:
        return None
    return _least_squares(t[on], v[on], h[on], low, high)


def _pairs(t: Array) -> list[tuple[int, int]]:
    """Return pairs of readings far enough apart to tell a rate, and each reading with itself."""
    step = -(-len(t) // _MOST_BASES)
    base = range(0, len(t), step)
    span = (t[-1] - t[0]) / 4
    far = [(i, j) for i in base for j in base if t[j] - t[i] > max(span, 0.5)]
    return [*((i, i) for i in base), *far]


def _least_squares(t: Array, v: Array, h: Array, low: float, high: float) -> Fit:
    weight = 1 / np.maximum(h, 0.02) ** 2
    middle = float(np.average(t, weights=weight))
    mean = float(np.average(v, weights=weight))
    spread = float((weight * (t - middle) ** 2).sum())
    rate, error = 1.0, np.inf
    if spread > 0:
        rate = float((weight * (t - middle) * (v - mean)).sum() / spread)
        # h is half of a uniform distribution, whose deviation is h / sqrt(3).
        error = 1 / np.sqrt(3 * spread)
    drift = min(max(rate, low), high) - 1
    sure = abs(drift) > _SIGMAS * error
    used = 1 + drift if sure else 1.0
    start = mean - used * (middle - t[0])
    residual = np.maximum(np.abs(v - start - used * (t - t[0])) - h, 0).max()
    piece = Piece(float(t[0]), float(start), used, float(t[-1]))
    return Fit((piece,), drift, float(error), bool(sure), float(residual), len(t))


def _pieces(t: Array, v: Array, h: Array, s: Array) -> Fit | None:
    """Return a clock that jumps: runs of readings of one offset each, with support enough."""
    runs = _runs(t, v, h)
    kept = [run for run in runs if s[run].sum() >= _LEAST_PIECE]
    kept = _without_returns(_apart_in_time(kept, s), t, v)
    if not kept or sum(s[run].sum() for run in kept) < max(_AGREE * s.sum(), _LEAST_SUPPORT):
        return None
    fits = [_least_squares(t[run], v[run], h[run], 1 - _TIGHT, 1 + _TIGHT) for run in kept]
    longest = max(fits, key=lambda fit: (fit.drift_sure, fit.pieces[0].last_t - fit.pieces[0].t))
    return Fit(
        tuple(fit.pieces[0] for fit in fits), longest.drift, longest.drift_error,
        longest.drift_sure, max(fit.residual_s for fit in fits), sum(fit.used for fit in fits),
    )  # fmt: skip


def _runs(t: Array, v: Array, h: Array) -> list[list[int]]:
    """Return indices of readings in runs of one offset; a lone misreading does not end a run."""
    runs: list[list[int]] = []
    for index in range(len(t)):
        for run in runs[-2:][::-1]:
            last = run[-1]
            step = t[index] - t[last]
            change = abs((v[index] - v[last]) - step)
            if change <= h[index] + h[last] + 0.2 + _TIGHT * step:
                run.append(index)
                break
        else:
            runs.append([index])
    return sorted(runs)


def _apart_in_time(runs: list[list[int]], s: Array) -> list[list[int]]:
    """Leave out runs that lie within others of more support: two clocks at once are none."""
    kept: list[list[int]] = []
    for run in sorted(runs, key=lambda run: -float(s[run].sum())):
        if all(run[-1] < other[0] or run[0] > other[-1] for other in kept):
            kept.append(run)
    return sorted(kept)


def _without_returns(runs: list[list[int]], t: Array, v: Array) -> list[list[int]]:
    """Leave out a run between two of the same offset: a digit misread for a while, no clock."""
    offsets = [float(np.median(v[run] - t[run])) for run in runs]
    kept = [
        run
        for number, run in enumerate(runs)
        if not (0 < number < len(runs) - 1 and abs(offsets[number - 1] - offsets[number + 1]) < 1.0)
    ]
    return kept
