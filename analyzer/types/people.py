"""People: gallery pictures, candidates, unknown persons, and what examiners decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analyzer.types.detections import Box, Kind

PictureStatus = Literal["used", "set aside"]


@dataclass(frozen=True, slots=True, eq=False)
class GalleryFace:
    """One picture of one known person; ``sha256`` is of the file, ``jpeg`` the face crop used.

    A picture that was set aside has a ``reason`` and neither crop nor embedding; ``embedding`` is
    float32 (D,).
    """

    person: str
    path: str
    sha256: str
    status: PictureStatus
    reason: str | None = None
    jpeg: bytes | None = None
    embedder: str | None = None
    embedding: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One track × one person of the gallery; never a match until a human confirmed it.

    ``distance`` is that of the track's best faces, weighted by quality, to the person's nearest
    picture; ``margin`` is the distance to the next person minus this one (None in a gallery
    of one); ``accepted`` says that distance and margin are good enough to show the name.
    ``false_match_rate`` is that of one comparison at ``threshold``; ``template_distance`` is that
    of the mean faces of track and person, ``nearest_distance`` that of their two nearest pictures;
    ``reason`` says why rank 1 was not accepted.
    """

    track_id: str
    person: str
    rank: int
    distance: float
    margin: float | None
    threshold: float
    probability: float | None
    accepted: bool
    face_id: str
    gallery_sha256: str
    false_match_rate: float | None = None
    template_distance: float | None = None
    nearest_distance: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """One unknown person; ``tracks`` by first appearance."""

    number: int
    tracks: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name that is shown."""
        return f"unknown-{self.number}"


@dataclass(frozen=True, slots=True)
class LookLink:
    """Two tracks of similar appearance, by id in order; a weaker lead than a candidate.

    ``similarity`` is the inner product of their looks; ``probability`` that it is one person is at
    equal odds before looking. ``gap_s`` seconds lie between them, ``distance_m`` metres between
    their cameras; None where that is not known.
    """

    track_a: str
    track_b: str
    similarity: float
    probability: float
    relation: Literal["same recording", "other recording"]
    gap_s: float | None
    distance_m: float | None


LOOK = "look-"
"""How names of groups by appearance begin."""


@dataclass(frozen=True, slots=True)
class LookGroup:
    """Tracks that may be one person by appearance; ``tracks`` by first appearance.

    ``confirmed`` says that an examiner said so.
    """

    number: int
    tracks: tuple[str, ...]
    confirmed: bool = False

    @property
    def name(self) -> str:
        """The name that is shown."""
        return f"{LOOK}{self.number}"


Decision = Literal["confirmed", "rejected", "inconclusive"]
GroupingAction = Literal["merge", "split", "undo"]

EXTENT_S = 1.0
"""Largest extension of a track beyond the reviewed extent for the review to hold."""

SAME_BOX_IOU = 0.5
"""Least IoU of two boxes of one moment that belong to one person."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Position in the footage of the person that a decision is about.

    It is one box at one moment (``pts``) of one video, and the extent of the whole track at the
    time of the decision, in seconds since the first frame. ``track_id`` and ``face_id`` are the ids
    of that time.
    """

    video_sha256: str
    pts: int
    kind: Kind
    box: Box
    t_start: float
    t_end: float
    track_id: str
    face_id: str | None

    def covers(self, t_start: float, t_end: float) -> bool:
        """Whether a track of that extent lies within what the decision covered."""
        return t_start >= self.t_start - EXTENT_S and t_end <= self.t_end + EXTENT_S


@dataclass(frozen=True, slots=True)
class Review:
    """One reviewer's decision whether a track shows a person; never changed, only superseded.

    One that takes back another names it as ``undoes``, and repeats what it said.
    """

    seq: int
    at: str
    by: str
    person: str
    decision: Decision
    note: str | None
    anchor: Anchor
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Grouping:
    """An examiner's decision which tracks are one person: unknown ones, or those of one look.

    The anchors of one group are one person, those of different groups are different persons: a
    merge has one group (of one name, where a group by appearance is confirmed), a split has two.
    The action ``undo`` has none and revokes ``undoes``. ``names`` are the names of the groups at
    that time.
    """

    seq: int
    at: str
    by: str
    action: GroupingAction
    names: tuple[str, ...]
    note: str | None
    groups: tuple[tuple[Anchor, ...], ...]
    undoes: int | None = None

    @property
    def by_look(self) -> bool:
        """Whether it is about groups by appearance, not about unknown persons."""
        return all(name.startswith(LOOK) for name in self.names)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Combined result of the reviews of one track and person; ``agreed``: reviewers agree."""

    person: str
    decision: Decision
    agreed: bool
    reviews: tuple[Review, ...]
