"""Metrics of multi-object tracking: MOTA, IDF1 and HOTA.

MOTA: Bernardin and Stiefelhagen 2008; IDF1: Ristani et al. 2016; HOTA: Luiten et al. 2021. They are
computed here, so that a judgement needs no further package; tests compare MOTA, IDF1 and the
switches with ``motmetrics`` and HOTA with the package ``trackers``, which follows TrackEval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analyzer.boxes import iou
from analyzer.detection.pairing import assign

MATCH_IOU: Final = 0.5
"""Least IoU of a box with the truth for MOTA and IDF1, as everywhere in the field."""

_ALPHAS: Final = np.arange(0.05, 0.99, 0.05)
_EPS: Final = float(np.finfo(np.float64).eps)

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class IdentifiedBoxes:
    """The boxes of one frame: ``ids`` int64 (N,), each once; ``boxes`` float64 (N, 4)."""

    ids: NDArray[np.int64]
    boxes: Matrix


@dataclass(frozen=True, slots=True)
class Switch:
    """A change of the track that follows a person: ``frame`` is an index into the frames judged."""

    frame: int
    person: int
    before: int
    after: int


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """All figures of one sequence; ``boxes`` is the number of boxes of the truth.

    ``missed`` and ``false`` hold, frame by frame, the rows of the truth without a track and the
    rows of the tracks without a person.
    """

    mota: float
    idf1: float
    hota: float
    people: int
    tracks: int
    boxes: int
    switches: tuple[Switch, ...]
    missed: tuple[tuple[int, ...], ...]
    false: tuple[tuple[int, ...], ...]

    def figures(self) -> dict[str, float]:
        """Return the figures as a flat table, rounded to four digits."""
        return {
            "mota": round(self.mota, 4),
            "idf1": round(self.idf1, 4),
            "hota": round(self.hota, 4),
            "switches": len(self.switches),
            "people": self.people,
            "tracks": self.tracks,
            "boxes": self.boxes,
            "misses": sum(map(len, self.missed)),
            "false": sum(map(len, self.false)),
        }


def judge(truth: Sequence[IdentifiedBoxes], found: Sequence[IdentifiedBoxes]) -> Judgement:
    """Return the figures of the tracks ``found``, frame by frame, against ``truth``.

    Raises ValueError if both do not have the same number of frames, or the truth has no box.
    """
    if len(truth) != len(found):
        raise ValueError(f"expected {len(truth)} frames of tracks, got {len(found)}")
    boxes = sum(len(one.ids) for one in truth)
    if not boxes:
        raise ValueError("expected a truth with boxes, got none")
    overlaps = [
        np.asarray(iou(a.boxes, b.boxes), np.float64) for a, b in zip(truth, found, strict=True)
    ]
    switches, missed, false = _clear(truth, found, overlaps)
    wrong = sum(map(len, missed)) + sum(map(len, false)) + len(switches)
    people, tracks = _unique(truth), _unique(found)
    return Judgement(
        mota=1 - wrong / boxes,
        idf1=_idf1(truth, found, overlaps),
        hota=_hota(truth, found, overlaps),
        people=len(people),
        tracks=len(tracks),
        boxes=boxes,
        switches=tuple(switches),
        missed=tuple(missed),
        false=tuple(false),
    )


def joined(sequences: Sequence[Sequence[IdentifiedBoxes]]) -> list[IdentifiedBoxes]:
    """Return the frames of all ``sequences`` one after another, with ids that never meet."""
    frames: list[IdentifiedBoxes] = []
    offset = 0
    for sequence in sequences:
        frames += [IdentifiedBoxes(one.ids + offset, one.boxes) for one in sequence]
        offset += max((int(one.ids.max()) for one in sequence if len(one.ids)), default=0) + 1
    return frames


def _unique(frames: Sequence[IdentifiedBoxes]) -> NDArray[np.int64]:
    return np.unique(np.concatenate([one.ids for one in frames])) if frames else np.empty(0, int)


def _clear(
    truth: Sequence[IdentifiedBoxes], found: Sequence[IdentifiedBoxes], overlaps: Sequence[Matrix]
) -> tuple[list[Switch], list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Return identity switches, and by frame the misses and the false boxes (CLEAR MOT).

    A person keeps the last track as long as it overlaps; the others are assigned by least distance.
    """
    last: dict[int, int] = {}
    switches: list[Switch] = []
    missed, false = [], []
    for frame, (people, tracks, alike) in enumerate(zip(truth, found, overlaps, strict=True)):
        costs = np.where(alike >= MATCH_IOU, 1 - alike, np.inf)
        pairs = _kept(people.ids, tracks.ids, costs, last)
        for row, column in pairs:
            costs[row, :], costs[:, column] = np.inf, np.inf
        for row, column in assign(costs):
            person, track = int(people.ids[row]), int(tracks.ids[column])
            if last.get(person, track) != track:
                switches.append(Switch(frame, person, last[person], track))
            last[person] = track
            pairs.append((row, column))
        rows, columns = {row for row, _ in pairs}, {column for _, column in pairs}
        missed.append(tuple(row for row in range(len(people.ids)) if row not in rows))
        false.append(tuple(j for j in range(len(tracks.ids)) if j not in columns))
    return switches, missed, false


