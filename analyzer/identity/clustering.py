"""Average-linkage clustering (UPGMA) of tracks under constraints.

The distance of two tracks is the quality-weighted mean of the distances of their faces, so that
thresholds measured on single pictures hold. The distance of two groups is the mean over their pairs
of tracks (UPGMA, Sokal and Michener 1958). Single linkage would chain strangers through one bad
face; complete linkage would split a person because of one bad pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BLOCK_FACES = 512
"""Number of faces compared with all others at once: 512 × 20,000 distances are 40 MB."""

Pairs = Iterable[tuple[int, int]]

Never = Callable[[NDArray[np.int64]], NDArray[np.bool_]]
"""Of tracks by index (P,), bool (P, P): which pairs are never of one person."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceSet:
    """The embedded faces of one track: ``embeddings`` (K, D), ``weights`` (K,) > 0, K >= 1."""

    embeddings: NDArray[np.floating]
    weights: NDArray[np.floating]


def group_tracks(
    tracks: Sequence[FaceSet],
    cut: float,
    must: Pairs = (),
    cannot: Pairs = (),
    never: Never | None = None,
) -> NDArray[np.int64]:
    """Return one label per track, int64 (N,), equal for tracks of one person.

    Groups are joined while their mean distance is at most ``cut``. ``must`` are must-link pairs of
    indices, joined whatever their distance. ``cannot`` are cannot-link pairs, whose groups are
    never joined, nor are those of pairs for which ``never`` says so; ``must`` holds against both.
    Labels count from 0 in order of the first track of each group.

    The linkage runs inside connected components of the graph of pairs within ``cut``. Two groups
    whose mean distance lies within it have such a pair, so the result is that of one linkage over
    all tracks. Memory grows with the square of the largest component: 100 MB at 5,000 tracks.
    """
    if not tracks:
        return np.zeros(0, np.int64)
    faces = _Faces(tracks)
    together, apart = list(must), set(map(frozenset, cannot)) - set(map(frozenset, must))
    parts = _parts(faces, cut, together)
    labels = np.arange(len(tracks))
    for part in _members(parts):
        if len(part) < 2:
            continue
        place = {int(index): row for row, index in enumerate(part)}
        distance = faces.distances(part, part)
        if never is not None:
            distance[never(part)] = np.inf
        for a, b in (tuple(pair) for pair in apart if pair <= place.keys() and len(pair) == 2):
            distance[place[a], place[b]] = distance[place[b], place[a]] = np.inf
        joined = [(place[a], place[b]) for a, b in together if a in place and b in place]
        labels[part] = part[_agglomerate(distance, joined, cut)]
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


