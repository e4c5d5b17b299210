"""Raw measurements: what one segment of a video holds, tracklet by tracklet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analyzer.types.bodies import BodySample
from analyzer.types.detections import Box, Detection
from analyzer.types.video import Gap, Moment, SegmentSpan

EMOTIONS = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
"""The seven apparent expressions, in the order of every array and column."""


ACTIONS = ("standing", "walking", "running", "sitting", "lying", "falling", "fighting", "unknown")
"""The actions, in the order of every array and column; *unknown* when it cannot be told."""


Seen = Literal["detected", "held"]


@dataclass(frozen=True, slots=True)
class Observation:
    """One tracklet at one moment.

    ``seen`` is ``detected`` when a detector found it on this frame and ``held`` when nothing moved
    in the picture, so that the boxes of the last detection still stand.
    """

    moment: Moment
    face: Detection | None
    body: Detection | None
    seen: Seen


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """How far a face picture can be trusted; every component is stored beside the score.

    ``eye_px`` distance between the eyes in source pixels; ``sharpness`` variance of the Laplacian
    of the aligned 112 px chip; ``exposure`` mean luma in [0, 1]; ``yaw``, ``pitch``, ``roll`` in
    degrees;
    ``score`` in [0, 1]; ``reasons`` in words, empty when nothing is wrong.
    """

    eye_px: float
    sharpness: float
    exposure: float
    yaw: float
    pitch: float
    roll: float
    score: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class FaceSample:
    """One of the best faces of a tracklet, with what identification needs.

    ``jpeg`` is the encoded crop that a report shows; ``embedding`` is float32 (D,) or None when the
    face was below the floor for identification.
    """

    moment: Moment
    box: Box
    landmarks: NDArray[np.float32]
    quality: FaceQuality
    jpeg: bytes
    embedding: NDArray[np.float32] | None


@dataclass(frozen=True, slots=True, eq=False)
class EmotionSample:
    """The network's answer for one face at one moment; ``probabilities`` float32 (7,).

    ``assessed`` is False where the picture does not carry an answer; ``reason`` says why in words.
    """

    moment: Moment
    probabilities: NDArray[np.float32]
    assessed: bool
    quality: float
    reason: str | None


@dataclass(frozen=True, slots=True, eq=False)
class ActionWindow:
    """Action probabilities of one tracklet over one window; ``probabilities`` float32 (8,).

    ``start`` and ``end`` are the moments of the first and last observation inside the window;
    ``features`` are the measured quantities that spoke for the label, by name. ``begins`` is the
    second, on the grid of all windows, at which the window begins; ``observations`` is how many lie
    in it. ``reason`` says why an unknown window carries no answer, None where it does.
    """

    start: Moment
    end: Moment
    probabilities: NDArray[np.float32]
    features: dict[str, float]
    begins: float
    observations: int
    reason: str | None = None

    @property
    def label(self) -> str:
        """The most probable action."""
        return ACTIONS[int(np.argmax(self.probabilities))]


@dataclass(frozen=True, slots=True)
class SceneWindow:
    """How likely there is a fight anywhere in the picture during one window.

    ``start`` and ``end`` are the moments of its first and last picture; ``features`` are measured
    quantities by name, whoever they belong to. ``begins`` as for an ActionWindow. ``flow`` tells
    what moved where, as ``actions.flow_map.packed`` stores it; empty in cases of earlier versions.
    """

    start: Moment
    end: Moment
    fighting: float
    features: dict[str, float]
    begins: float
    flow: bytes = b""


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """Unit-length float32 vectors of the look at the beginning and at the end, or None.

    Two are compared by their inner product.
    """

    first: NDArray[np.float32] | None = None
    last: NDArray[np.float32] | None = None


NO_LOOKS = Looks()


@dataclass(frozen=True, slots=True, eq=False)
class Tracklet:
    """One person followed without doubt inside one segment; observations ordered in time.

    ``looks`` tell what the person looks like at the beginning and at the end; ``bodies`` are the
    best pictures of the whole person, in order of time.
    """

    number: int
    observations: tuple[Observation, ...]
    faces: tuple[FaceSample, ...] = ()
    emotions: tuple[EmotionSample, ...] = ()
    actions: tuple[ActionWindow, ...] = ()
    looks: Looks = NO_LOOKS
    bodies: tuple[BodySample, ...] = ()


SegmentState = Literal["analysed", "undecodable", "given up"]


@dataclass(frozen=True, slots=True, eq=False)
class MotionSecond:
    """What changed in the picture within one second of a video, from ``start`` to ``end``.

    These are the first and the last picture of the second that differed. ``cells``, uint8 (R, C),
    are the shares of the cells of a grid over the picture that changed, 255 the whole of one.
    """

    start: Moment
    end: Moment
    cells: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class SegmentResult:
    """Everything measured in one segment: the raw rows of one transaction.

    ``state`` says whether there is anything: what cannot be decoded, or kills its workers, is one
    gap with the reason, so that it is not tried again unasked. ``keyframes_only_s`` seconds of its
    own stretch were looked at by keyframes only. ``faces_turned`` is by how many degrees clockwise
    pictures must be turned to show faces where none is upright, else 0. ``motion`` are the seconds
    in which something changed, None where that was not measured.
    """

    video_sha256: str
    span: SegmentSpan
    tracklets: tuple[Tracklet, ...]
    frames_sampled: int
    frames_examined: int
    bad_frames: int
    gaps: tuple[Gap, ...]
    state: SegmentState = "analysed"
    keyframes_only_s: float = 0.0
    scene: tuple[SceneWindow, ...] = ()
    faces_turned: int = 0
    motion: tuple[MotionSecond, ...] | None = None
