"""Optical-flow statistics of the whole picture over one window.

A fight involves several people, and tracks do not survive a scuffle. What can be measured is how
strong, how sudden, how disordered and how local the motion is. Strengths are in px of a 160 px wide
picture in 0.2 s; ratios and entropies do not depend on the scale.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.actions.optical_flow import SERIES, Pair, entropy

Floats = NDArray[np.floating]

_RANKS = (0, 7, 38, 77, 153)
"""Ranks of the 768 cells by strength: the maximum, and the top 1 %, 5 %, 10 % and 20 %."""

_NEIGHBOURHOODS = (3, 5, 9, 17)
_LAGS = (1, 2, 3)


def window_features(pairs: Sequence[Pair]) -> dict[str, float]:
    """Return the named quantities of at least two pairs, in a fixed order."""
    series = np.array([pair.series for pair in pairs], np.float64)
    cells = np.array([pair.cells for pair in pairs], np.float64)
    strength = np.array([pair.strength for pair in pairs], np.float64)
    jerk = np.array([pair.acceleration for pair in pairs[1:]], np.float64)
    return {
        **_of_series(series),
        **_of_places(strength, jerk),
        **_of_order(cells, strength),
        **_of_time(cells, strength),
        **_of_gradients(cells, strength),
    }


def _of_series(series: Floats) -> dict[str, float]:
    """Return mean, standard deviation, maximum and mean step from pair to pair of every series."""
    found = {}
    for name, values in zip(SERIES, series.T, strict=True):
        # The first pair has no acceleration of its own.
        values = values[1:] if name in SERIES[12:] else values
        found[f"{name}.mean"] = float(values.mean())
        found[f"{name}.std"] = float(values.std())
        found[f"{name}.max"] = float(values.max())
        found[f"{name}.step"] = float(np.abs(np.diff(values)).mean()) if len(values) > 1 else 0.0
    return found


def _of_places(strength: Floats, jerk: Floats) -> dict[str, float]:
    """Return strengths of the strongest cells: per pair, over the window, and of acceleration."""
    found = {}
    at_once = _ranked(strength)
    for name, values in (("cell", at_once), ("jerk", _ranked(jerk))):
        for rank, column in zip(_RANKS, values.T, strict=True):
            found[f"{name}{rank}.mean"] = float(column.mean())
            found[f"{name}{rank}.std"] = float(column.std())
            found[f"{name}{rank}.max"] = float(column.max())
    mean = strength.mean(0)
    for name, plane in (
        ("lasting", mean),
        ("peak", strength.max(0)),
        ("lasting_jerk", jerk.mean(0)),
    ):
        coarse = plane.reshape(12, 2, 16, 2).mean((1, 3))
        for label, values in (("", plane), ("_coarse", coarse)):
            ordered = np.sort(values.ravel())[::-1]
            for rank in (0, 2, 5, 10, 20, 40):
                found[f"{name}{label}{rank}"] = float(ordered[rank])
    found["jerk_over_lasting"] = found["lasting_jerk0"] / (found["lasting0"] + 0.05)
    found["stays"] = float(_ranked(mean[None])[0].mean() / (at_once.max(0).mean() + 0.05))
    return found


def _ranked(planes: Floats) -> Floats:
    ordered = np.sort(planes.reshape(len(planes), -1), axis=1)[:, ::-1]
    return np.asarray(ordered[:, list(_RANKS)])


def _of_order(cells: Floats, strength: Floats) -> dict[str, float]:
    """Return statistics of common motion of neighbours, of its extent and of its directions."""
    found = {}
    total = strength.sum((1, 2)) + 1e-3
    for size in _NEIGHBOURHOODS:
        as_one = [_unity(c, s, size) for c, s in zip(cells, strength, strict=True)]
        found[f"unity{size}.mean"] = float(np.mean(as_one))
        found[f"unity{size}.std"] = float(np.std(as_one))
        found[f"unity{size}.min"] = float(np.min(as_one))
    y, x = np.mgrid[0 : strength.shape[1], 0 : strength.shape[2]]
    for name, axis in (("x", x), ("y", y)):
        centre = (strength * axis).sum((1, 2)) / total
        away = (axis - centre[:, None, None]) ** 2
        extent = np.sqrt((strength * away).sum((1, 2)) / total)
        found[f"extent_{name}.mean"] = float(extent.mean())
        found[f"extent_{name}.std"] = float(extent.std())
        found[f"centre_{name}.std"] = float(centre.std())
    flat, weights = cells.reshape(-1, 2), strength.ravel()
    found["directions"] = entropy(flat, weights)
    each = [entropy(c.reshape(-1, 2), s.ravel()) for c, s in zip(cells, strength, strict=True)]
    found["directions.mean"] = float(np.mean(each))
    found["directions.std"] = float(np.std(each))
    found["directions.min"] = float(np.min(each))
    across, down = np.abs(cells[..., 0]).sum(), np.abs(cells[..., 1]).sum()
    found["up_and_down"] = float(down / (across + 1e-3))
    return found


def _unity(cells: Floats, strength: Floats, size: int) -> float:
    """Return vector-sum length over the sum of lengths in neighbourhoods of ``size`` cells."""
    x, y = (cv2.blur(cells[..., i], (size, size)) for i in (0, 1))
    lengths = cv2.blur(strength, (size, size))
    return float((np.hypot(x, y) * strength).sum() / ((lengths * strength).sum() + 1e-3))


def _of_time(cells: Floats, strength: Floats) -> dict[str, float]:
    """Return autocorrelation, change and overlap of the motion at lags of 1, 2 and 3 pairs."""
    found: dict[str, float] = {}
    for lag in _LAGS:
        if len(cells) <= lag:
            found |= {f"{name}{lag}": 0.0 for name in ("goes_on", "turns", "overlaps")}
            continue
        a, b, p, q = cells[:-lag], cells[lag:], strength[:-lag], strength[lag:]
        found[f"goes_on{lag}"] = float((a * b).sum() / ((p * q).sum() + 1e-3))
        found[f"turns{lag}"] = float(np.abs(b - a).sum() / (p.sum() + q.sum() + 1e-3))
        both, either = np.minimum(p, q).sum(), np.maximum(p, q).sum()
        found[f"overlaps{lag}"] = float(both / (either + 1e-3))
    mean = strength.mean(0)
    drift = np.hypot(cells[..., 0].mean(0), cells[..., 1].mean(0))
    found["drift"] = float((drift * mean).sum() / ((mean * mean).sum() + 1e-3))
    return found


def _of_gradients(cells: Floats, strength: Floats) -> dict[str, float]:
    """Return divergence, curl and shear between cells: limbs or people moving differently."""
    across = cells[:, 1:-1, 2:] - cells[:, 1:-1, :-2]
    down = cells[:, 2:, 1:-1] - cells[:, :-2, 1:-1]
    planes = {
        "divergence": np.abs(across[..., 0] + down[..., 1]),
        "curl": np.abs(across[..., 1] - down[..., 0]),
        "shear": np.hypot(across[..., 0] - down[..., 1], down[..., 0] + across[..., 1]),
    }
    found = {}
    total = strength.sum() + 1e-3
    for name, plane in planes.items():
        ordered = np.sort(plane.reshape(len(plane), -1), axis=1)[:, ::-1]
        found[f"{name}.share"] = float(plane.sum() / total)
        found[f"{name}6.mean"] = float(ordered[:, 6].mean())
        found[f"{name}6.max"] = float(ordered[:, 6].max())
        found[f"{name}34.mean"] = float(ordered[:, 34].mean())
    return found
