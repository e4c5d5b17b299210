"""Derived values: tracks, their timelines, and events; they follow from raw rows alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from analyzer.types.bodies import NOT_DESCRIBED, BodyHeight, Clothing
from analyzer.types.detections import Box
from analyzer.types.measurements import ActionWindow
from analyzer.types.people import Candidate
from analyzer.types.video import Moment

Level = Literal["alarm", "to check", "below"]

LEVELS: Final[tuple[Level, ...]] = get_args(Level)
"""How sure an event is, the surest first: of *alarm* nine in ten were right where it was measured,
of *to check* every second; *below* is kept for the timeline alone."""

EVENT_KINDS: Final = ("falling", "fighting", "running", "person", "loitering", "expression")
"""Kinds of events that rules tell: settings may name these."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something worth a look over [start, end], strongest at ``peak``.

    ``kind`` is expression, fighting, falling, running, person or loitering; ``label`` is a
    description; ``score`` in [0, 1] orders events of one kind; ``tracks`` are the ids of those who
    take part, none for events of the scene; ``person`` is the candidate of the first, if it has
    one; ``box`` is its place in the picture at ``peak``, where it is not that of one track;
    ``wall_start`` is ISO 8601.
    """

    kind: str
    label: str
    start: Moment
    end: Moment
    peak: Moment
    score: float
    level: Level
    tracks: tuple[str, ...] = ()
    person: str | None = None
    box: Box | None = None
    wall_start: str | None = None

    @property
    def track_id(self) -> str | None:
        """The first of those who take part; None for an event of the scene."""
        return self.tracks[0] if self.tracks else None


@dataclass(frozen=True, slots=True)
class PairWindow:
    """How likely there is a fight between two people of a video during one window.

    ``tracks`` are the ids of the two, the lower number first, or of one alone: people who grapple
    are often found as one box; none where nobody is followed. ``start`` and ``end`` are the first
    and last moment at which they are seen; ``box`` is around them, in px of the displayed picture;
    ``features`` are measured quantities by name. ``begins`` as for an ActionWindow.
    """

    tracks: tuple[str, ...]
    start: Moment
    end: Moment
    fighting: float
    features: dict[str, float]
    box: Box
    begins: float


Identity = Literal["candidate", "unknown", "not assessed"]


@dataclass(frozen=True, slots=True, eq=False)
class SmoothedEmotion:
    """One point of a track's emotion timeline; ``probabilities`` float32 (7,), smoothed.

    Where ``assessed`` is False the probabilities are ignored and stored as NULL; the views give 1/7
    each. ``tracklet_id`` names the tracklet whose raw sample of the same pts lies underneath;
    ``wall_time`` is ISO 8601.
    """

    moment: Moment
    probabilities: NDArray[np.float32]
    assessed: bool
    quality: float
    reason: str | None
    tracklet_id: str
    wall_time: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class UsualExpression:
    """The usual expression of one track: ``probabilities`` float32 (7,), summing to 1.

    It is robust over ``assessed_s`` seconds of assessed faces. Where ``reason`` says why there is
    none, the probabilities are ignored and stored as NULL.
    """

    probabilities: NDArray[np.float32]
    assessed_s: float
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class TrackSummary:
    """The one line of a track; shares in [0, 1], None where nothing could be assessed.

    ``dominant_share`` is of the assessed time, weighted by the quality of the faces, as is
    ``emotion_confidence``, the mean smoothed probability while dominant; ``assessed_share`` is the
    share of the seen faces that could be assessed.
    """

    dominant_emotion: str | None = None
    dominant_share: float | None = None
    emotion_confidence: float | None = None
    assessed_share: float | None = None
    main_action: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class DerivedTrack:
    """One person through one video.

    ``id`` as ``store.ids.track_id`` makes it; ``members`` are tracklet ids in order of time;
    ``observations`` are (pts, tracklet id), one a pts, ``face_observations`` of them with a face;
    ``actions`` are (tracklet id, window), one a start; ``candidates`` by rank from 1. ``person`` is
    the accepted candidate of rank 1, None otherwise; ``usual`` is None where no face was seen.
    """

    id: str
    number: int
    start: Moment
    end: Moment
    members: tuple[str, ...]
    observations: tuple[tuple[int, str], ...]
    face_observations: int
    best_face_id: str | None
    identity: Identity
    person: str | None
    summary: TrackSummary
    emotions: tuple[SmoothedEmotion, ...]
    actions: tuple[tuple[str, ActionWindow], ...]
    candidates: tuple[Candidate, ...]
    best_body_id: str | None = None
    clothing: Clothing = NOT_DESCRIBED
    height: BodyHeight | None = None
    usual: UsualExpression | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LeftOut:
    """A stretch in which a tracklet lies in a part of the picture that its camera leaves out."""

    tracklet_id: str
    start: Moment
    end: Moment


@dataclass(frozen=True, slots=True, eq=False)
class DerivedVideo:
    """Everything derived of one video; ``events`` as `events_of` orders them, ``pairs`` by time.

    ``left_out`` tells of whom nothing is derived, and when.
    """

    tracks: tuple[DerivedTrack, ...]
    events: tuple[Event, ...] = ()
    pairs: tuple[PairWindow, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
