"""Candidates: known persons ranked for one track. Pure arithmetic on embeddings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.types import Candidate, GalleryFace


@dataclass(frozen=True, slots=True, eq=False)
class TrackFace:
    """One embedded face of a track: ``embedding`` float32 (D,), ``weight`` its quality > 0."""

    face_id: str
    weight: float
    embedding: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Decision:
    """What makes a candidate's name be shown: thresholds, and the calibration if there is one."""

    threshold: float
    min_margin: float
    keep: int
    probability: Callable[[float], float] | None


def rank_candidates(
    track_id: str,
    faces: Sequence[TrackFace],
    gallery: Sequence[GalleryFace],
    decision: Decision,
) -> tuple[Candidate, ...]:
    """Return the nearest persons of ``gallery``, best first, at most ``decision.keep``.

    The distance to a person is the quality-weighted mean, over the track's faces, of the distance
    to one picture, for the nearest of the person's pictures. The mean of distances is used and not
    the distance of the mean face: averaging embeddings shrinks every distance, and thresholds are
    measured on pairs of single pictures. Gallery faces without embedding are ignored.
    """
    known = [face for face in gallery if face.embedding is not None]
    if not faces or not known:
        return ()
    track = np.stack([face.embedding for face in faces]).astype(np.float64)
    pictures = np.stack([face.embedding for face in known if face.embedding is not None])
    each = np.linalg.norm(track[:, None, :] - pictures[None, :, :].astype(np.float64), axis=2)
    weights = np.array([face.weight for face in faces], dtype=np.float64)
    mean = weights @ each / weights.sum()

    best: dict[str, int] = {}
    for index in np.lexsort((np.arange(len(known)), mean)):
        best.setdefault(known[index].person, int(index))
    order = list(best.values())
    result = []
    for rank, index in enumerate(order[: decision.keep], start=1):
        distance = float(mean[index])
        margin = float(mean[order[rank]]) - distance if rank < len(order) else float("inf")
        result.append(
            Candidate(
                track_id=track_id,
                person=known[index].person,
                rank=rank,
                distance=distance,
                margin=margin,
                threshold=decision.threshold,
                probability=decision.probability(distance) if decision.probability else None,
                accepted=rank == 1
                and distance <= decision.threshold
                and margin >= decision.min_margin,
                face_id=faces[int(np.argmin(each[:, index]))].face_id,
                gallery_sha256=known[index].sha256,
            )
        )
    return tuple(result)