def _kept(
    people: NDArray[np.int64], tracks: NDArray[np.int64], costs: Matrix, last: dict[int, int]
) -> list[tuple[int, int]]:
    """Return the (row, column) of people whose last track still overlaps them; each track once."""
    columns = {int(track): column for column, track in enumerate(tracks)}
    pairs: list[tuple[int, int]] = []
    taken: set[int] = set()
    for row, person in enumerate(people):
        column = columns.get(last.get(int(person), -1))
        if column is not None and column not in taken and np.isfinite(costs[row, column]):
            pairs.append((row, column))
            taken.add(column)
    return pairs


def _idf1(
    truth: Sequence[IdentifiedBoxes], found: Sequence[IdentifiedBoxes], overlaps: Sequence[Matrix]
) -> float:
    """Return the F1 of boxes under the best assignment of whole tracks to people."""
    people, tracks = _unique(truth), _unique(found)
    together = np.zeros((len(people), len(tracks)))
    for one, other, alike in zip(truth, found, overlaps, strict=True):
        rows, columns = np.nonzero(alike >= MATCH_IOU)
        together[
            np.searchsorted(people, one.ids[rows]), np.searchsorted(tracks, other.ids[columns])
        ] += 1
    right = sum(together[pair] for pair in assign(np.where(together > 0, -together, np.inf)))
    total = sum(len(one.ids) for one in truth) + sum(len(one.ids) for one in found)
    return float(2 * right / total)


def _hota(
    truth: Sequence[IdentifiedBoxes], found: Sequence[IdentifiedBoxes], overlaps: Sequence[Matrix]
) -> float:
    """Return HOTA: the geometric mean of detection and association, over thresholds of IoU."""
    people, tracks = _unique(truth), _unique(found)
    if not len(tracks):
        return 0.0
    rows = [np.searchsorted(people, one.ids) for one in truth]
    columns = [np.searchsorted(tracks, one.ids) for one in found]
    seen = np.bincount(np.concatenate(rows), minlength=len(people))[:, None]
    told = np.bincount(np.concatenate(columns), minlength=len(tracks))[None, :]
    alignment = _alignment(rows, columns, overlaps, seen, told)
    counts = np.zeros((len(_ALPHAS), len(people), len(tracks)))
    for row, column, alike in zip(rows, columns, overlaps, strict=True):
        pairs = assign(-alignment[np.ix_(row, column)] * alike) if alike.size else []
        for i, j in pairs:
            counts[:, row[i], column[j]] += alike[i, j] >= _ALPHAS - _EPS
    right = counts.sum((1, 2))
    detection = right / (seen.sum() + told.sum() - right)
    association = (counts * (counts / np.maximum(1, seen + told - counts))).sum((1, 2))
    return float(np.sqrt(detection * association / np.maximum(1, right)).mean())


def _alignment(
    rows: Sequence[NDArray[np.intp]],
    columns: Sequence[NDArray[np.intp]],
    overlaps: Sequence[Matrix],
    seen: NDArray[np.intp],
    told: NDArray[np.intp],
) -> Matrix:
    """Return how well each track fits each person over the whole sequence, (people, tracks)."""
    potential = np.zeros((len(seen), told.shape[1]))
    for row, column, alike in zip(rows, columns, overlaps, strict=True):
        union = alike.sum(0)[None, :] + alike.sum(1)[:, None] - alike
        share = np.divide(alike, union, out=np.zeros_like(alike), where=union > _EPS)
        potential[np.ix_(row, column)] += share
    return potential / (seen + told - potential)
