"""The nouns of the project: frozen values that pass between stages.

This module imports nothing of ours and nothing heavy but numpy. Units are pixels of the picture as
displayed (after rotation, with square pixels), seconds, and probabilities in [0, 1] unless a
docstring says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

EMOTIONS = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
"""The seven apparent expressions, in the order of every array and column."""

ACTIONS = ("standing", "walking", "running", "sitting", "lying", "falling", "fighting", "unknown")
"""The actions, in the order of every array and column; *unknown* when it cannot be told."""

Kind = Literal["face", "person"]


@dataclass(frozen=True, slots=True)
class Moment:
    """One presentation timestamp of one video.

    ``pts`` counts in the stream's time base; ``t`` is seconds since the first frame and always
    comes from ``pts``.
    """

    pts: int
    t: float


@dataclass(frozen=True, slots=True)
class StreamClock:
    """Maps the pts of a stream to seconds since its first frame."""

    time_base: Fraction
    start_pts: int

    def moment(self, pts: int) -> Moment:
        """Return the moment of ``pts``; exact in rationals, then one rounding to float."""
        return Moment(pts, float((pts - self.start_pts) * self.time_base))


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in pixels of the displayed picture, top-left origin."""

    x: float
    y: float
    w: float
    h: float

    @property
    def x2(self) -> float:
        """Right edge."""
        return self.x + self.w

    @property
    def y2(self) -> float:
        """Bottom edge."""
        return self.y + self.h

    @property
    def centre(self) -> tuple[float, float]:
        """Centre (x, y)."""
        return self.x + self.w / 2, self.y + self.h / 2

    @property
    def area(self) -> float:
        """Area in square pixels."""
        return self.w * self.h

    def scaled(self, factor: float) -> Box:
        """Return the box in a picture resized by ``factor``."""
        return Box(self.x * factor, self.y * factor, self.w * factor, self.h * factor)

    def clipped(self, width: float, height: float) -> Box:
        """Return the part of the box inside a picture of ``width`` × ``height``."""
        x, y = min(max(self.x, 0.0), width), min(max(self.y, 0.0), height)
        return Box(x, y, min(max(self.x2, x), width) - x, min(max(self.y2, y), height) - y)

    def shared(self, other: Box) -> float:
        """Return the area in square pixels that lies in ``other`` too."""
        w = min(self.x2, other.x2) - max(self.x, other.x)
        h = min(self.y2, other.y2) - max(self.y, other.y)
        return w * h if w > 0 and h > 0 else 0.0

    def iou(self, other: Box) -> float:
        """Return intersection over union with ``other``, in [0, 1]."""
        both = self.shared(other)
        return both / (self.area + other.area - both) if both > 0 else 0.0

    def inside(self, other: Box) -> float:
        """Return the shared area over that of the smaller box, in [0, 1]."""
        return self.shared(other) / max(min(self.area, other.area), 1e-9)


