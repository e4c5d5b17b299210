"""Open-set identification: false and true names in randomly drawn galleries."""

from __future__ import annotations

from typing import Any

import numpy as np

from analyzer.config import IdentitySettings
from analyzer.faces.calibration import Calibration
from analyzer.identity.operating_point import operating_point_for
from analyzer.lab.identity.verification import Floats, Ints

SIZES = (1, 10, 50, 200)
ROUNDS = 100
_SEED = 11


def galleries(
    embeddings: Floats, persons: Ints, calibration: Calibration, settings: IdentitySettings
) -> dict[str, dict[str, float]]:
    """Return the rates of a run with default thresholds, by the number of people in the gallery.

    Each round draws a gallery of one picture per person; every other picture is a probe. Sizes over
    half of the people are left out. ``strangers_named`` is the share of pictures of people outside
    the gallery that get a name, ``named`` and ``rank_1`` are of those inside.
    """
    people = np.unique(persons)
    vectors = embeddings.astype(np.float64)
    return {
        str(size): _of_size(size, vectors, persons, calibration, settings)
        for size in SIZES
        if 2 * size <= len(people)
    }


def _of_size(
    size: int, vectors: Floats, persons: Ints, calibration: Calibration, settings: IdentitySettings
) -> dict[str, Any]:
    point = operating_point_for(settings, calibration, size)
    rng = np.random.default_rng(_SEED)
    strangers, strangers_named, known, named, first = 0, 0, 0, 0, 0
    for _ in range(ROUNDS):
        shuffled = rng.permutation(len(persons))
        _, places = np.unique(persons[shuffled], return_index=True)
        gallery = shuffled[rng.permutation(places)[:size]]
        asked = np.setdiff1d(np.arange(len(persons)), gallery)
        nearest, distance, margin = _ranked(vectors[asked], vectors[gallery])
        accepted = (distance <= point.threshold) & (margin >= point.min_margin)
        inside = np.isin(persons[asked], persons[gallery])
        right = persons[gallery][nearest] == persons[asked]
        strangers += int((~inside).sum())
        strangers_named += int((accepted & ~inside).sum())
        known += int(inside.sum())
        named += int((accepted & right).sum())
        first += int(right.sum())
    return {
        "threshold": round(point.threshold, 4),
        "strangers": strangers,
        "strangers_named": strangers_named / strangers,
        "known": known,
        "named": named / max(known, 1),
        "rank_1": first / max(known, 1),
    }


def _ranked(asked: Floats, gallery: Floats) -> tuple[Ints, Floats, Floats]:
    """Return the nearest of ``gallery`` (G, D) for each probe, its distance and margin."""
    squared = (asked**2).sum(1)[:, None] + (gallery**2).sum(1) - 2 * asked @ gallery.T
    apart = np.sqrt(np.maximum(squared, 0))
    nearest = apart.argmin(axis=1)
    if apart.shape[1] == 1:
        return nearest, apart[:, 0], np.full(len(apart), np.inf)
    two = np.partition(apart, 1, axis=1)[:, :2]
    return nearest, two[:, 0], two[:, 1] - two[:, 0]
