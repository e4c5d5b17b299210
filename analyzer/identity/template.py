"""Template of a track's faces, and its distance to single pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def track_distances(faces: Floats, weights: Floats, pictures: Floats) -> NDArray[np.float64]:
    """Return (G,) distances of a track, ``faces`` (F, D) by ``weights`` (F,), to ``pictures``.

    ``pictures`` is (G, D); all vectors have the same norm. For one face this is the plain distance.
    Thresholds are measured on pairs of single pictures, and should hold for tracks too. The mean of
    the single distances is too strict for several faces: strangers pass up to a hundred times less
    often than measured, and true persons are lost. The distance of the mean face at full norm is
    too loose: strangers pass six to ten times too often. Halfway, with the mean face scaled by the
    root of the norm that it lost, strangers pass as often as in single pairs: for one face, for
    several different and for several similar ones (models/identity/CARD.md).
    """
    vector, square = track_template(faces, weights)
    # Row by row, so that a distance does not depend on how many are measured at once.
    apart = np.square(np.asarray(pictures, np.float64) - vector).sum(axis=1)
    squares = apart + (square - float(vector @ vector))
    return np.asarray(np.sqrt(np.maximum(squares, 0)), np.float64)


def track_template(faces: Floats, weights: Floats) -> tuple[NDArray[np.float64], float]:
    """Return v (D,) and s of a track, float64: distance to picture p is √(p·p + s - 2 p·v)."""
    faces = np.asarray(faces, np.float64)
    length = _length(faces)
    mean = np.asarray(weights, np.float64) @ faces / np.sum(weights)
    kept = max(float(np.linalg.norm(mean)) / length, 1e-12)
    return mean / np.sqrt(kept), length**2


def template_distance(faces: Floats, weights: Floats, pictures: Floats) -> float:
    """Return the distance between the mean faces of a track and of ``pictures``, at full norm."""
    length = _length(pictures)
    mean = np.asarray(weights, np.float64) @ faces
    return float(np.linalg.norm(_at_length(mean, length) - _at_length(pictures.sum(0), length)))


def _length(vectors: Floats) -> float:
    return float(np.linalg.norm(vectors, axis=1).mean())


def _at_length(vector: Floats, length: float) -> Floats:
    return vector * (length / max(float(np.linalg.norm(vector)), 1e-12))
