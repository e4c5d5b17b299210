"""Candidates: known persons ranked for one track."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.identity.template import template_distance, track_distances
from analyzer.identity.track_consistency import gap_between_people
from analyzer.types import Candidate, GalleryFace


@dataclass(frozen=True, slots=True, eq=False)
class TrackFace:
    """One embedded face of a track: ``embedding`` float32 (D,), ``weight`` its quality > 0."""

    face_id: str
    weight: float
    embedding: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Thresholds at which a name is shown, and the calibration if there is one.

    ``false_match_rate`` is that of one comparison at ``threshold``; ``same_limit`` is the distance
    beyond which two groups of faces of a track are taken for two people.
    """

    threshold: float
    min_margin: float
    keep: int
    probability: Callable[[float], float] | None
    false_match_rate: float | None = None
    same_limit: float = float("inf")


def rank_candidates(
    track_id: str,
    faces: Sequence[TrackFace],
    gallery: Sequence[GalleryFace],
    point: OperatingPoint,
) -> tuple[Candidate, ...]:
    """Return the nearest persons of ``gallery``, best first, at most ``point.keep`` of them.

    The distance to a person is that from the track's template (see ``track_distances``), with faces
    weighted by quality, to the nearest picture of the person. Gallery faces without an embedding
    are ignored.
    """
    known = [face for face in gallery if face.embedding is not None]
    if not faces or not known:
        return ()
    table = _Distances(faces, known)
    order = table.persons
    obstacle = _two_people(faces, point)
    result = []
    for rank, index in enumerate(order[: point.keep], start=1):
        distance = float(table.apart[index])
        following = order[rank] if rank < len(order) else None
        margin = None if following is None else float(table.apart[following]) - distance
        reason = None
        if rank == 1:
            rival = None if following is None else known[following].person
            reason = obstacle or _too_far(distance, margin, rival, point)
        result.append(
            Candidate(
                track_id=track_id,
                person=known[index].person,
                rank=rank,
                distance=distance,
                margin=margin,
                threshold=point.threshold,
                probability=point.probability(distance) if point.probability else None,
                accepted=rank == 1 and reason is None,
                face_id=faces[int(np.argmin(table.each[:, index]))].face_id,
                gallery_sha256=known[index].sha256,
                false_match_rate=point.false_match_rate,
                template_distance=table.between_templates(known[index].person),
                nearest_distance=table.nearest(known[index].person),
                reason=reason,
            )
        )
    return tuple(result)


class _Distances:
    """Distances of F faces to G pictures: ``each`` face (F, G), their template ``apart`` (G,).

    ``persons`` holds the index of the nearest picture of each person, nearest person first.
    """

    def __init__(self, faces: Sequence[TrackFace], known: Sequence[GalleryFace]) -> None:
        self._track = np.stack([face.embedding for face in faces]).astype(np.float64)
        self._weights = np.array([face.weight for face in faces], dtype=np.float64)
        pictures = [face.embedding for face in known if face.embedding is not None]
        self._pictures = np.stack(pictures).astype(np.float64)
        self._owners = np.array([face.person for face in known])
        self.each = np.linalg.norm(self._track[:, None, :] - self._pictures[None, :, :], axis=2)
        self.apart = track_distances(self._track, self._weights, self._pictures)
        best: dict[str, int] = {}
        for index in np.lexsort((np.arange(len(known)), self.apart)):
            best.setdefault(known[index].person, int(index))
        self.persons = list(best.values())

    def nearest(self, person: str) -> float:
        """Return the distance between the nearest pictures of the track and ``person``."""
        return float(self.each[:, self._owners == person].min())

    def between_templates(self, person: str) -> float:
        """Return the distance between the mean faces of the track and ``person``."""
        own = self._pictures[self._owners == person]
        return template_distance(self._track, self._weights, own)


def _two_people(faces: Sequence[TrackFace], point: OperatingPoint) -> str | None:
    """Return the reason why the track may show two people, or None."""
    gap = gap_between_people([(face.embedding, face.weight) for face in faces])
    if gap <= point.same_limit:
        return None
    return f"may show two people: two groups of its faces lie {gap:.2f} apart"


def _too_far(
    distance: float, margin: float | None, rival: str | None, point: OperatingPoint
) -> str | None:
    """Return the reason why the nearest person is not near enough, or None."""
    if distance > point.threshold:
        return f"distance {distance:.3f} is over the threshold {point.threshold:.3f}"
    if margin is not None and margin < point.min_margin:
        return f"only {margin:.3f} nearer than {rival}; {point.min_margin:.3f} is asked for"
    return None
