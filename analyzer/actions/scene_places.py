"""Optical-flow statistics of the most active squares of the picture over a window.

A fight fills a part of the picture. Means over the whole picture make a small fight look like a
calm street, and a busy street like a fight. So motion is also measured in overlapping squares. The
features of each quantity are its strongest squares and the squares with the most sudden motion.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analyzer.actions.optical_flow import MOVES, Pair

Floats = NDArray[np.floating]

_SQUARES = ((8, 4), (12, 6))
"""Side and step of the squares in cells of 5 px: 1/4 and 3/8 of the picture's width."""

_EPSILON = 0.05
"""Added to a denominator, in px in 0.2 s: noise over noise has no meaning."""

_RATIOS = (
    ("disorder", "strength"), ("jerk", "strength"), ("turns", "strength"), ("shear", "strength"),
    ("bursts", "strength"), ("peaks", "strength"),
)  # fmt: skip


def place_features(pairs: Sequence[Pair]) -> dict[str, float]:
    """Return the named quantities of at least two pairs, in a fixed order."""
    cells = np.array([pair.cells for pair in pairs], np.float64)
    strength = np.array([pair.strength for pair in pairs], np.float64)
    jerk = np.array([pair.acceleration for pair in pairs[1:]], np.float64)
    planes = {
        "strength": strength,
        "x": cells[..., 0],
        "y": cells[..., 1],
        "jerk": jerk,
        "back": _back(cells),
        "shear": _shear(cells),
        "moving": (strength > MOVES).astype(np.float64),
        "square": strength**2,
    }
    found: dict[str, float] = {}
    for side, step in _SQUARES:
        means = {name: _means(plane, side, step) for name, plane in planes.items()}
        found |= {f"place{side}.{name}": value for name, value in _square_features(means).items()}
        found[f"place{side}.over_all"] = float(
            means["strength"].mean(0).max() / (strength.mean() + _EPSILON)
        )
    return found


def _back(cells: Floats) -> Floats:
    """Return (T - 1, H, W): how far motion reverses from one pair to the next."""
    return np.asarray(np.maximum(-(cells[:-1] * cells[1:]).sum(-1), 0))


def _shear(cells: Floats) -> Floats:
    """Return (T, H, W): difference of the motion of neighbours; 0 along the border."""
    across = cells[:, 1:-1, 2:] - cells[:, 1:-1, :-2]
    down = cells[:, 2:, 1:-1] - cells[:, :-2, 1:-1]
    result = np.zeros(cells.shape[:3])
    result[:, 1:-1, 1:-1] = (
        np.hypot(across[..., 0] - down[..., 1], down[..., 0] + across[..., 1])
        + np.abs(across[..., 0] + down[..., 1])
        + np.abs(across[..., 1] - down[..., 0])
    )
    return result


def _means(plane: Floats, side: int, step: int) -> Floats:
    """Return (T, squares): the mean of ``plane`` (T, H, W) over every square, row by row."""
    sums = np.pad(plane.cumsum(1).cumsum(2), ((0, 0), (1, 0), (1, 0)))
    inside = sums[:, side:, side:] - sums[:, :-side, side:] - sums[:, side:, :-side]
    inside = (inside + sums[:, :-side, :-side])[:, ::step, ::step]
    return np.asarray(inside.reshape(len(plane), -1) / side**2)


def _square_features(means: dict[str, Floats]) -> dict[str, float]:
    """Return the quantities of squares of one size; ``means`` (T, squares) by plane."""
    strength, jerk = means["strength"], means["jerk"]
    q = {
        "strength": strength.mean(0),
        "jerk": jerk.mean(0),
        "jolt": np.sort(jerk, axis=0)[-min(2, len(jerk))],
        "bursts": strength.std(0),
        "disorder": (strength - np.hypot(means["x"], means["y"])).mean(0),
        "turns": np.sqrt(np.maximum(means["back"].mean(0), 0)),
        "shear": means["shear"].mean(0),
        "moving": means["moving"].mean(0),
        "always": np.quantile(means["moving"], 0.2, axis=0),
        "peaks": np.sqrt(np.maximum(means["square"].mean(0), 0)),
    }
    most_active = np.argsort(-q["jerk"], kind="stable")
    found: dict[str, float] = {}
    for name, values in q.items():
        ordered = np.sort(values)[::-1]
        found[f"{name}.max"] = float(ordered[0])
        found[f"{name}.fourth"] = float(ordered[3])
        found[f"{name}.middle"] = float(ordered[len(ordered) // 2])
        found[f"{name}.there"] = float(values[most_active[0]])
    for name, base in _RATIOS:
        ratio = q[name] / (q[base] + _EPSILON)
        found[f"{name}_over_{base}.there"] = float(ratio[most_active[0]])
        found[f"{name}_over_{base}.around"] = float(ratio[most_active[:3]].mean())
    found["jerk.focus"] = float(q["jerk"].max() / (q["jerk"].mean() + _EPSILON))
    found["jerk.stays"] = float(q["jerk"].max() / (jerk.max(1).mean() + _EPSILON))
    return found
