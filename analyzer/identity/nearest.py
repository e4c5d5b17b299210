"""Exact nearest-neighbour search among very many embeddings, one block at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from analyzer.identity.template import track_distances, track_template

_BLOCK = 4096
"""Embeddings per step: 2 MB of 128 float32 fit into the cache; 16,384 are 1.4 × slower."""

_SLACK = 1e-4
"""Upper bound of the float32 rounding error of a squared distance between embeddings of about unit
length. Rows this close to the limit are measured again in float64."""

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """Query of a search: ``embeddings`` (K, D) of one person, ``weights`` (K,) > 0."""

    embeddings: NDArray[np.floating]
    weights: NDArray[np.floating]

    def distances(self, others: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the track distance to each of ``others`` (N, D), in float64 (N,)."""
        return track_distances(self.embeddings, self.weights, others)

    def squares(self, others: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the squared distances in float32, which is much faster."""
        vector, square = track_template(self.embeddings, self.weights)
        squares = np.einsum("ij,ij->i", others, others)
        squares -= others @ (2 * vector).astype(np.float32)
        return np.asarray(squares + np.float32(square), np.float32)


@dataclass(frozen=True, slots=True)
class Hit:
    """One result: the key of its block, its row there, and its distance."""

    key: object
    row: int
    distance: float


def nearest(
    probe: Probe, blocks: Iterable[tuple[Key, NDArray[np.float32]]], count: int
) -> list[Hit]:
    """Return the ``count`` nearest rows of all ``blocks`` ((key, float32 (N, D)) each), in order.

    Equal distances keep the order of blocks and rows. The result equals that of measuring every
    distance in float64 and sorting: float32 only excludes rows beyond the rounding error.
    """
    found: list[Hit] = []
    for keys, vectors in _gathered(blocks):
        rough = probe.squares(vectors)
        limit = found[count - 1].distance ** 2 if len(found) >= count else np.inf
        if len(rough) > count:
            limit = min(limit, float(np.partition(rough, count - 1)[count - 1]))
        rows = np.flatnonzero(rough <= limit + _SLACK)
        if not len(rows):
            continue
        exact = probe.distances(vectors[rows])
        hits = [Hit(*_place(keys, int(row)), float(d)) for row, d in zip(rows, exact, strict=True)]
        found = sorted(found + hits, key=lambda hit: hit.distance)[:count]
    return found


def _gathered(
    blocks: Iterable[tuple[Key, NDArray[np.float32]]],
) -> Iterable[tuple[list[tuple[Key, int]], NDArray[np.float32]]]:
    """Yield blocks joined to about ``_BLOCK`` rows, with (key, first row) of each part."""
    parts: list[NDArray[np.float32]] = []
    keys: list[tuple[Key, int]] = []
    rows = 0
    for key, vectors in blocks:
        keys.append((key, rows))
        parts.append(vectors)
        rows += len(vectors)
        if rows >= _BLOCK:
            yield keys, parts[0] if len(parts) == 1 else np.concatenate(parts)
            parts, keys, rows = [], [], 0
    if parts:
        yield keys, np.concatenate(parts)


def _place(keys: Sequence[tuple[Key, int]], row: int) -> tuple[Key, int]:
    """Return the key of the block of a gathered ``row``, and its row in that block."""
    starts = [start for _, start in keys]
    index = int(np.searchsorted(starts, row, side="right")) - 1
    return keys[index][0], row - starts[index]