@dataclass(frozen=True, slots=True)
class Detection:
    """One box found on one frame.

    ``landmarks`` is float32 (5, 2) in pixels of the displayed picture for faces whose detector
    gives them (image-left eye, image-right eye, nose, image-left mouth corner, image-right mouth
    corner), else None.
    """

    box: Box
    score: float
    kind: Kind
    landmarks: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class PersonDetection:
    """What was seen of one person on one frame: a body, a face, or both.

    ``appearance`` is a unit-length float32 vector that a tracker may compare, or None.
    """

    face: Detection | None
    body: Detection | None
    appearance: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        if self.face is None and self.body is None:
            raise ValueError("expected a face or a body in a sighting, got neither")


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
    ``features`` are the measured quantities that spoke for the label, by name; ``reason`` says why
    an unknown window carries no answer, None where it does.
    """

    start: Moment
    end: Moment
    probabilities: NDArray[np.float32]
    features: dict[str, float]
    reason: str | None = None

    @property
    def label(self) -> str:
        """The most probable action."""
        return ACTIONS[int(np.argmax(self.probabilities))]


@dataclass(frozen=True, slots=True)
class SceneWindow:
    """How likely there is a fight anywhere in the picture during one window.

    ``start`` and ``end`` are the moments of its first and last picture; ``features`` are measured
    quantities by name, whoever they belong to.
    """

    start: Moment
    end: Moment
    fighting: float
    features: dict[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Tracklet:
    """One person followed without doubt inside one segment; observations ordered in time."""

    number: int
    observations: tuple[Observation, ...]
    faces: tuple[FaceSample, ...] = ()
    emotions: tuple[EmotionSample, ...] = ()
    actions: tuple[ActionWindow, ...] = ()


GapReason = Literal["undecodable", "missing timestamps", "timestamps jump"]


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of video that could not be analysed, and why, in seconds since the first frame."""

    t_start: float
    t_end: float
    reason: str


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What probing tells of a file without decoding a picture.

    ``width`` × ``height`` are as displayed: after rotation, with square pixels; ``coded_width`` ×
    ``coded_height`` are what the stream stores. ``duration_s`` is from the first frame's pts to the
    end of the last. ``keyframes`` are pts in ascending order. ``timestamps`` is ``generated`` where
    the file stores none that can be used: pts then counts pictures at the constant ``1 /
    time_base``. ``pauses`` are pairs of neighbouring pts with an unusually long stretch between
    them in which the file stores no frame, so that it is not taken for damage. ``full_range`` says
    that black is declared as 0 and not as 16.
    """

    path: str
    size_bytes: int
    sha256: str
    container: str
    stream_index: int
    codec: str
    pixel_format: str
    width: int
    height: int
    coded_width: int
    coded_height: int
    sample_aspect: Fraction
    rotation: int
    interlaced: bool
    time_base: Fraction
    start_pts: int
    end_pts: int
    duration_s: float
    frames: int
    average_rate: float
    variable_rate: bool
    creation_time: str | None
    keyframes: tuple[int, ...] = field(repr=False)
    timestamps: Literal["stored", "generated"] = "stored"
    pauses: tuple[tuple[int, int], ...] = field(default=(), repr=False)
    full_range: bool = False

    @property
    def clock(self) -> StreamClock:
        """The mapping from pts to seconds since the first frame."""
        return StreamClock(self.time_base, self.start_pts)


@dataclass(frozen=True, slots=True)
class SegmentSpan:
    """A stretch of one video between keyframes: the unit of work and of resume.

    Frames with ``lead_pts`` <= pts < ``end_pts`` are analysed; those before ``start_pts`` overlap
    with the segment before and exist only so that tracklets can be stitched.
    """

    index: int
    lead_pts: int
    start_pts: int
    end_pts: int


class Frame:
    """A decoded picture with its moment; planes stay as they came until somebody wants colour."""

    def __init__(self, moment: Moment, planes: NDArray[np.uint8], width: int, height: int) -> None:
        """Keep ``planes``, uint8 (H' * 3 / 2, W') yuv420p with W', H' even and >= width, height."""
        rows = (height + height % 2) * 3 // 2
        if planes.dtype != np.uint8 or planes.shape != (rows, width + width % 2):
            raise ValueError(
                f"expected uint8 ({rows}, {width + width % 2}) yuv420p planes, "
                f"got {planes.dtype} {planes.shape}"
            )
        self.moment = moment
        self.width = width
        self.height = height
        self.planes = planes

    @property
    def luma(self) -> NDArray[np.uint8]:
        """Brightness, uint8 (height, width), a view."""
        return self.planes[: self.height, : self.width]

    @cached_property
    def bgr(self) -> NDArray[np.uint8]:
        """Colour, uint8 BGR (height, width, 3); converted on first use."""
        import cv2

        colour = cv2.cvtColor(self.planes, cv2.COLOR_YUV2BGR_I420)
        return np.ascontiguousarray(colour[: self.height, : self.width], dtype=np.uint8)


SegmentState = Literal["analysed", "undecodable", "given up"]


@dataclass(frozen=True, slots=True, eq=False)
class SegmentResult:
    """Everything measured in one segment: the raw rows of one transaction.

    ``state`` says whether there is anything: what cannot be decoded, or kills its workers, is one
    gap with the reason, so that it is not tried again unasked. ``keyframes_only_s`` seconds of its
    own stretch were looked at by keyframes only.
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
    picture; ``margin`` is the distance to the next person minus this one (inf in a gallery
    of one); ``accepted`` says that distance and margin are good enough to show the name.
    ``false_match_rate`` is that of one comparison at ``threshold``; ``template_distance`` is that
    of the mean faces of track and person, ``nearest_distance`` that of their two nearest pictures;
    ``reason`` says why rank 1 was not accepted.
    """

    track_id: str
    person: str
    rank: int
    distance: float
    margin: float
    threshold: float
    probability: float | None
    accepted: bool
    face_id: str
    gallery_sha256: str
    false_match_rate: float | None = None
    template_distance: float | None = None
    nearest_distance: float | None = None
    reason: str | None = None
