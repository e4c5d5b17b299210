"""Rows of the raw tables: what probing told, and what was measured in one segment."""

from __future__ import annotations

import json
import math

from analyzer.store.codec.columns import Column, Columns, Probabilities
from analyzer.store.codec.values import (
    Row,
    as_blob,
    as_json,
    features_json,
    points_json,
    points_of,
    table_of,
    texts_of,
    vector_of,
)
from analyzer.store.ids import body_id, face_id, segment_id, tracklet_id
from analyzer.store.records import StoredSegment
from analyzer.types import (
    ACTIONS,
    EMOTIONS,
    ActionWindow,
    BodyQuality,
    BodySample,
    Clothes,
    Detection,
    EmotionSample,
    FaceQuality,
    FaceSample,
    Gap,
    Looks,
    Moment,
    MotionSecond,
    Observation,
    SceneWindow,
    SegmentResult,
    SegmentSpan,
    SmoothedEmotion,
    Stretch,
    Tracklet,
    VideoInfo,
)
from analyzer.video.motion_grid import COLUMNS, ROWS, pack_cells

WINDOW_BEGINS, WINDOW_OBSERVATIONS = "window_t", "observations"
"""Keys in the column ``features`` that hold fields of an action window, beside its features."""

VECTOR = Column(as_blob, vector_of)
_PALETTE = Column(as_blob, table_of)
_POINTS = Column(points_json, points_of)
START = Columns(Moment, pts="start_pts", t="t_start")
END = Columns(Moment, pts="end_pts", t="t_end")

VIDEO = Columns(
    VideoInfo,
    constants={"path": "", "stream_index": 0, "keyframes": ()},
    elsewhere=("pauses", "full_range", "retiming", "field_order", "streams", "is_picture"),
    # Cases of earlier versions have no value in these columns, or another word.
    timestamps=Column(str, lambda word: "counted" if word == "generated" else str(word)),
    usual_step_s=Column(float, null=0.0),
    recorded_s=Column(float, null=0.0),
    start_offset_s=Column(float, null=0.0),
    interpolated=Column(int, null=0),
)
"""Columns of ``videos``. What only matters while a file is decoded is not kept, path included."""

SPAN = Columns(SegmentSpan, index="number")
"""Columns of ``segments`` that tell its place in the video."""

SEGMENT = Columns(StoredSegment, span=SPAN)
_RESULT = Columns(SegmentResult, elsewhere=("tracklets", "gaps", "scene", "motion"), span=SPAN)

GAP = Columns(Gap)

STRETCH = Columns(Stretch, start=START, end=END)
"""Columns of ``stretches``."""

MOTION = Columns(MotionSecond, elsewhere=("cells",), start=START, end=END)
"""Columns of ``motion``, but for the packed cells."""

_FACE_BOX = Columns(
    Detection,
    "face_",
    constants={"kind": "face"},
    landmarks=Column(points_json, points_of, "landmarks"),
)
_BODY_BOX = Columns(Detection, "body_", constants={"kind": "person", "landmarks": None})
OBSERVATION = Columns(Observation, face=_FACE_BOX, body=_BODY_BOX)

FACE = Columns(
    FaceSample,
    elsewhere=("jpeg",),
    landmarks=_POINTS,
    quality=Columns(FaceQuality, score="quality", reasons=Column(as_json, texts_of)),
    embedding=VECTOR,
)

BODY = Columns(
    BodySample,
    elsewhere=("jpeg",),
    quality=Columns(BodyQuality, score="quality", reasons=Column(as_json, texts_of)),
    clothes=Columns(Clothes, upper=_PALETTE, lower=_PALETTE, light=VECTOR),
    look=VECTOR,
)
"""Columns of ``bodies``."""

LOOKS = Columns(Looks, "look_", first=VECTOR, last=VECTOR)
"""Columns of ``tracklets`` that tell what the person looks like."""

EMOTION = Columns(EmotionSample, probabilities=Probabilities(EMOTIONS))
"""Columns of ``emotions``; NULL probabilities come back as 1/7 each."""

