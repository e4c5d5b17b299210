"""Consistency of a track: whether its faces are those of one person."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SURE_QUALITY = 0.2
"""Least quality of a face to count here: embeddings of small and blurred faces drift."""


def gap_between_people(faces: Sequence[tuple[NDArray[np.float32], float]]) -> float:
    """Return how far the two most distant groups of ``faces`` (embedding, quality) lie apart.

    Groups are made by average linkage, so that a single pair does not decide; the height of the
    last union is the mean distance between the two groups. 0 for fewer than two good faces.
    """
    vectors = [embedding for embedding, quality in faces if quality >= SURE_QUALITY]
    if len(vectors) < 2:
        return 0.0
    from scipy.cluster.hierarchy import average
    from scipy.spatial.distance import pdist

    return float(average(pdist(np.stack(vectors).astype(np.float64)))[-1, 2])
