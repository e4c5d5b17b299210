"""Verification metrics: error rates with bootstrap intervals over people.

The bootstrap draws people and not pairs: pictures of one person are correlated, and hundreds of
thousands of pairs still come from a few hundred people. The weight of a pair is the product of the
counts of its two people in the draw, or the count of the one person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]
Bools = NDArray[np.bool_]

ROUNDS = 300
_BLOCK = 512


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Distances of P pairs with the persons (numbers) of both sides."""

    distances: Floats
    one: Ints
    other: Ints

    def __len__(self) -> int:
        return len(self.distances)

    def weights(self, drawn: Ints) -> Floats:
        """Return the weight of each pair if person p was drawn ``drawn[p]`` times."""
        both = drawn[self.one] * drawn[self.other]
        return np.where(self.one == self.other, drawn[self.one], both).astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Strangers:
    """Nearest impostor pairs (two people) among N pictures, sorted, and the number of pairs."""

    nearest: Scored
    pictures: Ints
    total: int

    def rate(self, distance: float, drawn: Ints | None = None) -> float:
        """Return the share of impostor pairs within ``distance``."""
        end = int(np.searchsorted(self.nearest.distances, distance, side="right"))
        if drawn is None:
            return end / self.total
        weights = self.nearest.weights(drawn)[:end]
        return float(weights.sum()) / max(_pairs_of_two(self.pictures * drawn), 1.0)

    def distance(self, rate: float, drawn: Ints | None = None) -> float:
        """Return the largest distance with at most ``rate`` of the impostor pairs within it."""
        weights = np.ones(len(self.nearest)) if drawn is None else self.nearest.weights(drawn)
        total = self.total if drawn is None else _pairs_of_two(self.pictures * drawn)
        within = int(np.searchsorted(np.cumsum(weights), rate * total, side="right"))
        return float(self.nearest.distances[min(within, len(self.nearest) - 1)]) - 1e-6


def _pairs_of_two(pictures: Floats | Ints) -> float:
    """Return the number of impostor pairs if person p has ``pictures[p]`` pictures."""
    return float(pictures.sum() ** 2 - (pictures**2).sum()) / 2


def distances(embeddings: Floats, left: Ints, right: Ints) -> Floats:
    """Return (P,) Euclidean distances between rows of ``embeddings`` (N, D)."""
    return np.linalg.norm(
        embeddings[left].astype(np.float64) - embeddings[right].astype(np.float64), axis=1
    )


def strangers(embeddings: Floats, persons: Ints, share: float = 0.12) -> Strangers:
    """Return the nearest ``share`` of impostor pairs among (N, D) ``embeddings``."""
    vectors = embeddings.astype(np.float64)
    parts = [_block(vectors, persons, start, share) for start in range(0, len(vectors), _BLOCK)]
    near = np.concatenate([d for d, _, _ in parts])
    order = np.argsort(near, kind="stable")
    pictures = np.bincount(persons)
    total = int(_pairs_of_two(pictures.astype(np.float64)))
    order = order[: max(int(share * total), 1)]
    one, other = (np.concatenate([part[i] for part in parts])[order] for i in (1, 2))
    return Strangers(Scored(near[order], persons[one], persons[other]), pictures, total)


def _block(vectors: Floats, persons: Ints, start: int, share: float) -> tuple[Floats, Ints, Ints]:
    """Return distances and indices of near impostor pairs of the pictures in this block."""
    rows = np.arange(start, min(start + _BLOCK, len(vectors)))
    squared = (
        (vectors[rows] ** 2).sum(1)[:, None] + (vectors**2).sum(1) - 2 * vectors[rows] @ vectors.T
    )
    two = (persons[rows][:, None] != persons) & (np.arange(len(vectors)) > rows[:, None])
    i, j = np.nonzero(two)
    found = np.sqrt(np.maximum(squared[i, j], 0))
    if len(found):
        near = found <= np.quantile(found, min(3 * share, 1.0))
        found, i, j = found[near], i[near], j[near]
    return found, rows[i], j


def equal_error(genuine: Floats, others: Strangers) -> float:
    """Return the distance of equal error: false non-match rate equals false match rate."""
    candidates = np.sort(genuine)
    missed = 1 - np.arange(1, len(candidates) + 1) / len(candidates)
    within = np.searchsorted(others.nearest.distances, candidates, side="right") / others.total
    return float(candidates[int(np.argmin(np.abs(missed - within)))])


def bootstrap(
    measure: Callable[[Ints], float], persons: int, rounds: int = ROUNDS, seed: int = 0
) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of ``measure(drawn)`` over ``persons`` people."""
    rng = np.random.default_rng(seed)
    even = np.full(persons, 1 / persons)
    values = [measure(rng.multinomial(persons, even)) for _ in range(rounds)]
    low, high = np.nanpercentile(values, (2.5, 97.5))
    return float(low), float(high)


def share(right: Bools, weights: Floats) -> float:
    """Return the weighted share of ``right``; NaN without weight."""
    total = float(weights.sum())
    return float((right * weights).sum()) / total if total else float("nan")