SMOOTHED = Columns(SmoothedEmotion, probabilities=Probabilities(EMOTIONS))
"""Columns of ``track_emotions``."""

_ACTION = Columns(
    ActionWindow,
    elsewhere=("features", "begins", "observations"),
    start=START,
    end=END,
    probabilities=Probabilities(ACTIONS),
)
_SCENE = Columns(
    SceneWindow,
    elsewhere=("features", "begins"),
    start=START,
    end=END,
    flow=Column(lambda flow: flow or None, bytes, null=b""),
)


def segment_row(result: SegmentResult, raw_hash: str) -> Row:
    """Return the row of ``segments``."""
    measured = result.motion is not None
    return _RESULT.row(
        result,
        id=segment_id(result.video_sha256, result.span.index),
        raw_hash=raw_hash,
        motion_columns=COLUMNS if measured else None,
        motion_rows=ROWS if measured else None,
    )


def motion_row(second: MotionSecond, segment: str) -> Row:
    """Return the row of ``motion`` of a second of the segment with that id."""
    return MOTION.row(
        second,
        segment_id=segment,
        second=math.floor(second.start.t),
        cells=pack_cells(second.cells),
    )


def tracklets_by_id(result: SegmentResult) -> dict[str, Tracklet]:
    """Return the tracklets of ``result`` under their ids."""
    return {
        tracklet_id(result.video_sha256, result.span.index, tracklet.number): tracklet
        for tracklet in result.tracklets
    }


def face_row(tracklet: str, face: FaceSample, image: str, embedder: str | None) -> Row:
    """Return the row of ``faces``; ``image`` is the SHA-256 of the kept crop."""
    return FACE.row(
        face,
        id=face_id(tracklet, face.moment.pts),
        tracklet_id=tracklet,
        image=image,
        embedder=None if face.embedding is None else embedder,
    )


def body_row(tracklet: str, body: BodySample, image: str, look_model: str | None) -> Row:
    """Return the row of ``bodies``; ``image`` is the SHA-256 of the kept crop."""
    return BODY.row(
        body,
        id=body_id(tracklet, body.moment.pts),
        tracklet_id=tracklet,
        image=image,
        look_model=None if body.look is None else look_model,
    )


def emotion_row(sample: EmotionSample | SmoothedEmotion, **more: str) -> Row:
    """Return the row of ``emotions`` or ``track_emotions``, with ``more`` columns by name.

    What was not assessed has no probabilities.
    """
    if isinstance(sample, EmotionSample):
        row = EMOTION.row(sample, **more)
    else:
        row = SMOOTHED.row(sample, **more)
    return row if sample.assessed else row | dict.fromkeys(EMOTIONS)


def action_row(window: ActionWindow, **more: str) -> Row:
    """Return the row of ``actions`` or ``track_actions``, with ``more`` columns by name."""
    own = {WINDOW_BEGINS: window.begins, WINDOW_OBSERVATIONS: window.observations}
    features = features_json({**window.features, **own})
    return _ACTION.row(window, label=window.label, features=features, **more)


def action_of(row: Row) -> ActionWindow:
    """Return the window of a row of ``actions`` or ``track_actions``."""
    features = json.loads(row["features"])
    return _ACTION.value(
        row,
        begins=features.pop(WINDOW_BEGINS, row["t_start"]),
        observations=int(features.pop(WINDOW_OBSERVATIONS, 0)),
        features=features,
    )


def scene_row(window: SceneWindow, segment_id: str) -> Row:
    """Return the row of ``scene_actions``."""
    features = features_json({**window.features, WINDOW_BEGINS: window.begins})
    return _SCENE.row(window, segment_id=segment_id, features=features)


def scene_of(row: Row) -> SceneWindow:
    """Return the window of a row of ``scene_actions``."""
    features = json.loads(row["features"])
    begins = features.pop(WINDOW_BEGINS, row["t_start"])
    return _SCENE.value(row, begins=begins, features=features)