class _Faces:
    """All faces in one matrix, and the rows of each track."""

    def __init__(self, tracks: Sequence[FaceSet]) -> None:
        self._sizes = np.array([len(track.weights) for track in tracks])
        self._matrix = np.concatenate([track.embeddings for track in tracks]).astype(np.float32)
        shares = [track.weights / np.sum(track.weights) for track in tracks]
        self._shares = np.concatenate(shares).astype(np.float32)
        self._squares = np.einsum("ij,ij->i", self._matrix, self._matrix)
        self._starts = np.concatenate(([0], np.cumsum(self._sizes)[:-1]))

    @property
    def tracks(self) -> NDArray[np.int64]:
        """The indices of all tracks."""
        return np.arange(len(self._sizes))

    def blocks(self) -> Iterator[NDArray[np.int64]]:
        """Yield runs of tracks with about ``_BLOCK_FACES`` faces."""
        for _, block in sorted(_by_key(self._starts // _BLOCK_FACES).items()):
            yield block

    def distances(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the distances between tracks, float32 (len(rows), len(columns))."""
        result = np.empty((len(rows), len(columns)), np.float32)
        right, edges = self._of(columns), self._edges(columns)
        matrix, squares, shares = self._matrix[right].T, self._squares[right], self._shares[right]
        step = max(1, _BLOCK_FACES // int(self._sizes[rows].max()))
        for start in range(0, len(rows), step):
            block = rows[start : start + step]
            left = self._of(block)
            each = self._matrix[left] @ matrix
            each *= -2
            each += squares
            each += self._squares[left, None]
            np.sqrt(np.maximum(each, 0, out=each), out=each)
            each *= shares
            each *= self._shares[left, None]
            by_column = np.add.reduceat(each, edges, axis=1)
            result[start : start + step] = np.add.reduceat(by_column, self._edges(block), axis=0)
        return result

    def _of(self, tracks: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the indices of the faces of ``tracks``, track by track."""
        return np.concatenate(
            [np.arange(self._starts[t], self._starts[t] + self._sizes[t]) for t in tracks]
        )

    def _edges(self, tracks: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.concatenate(([0], np.cumsum(self._sizes[tracks])[:-1]))


def _parts(faces: _Faces, cut: float, together: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """Return one label per track, equal inside a connected component of near pairs."""
    # Here, as it takes a third of a second, which no command that groups nobody should wait for.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count = len(faces.tracks)
    rows = [np.array([a for a, _ in together], np.int64)]
    columns = [np.array([b for _, b in together], np.int64)]
    for block in faces.blocks():
        later = faces.tracks[block[0] :]
        near = np.argwhere(faces.distances(block, later) <= cut)
        rows.append(block[near[:, 0]])
        columns.append(later[near[:, 1]])
    row, column = np.concatenate(rows), np.concatenate(columns)
    graph = coo_array((np.ones(len(row), np.int8), (row, column)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def _members(labels: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Yield the indices of each label, in ascending order."""
    yield from _by_key(labels).values()


def _by_key(keys: NDArray[np.int64]) -> dict[int, NDArray[np.int64]]:
    order = np.argsort(keys, kind="stable")
    values, starts = np.unique(keys[order], return_index=True)
    return dict(zip(map(int, values), np.split(order, starts[1:]), strict=True))


def _agglomerate(
    distance: NDArray[np.float32], together: Sequence[tuple[int, int]], cut: float
) -> NDArray[np.int64]:
    """Return for each row the first row of its group; ``distance`` is overwritten.

    Nearest neighbours are cached per row and searched again only where they became invalid (the
    generic algorithm of Müllner 2011): about N² steps instead of N³.
    """
    count = len(distance)
    groups = _Groups(distance)
    for a, b in together:
        first, second = sorted((groups.head(a), groups.head(b)))
        if first != second:
            groups.join(first, second)
    groups.look_again(np.arange(count))
    while True:
        first, second, least = groups.nearest()
        if least > cut:
            return np.array([groups.head(row) for row in range(count)])
        groups.join(first, second)
        groups.mend(first, second)


class _Groups:
    """Groups of rows during the linkage, each stored in the row of its first member."""

    def __init__(self, distance: NDArray[np.float32]) -> None:
        np.fill_diagonal(distance, np.inf)
        self._distance = distance
        self._size = np.ones(len(distance), np.float32)
        self._head = np.arange(len(distance))
        self._near = np.zeros(len(distance), np.int64)
        self._least = np.full(len(distance), np.inf, np.float32)

    def head(self, row: int) -> int:
        """Return the row that represents the group of ``row``."""
        while self._head[row] != row:
            row = int(self._head[row])
        return row

    def join(self, first: int, second: int) -> None:
        """Join group ``second`` into ``first``; distances are averaged, infinite stays infinite."""
        d, size = self._distance, self._size
        whole = size[first] + size[second]
        mean = (size[first] * d[first] + size[second] * d[second]) / whole
        mean[[first, second]] = np.inf
        d[first], d[:, first] = mean, mean
        d[second], d[:, second] = np.inf, np.inf
        size[first] = whole
        self._head[second] = first

    def look_again(self, rows: NDArray[np.int64]) -> None:
        """Update the nearest group of each of ``rows``."""
        self._near[rows] = np.argmin(self._distance[rows], axis=1)
        self._least[rows] = self._distance[rows, self._near[rows]]

    def mend(self, first: int, second: int) -> None:
        """Update nearest groups that were one of the two joined groups."""
        lost = np.isin(self._near, (first, second))
        lost[first] = True
        lost[second] = False
        self._least[second] = np.inf
        self._near[second] = second
        self.look_again(np.flatnonzero(lost))

    def nearest(self) -> tuple[int, int, float]:
        """Return the two groups nearest to each other, first row first, and their distance."""
        row = int(np.argmin(self._least))
        first, second = sorted((row, int(self._near[row])))
        return first, second, float(self._least[row])
