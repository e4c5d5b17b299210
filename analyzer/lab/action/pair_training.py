"""Training of fights between people: a regression on windows of which only the clip is labelled.

A clip of a fight does not say who fights. Each window of it is a bag of groups (everybody alone,
every two near each other) of which at least one fights; in windows of other clips none does. The
regression is fitted several times, each time on those who look most like fighting by the last one
(multiple-instance learning, Andrews et al. 2002, with soft choices).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from analyzer.actions.model import standardised

ROUNDS = 4
PENALTY = 10.0
"""L2 penalty: about 70 quantities, some 500 windows."""

_SHARPNESS = 2.0
"""How much more the likeliest fighter of a window counts than the others."""

_FARTHEST_ODDS = 6.0

Arrays = dict[str, NDArray[np.float32]]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Bags:
    """Groups of people: ``features`` (G, F), NaN where missing, ``windows`` (G,) of which window.

    Of the N windows: ``fights`` (N,) 0 or 1, ``weights`` (N,), ``places`` (N,) a text that no split
    divides, ``scene`` (N,) log odds by the whole picture, of a model that has not seen the place.
    """

    features: Floats
    names: tuple[str, ...]
    windows: NDArray[np.int64]
    fights: NDArray[np.int64]
    weights: Floats
    places: NDArray[np.str_]
    scene: Floats

    def table(self) -> Floats:
        """Return (G, F) with the column ``scene`` filled."""
        table = self.features.copy()
        odds = np.clip(self.scene, -_FARTHEST_ODDS, _FARTHEST_ODDS)
        table[:, self.names.index("scene")] = odds[self.windows]
        return table


def fit_bags(bags: Bags, chosen: NDArray[np.bool_]) -> Arrays:
    """Return the regression of the ``chosen`` windows (N,), as ``actions.model`` reads it."""
    rows = chosen[bags.windows]
    x, windows = bags.table()[rows], bags.windows[rows]
    mean, scale = np.nanmean(x, axis=0), np.maximum(np.nanstd(x, axis=0), 1e-6)
    x = np.asarray(standardised(x, mean, scale), np.float64)
    fights, weights = bags.fights[windows], bags.weights[windows]
    share = weights / np.bincount(windows, minlength=len(bags.fights))[windows]
    found = np.zeros(x.shape[1] + 1)
    for _ in range(ROUNDS):
        found = _logistic(x, fights, share)
        share = weights * _chosen(x @ found[:-1], windows, fights, len(bags.fights))
    values = {"mean": mean, "scale": scale, "weights": found[:-1], "bias": found[-1:]}
    return {f"pair_{name}": value.astype(np.float32) for name, value in values.items()}


def _chosen(
    margins: Floats, windows: NDArray[np.int64], fights: NDArray[np.int64], count: int
) -> Floats:
    """Return the share of each group in its window.

    Of a fight the likeliest counts. Else the likeliest counts most, all count, and a window with
    more people counts more, up to four times.
    """
    top = np.full(count, -np.inf)
    np.maximum.at(top, windows, margins)
    raised = np.exp(_SHARPNESS * (margins - top[windows]))
    soft = raised / np.bincount(windows, raised, count)[windows]
    size = np.bincount(windows, minlength=count)[windows]
    spread = (soft + 1 / size) / 2 * np.sqrt(np.minimum(size, 4))
    return np.asarray(np.where(fights == 1, soft, spread))


def _logistic(x: Floats, truth: NDArray[np.int64], weights: Floats) -> Floats:
    """Return weights and bias (F + 1,) of an L2-penalised logistic regression."""
    sign = 2.0 * truth - 1

    def loss(w: Floats) -> tuple[float, Floats]:
        margins = sign * (x @ w[:-1] + w[-1])
        pull = -weights * sign / (1 + np.exp(np.clip(margins, -50, 50)))
        value = (weights * np.logaddexp(0, -margins)).sum() + PENALTY / 2 * (w[:-1] @ w[:-1])
        return float(value), np.append(x.T @ pull + PENALTY * w[:-1], pull.sum())

    return np.asarray(minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B").x)


def margins_of(bags: Bags, arrays: Arrays) -> Floats:
    """Return the log odds of a fight (N,) of each window: of its likeliest group; NaN of none."""
    x = standardised(bags.table(), arrays["pair_mean"], arrays["pair_scale"])
    each = x @ arrays["pair_weights"] + arrays["pair_bias"][0]
    top = np.full(len(bags.fights), -np.inf)
    np.maximum.at(top, bags.windows, each)
    return np.where(np.isfinite(top), top, np.nan)


def platt(margins: Floats, fights: NDArray[np.int64], weights: Floats) -> tuple[float, float]:
    """Return scale and shift that make margins of held-back windows log odds (Platt 1999)."""
    sign = 2.0 * fights - 1

    def loss(values: Floats) -> float:
        return float((weights * np.logaddexp(0, -sign * (values[0] * margins + values[1]))).sum())

    scale, shift = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return float(scale), float(shift)
