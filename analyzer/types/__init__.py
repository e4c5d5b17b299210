"""The nouns of the project: frozen values that pass between stages.

This package imports nothing of ours and nothing heavy but numpy. Units are pixels of the picture as
displayed (after rotation, with square pixels), seconds, and probabilities in [0, 1] unless a
docstring says otherwise.
"""

from analyzer.types.bodies import (
    ANYBODY,
    NOT_DESCRIBED,
    BodyHeight,
    BodyQuality,
    BodySample,
    Clothes,
    Clothing,
    Description,
)
from analyzer.types.clock import (
    Clock,
    ClockPiece,
    ClockSource,
    JudgedClock,
    daylight_saving,
    seconds_at,
    used_clock,
    wall_text,
    zone_of,
)
from analyzer.types.derived import (
    EVENT_KINDS,
    LEVELS,
    DerivedTrack,
    DerivedVideo,
    Event,
    Identity,
    LeftOut,
    Level,
    PairWindow,
    SmoothedEmotion,
    TrackSummary,
    UsualExpression,
)
from analyzer.types.detections import (
    Box,
    Detection,
    Kind,
    PersonDetection,
)
from analyzer.types.measurements import (
    ACTIONS,
    EMOTIONS,
    ActionWindow,
    EmotionSample,
    FaceQuality,
    FaceSample,
    Looks,
    MotionSecond,
    Observation,
    SceneWindow,
    Seen,
    SegmentResult,
    SegmentState,
    Tracklet,
)
from analyzer.types.people import (
    EXTENT_S,
    LOOK,
    SAME_BOX_IOU,
    Anchor,
    Candidate,
    Decision,
    GalleryFace,
    Grouping,
    GroupingAction,
    LookGroup,
    LookLink,
    PictureStatus,
    Review,
    Unknown,
    Verdict,
)
from analyzer.types.video import (
    Frame,
    Gap,
    GapReason,
    Moment,
    SegmentSpan,
    StreamClock,
    Stretch,
    Timestamps,
    VideoInfo,
)
