"""Rows of the raw tables: what probing told, and what was measured in one segment."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from analyzer.store.codec.values import (
    Row,
    as_blob,
    as_json,
    features_json,
    points_json,
    points_of,
    probabilities_of,
    probability_columns,
    vector_of,
)
from analyzer.store.ids import face_id, segment_id, tracklet_id
from analyzer.store.records import StoredSegment
from analyzer.types import (
    ACTIONS,
    EMOTIONS,
    ActionWindow,
    Box,
    Detection,
    EmotionSample,
    FaceQuality,
    FaceSample,
    Gap,
    Kind,
    Moment,
    Observation,
    SceneWindow,
    SegmentResult,
    SegmentSpan,
    Tracklet,
    VideoInfo,
)

WINDOW_BEGINS, WINDOW_OBSERVATIONS = "window_t", "observations"
"""Keys in the column ``features`` that hold fields of an action window, beside its features."""


def video_row(info: VideoInfo, wall_start: str | None, wall_source: str | None) -> Row:
    """Return the row of ``videos``."""
    return {
        "sha256": info.sha256,
        "size_bytes": info.size_bytes,
        "container": info.container,
        "codec": info.codec,
        "pixel_format": info.pixel_format,
        "width": info.width,
        "height": info.height,
        "coded_width": info.coded_width,
        "coded_height": info.coded_height,
        "sample_aspect": str(info.sample_aspect),
        "rotation": info.rotation,
        "interlaced": int(info.interlaced),
        "time_base": str(info.time_base),
        "start_pts": info.start_pts,
        "end_pts": info.end_pts,
        "duration_s": float(info.duration_s),
        "frames": info.frames,
        "average_rate": float(info.average_rate),
        "variable_rate": int(info.variable_rate),
        "creation_time": info.creation_time,
        "timestamps": info.timestamps,
        "wall_start": wall_start,
        "wall_source": wall_source,
    }


def video_of(row: Row) -> VideoInfo:
    """Return what probing told, of a row of ``videos``.

    What only matters while a file is decoded is not kept: path and keyframes come back empty.
    """
    return VideoInfo(
        path="",
        size_bytes=row["size_bytes"],
        sha256=row["sha256"],
        container=row["container"],
        stream_index=0,
        codec=row["codec"],
        pixel_format=row["pixel_format"],
        width=row["width"],
        height=row["height"],
        coded_width=row["coded_width"],
        coded_height=row["coded_height"],
        sample_aspect=Fraction(row["sample_aspect"]),
        rotation=row["rotation"],
        interlaced=bool(row["interlaced"]),
        time_base=Fraction(row["time_base"]),
        start_pts=row["start_pts"],
        end_pts=row["end_pts"],
        duration_s=row["duration_s"],
        frames=row["frames"],
        average_rate=row["average_rate"],
        variable_rate=bool(row["variable_rate"]),
        creation_time=row["creation_time"],
        keyframes=(),
        timestamps=row["timestamps"],
    )


def segment_row(result: SegmentResult, raw_hash: str) -> Row:
    """Return the row of ``segments``."""
    span = result.span
    return {
        "id": segment_id(result.video_sha256, span.index),
        "video_sha256": result.video_sha256,
        "number": span.index,
        "raw_hash": raw_hash,
        "lead_pts": span.lead_pts,
        "start_pts": span.start_pts,
        "end_pts": span.end_pts,
        "frames_sampled": result.frames_sampled,
        "frames_examined": result.frames_examined,
        "bad_frames": result.bad_frames,
        "state": result.state,
        "keyframes_only_s": float(result.keyframes_only_s),
    }


def span_of(row: Row) -> SegmentSpan:
    """Return the span of a row of ``segments``."""
    return SegmentSpan(row["number"], row["lead_pts"], row["start_pts"], row["end_pts"])


def segment_of(row: Row) -> StoredSegment:
    """Return the segment of a row of ``segments``."""
    return StoredSegment(
        id=row["id"],
        video_sha256=row["video_sha256"],
        raw_hash=row["raw_hash"],
        span=span_of(row),
        frames_sampled=row["frames_sampled"],
        frames_examined=row["frames_examined"],
        bad_frames=row["bad_frames"],
        keyframes_only_s=row["keyframes_only_s"],
    )


def gap_rows(result: SegmentResult) -> Iterator[Row]:
    """Yield the rows of ``gaps``."""
    segment = segment_id(result.video_sha256, result.span.index)
    for gap in result.gaps:
        yield {
            "segment_id": segment,
            "t_start": float(gap.t_start),
            "t_end": float(gap.t_end),
            "reason": gap.reason,
        }


def gap_of(row: Row) -> Gap:
    """Return the gap of a row of ``gaps``."""
    return Gap(row["t_start"], row["t_end"], row["reason"])


def tracklets_by_id(result: SegmentResult) -> dict[str, Tracklet]:
    """Return the tracklets of ``result`` under their ids."""
    return {
        tracklet_id(result.video_sha256, result.span.index, tracklet.number): tracklet
        for tracklet in result.tracklets
    }


def tracklet_rows(segment: str, tracklets: Mapping[str, Tracklet]) -> Iterator[Row]:
    """Yield the rows of ``tracklets``; ``segment`` is an id."""
    for key, tracklet in tracklets.items():
        yield {"id": key, "segment_id": segment, "number": tracklet.number}


def by_tracklet(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return ``rows`` grouped by their tracklet, in the order they came."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["tracklet_id"], []).append(row)
    return groups


def observation_row(tracklet: str, observation: Observation) -> Row:
    """Return the row of ``observations``; ``tracklet`` is an id here and below."""
    return {
        "tracklet_id": tracklet,
        "pts": int(observation.moment.pts),
        "t": float(observation.moment.t),
        "seen": observation.seen,
        **_detection_columns("face", observation.face),
        "landmarks": points_json(observation.face.landmarks) if observation.face else None,
        **_detection_columns("body", observation.body),
    }


def observation_of(row: Row) -> Observation:
    """Return the observation of a row of ``observations``."""
    return Observation(
        moment=Moment(row["pts"], row["t"]),
        face=_detection(row, "face", points_of(row["landmarks"])),
        body=_detection(row, "body", None, "person"),
        seen=row["seen"],
    )


def _detection_columns(prefix: str, detection: Detection | None) -> Row:
    if detection is None:
        return {f"{prefix}_{key}": None for key in ("x", "y", "w", "h", "score")}
    box = detection.box
    return {
        f"{prefix}_x": float(box.x),
        f"{prefix}_y": float(box.y),
        f"{prefix}_w": float(box.w),
        f"{prefix}_h": float(box.h),
        f"{prefix}_score": float(detection.score),
    }


def _detection(
    row: Row, prefix: str, landmarks: NDArray[np.float32] | None, kind: Kind = "face"
) -> Detection | None:
    x, y, w, h, score = (row[f"{prefix}_{key}"] for key in ("x", "y", "w", "h", "score"))
    return None if x is None else Detection(Box(x, y, w, h), score, kind, landmarks)


def face_row(tracklet: str, face: FaceSample, image: str, embedder: str | None) -> Row:
    """Return the row of ``faces``; ``image`` is the SHA-256 of the kept crop."""
    quality, box = face.quality, face.box
    return {
        "id": face_id(tracklet, face.moment.pts),
        "tracklet_id": tracklet,
        "pts": int(face.moment.pts),
        "t": float(face.moment.t),
        "x": float(box.x),
        "y": float(box.y),
        "w": float(box.w),
        "h": float(box.h),
        "landmarks": points_json(face.landmarks),
        "eye_px": float(quality.eye_px),
        "sharpness": float(quality.sharpness),
        "exposure": float(quality.exposure),
        "yaw": float(quality.yaw),
        "pitch": float(quality.pitch),
        "roll": float(quality.roll),
        "quality": float(quality.score),
        "reasons": as_json(list(quality.reasons)),
        "image": image,
        "embedder": None if face.embedding is None else embedder,
        "embedding": as_blob(face.embedding),
    }


def face_of(row: Row, jpeg: bytes) -> FaceSample:
    """Return the face of a row of ``faces``; ``jpeg`` is its picture, or empty."""
    return FaceSample(
        moment=Moment(row["pts"], row["t"]),
        box=Box(row["x"], row["y"], row["w"], row["h"]),
        landmarks=np.array(json.loads(row["landmarks"]), dtype=np.float32),
        quality=FaceQuality(
            eye_px=row["eye_px"],
            sharpness=row["sharpness"],
            exposure=row["exposure"],
            yaw=row["yaw"],
            pitch=row["pitch"],
            roll=row["roll"],
            score=row["quality"],
            reasons=tuple(json.loads(row["reasons"])),
        ),
        jpeg=jpeg,
        embedding=vector_of(row["embedding"]),
    )


def emotion_row(tracklet: str, sample: EmotionSample) -> Row:
    """Return the row of ``emotions``; what was not assessed has no probabilities."""
    return {
        "tracklet_id": tracklet,
        "pts": int(sample.moment.pts),
        "t": float(sample.moment.t),
        **probability_columns(EMOTIONS, sample.probabilities, sample.assessed),
        "assessed": int(sample.assessed),
        "quality": float(sample.quality),
        "reason": sample.reason,
    }


def emotion_of(row: Row) -> EmotionSample:
    """Return the sample of a row of ``emotions``; 1/7 each where nothing was assessed."""
    return EmotionSample(
        moment=Moment(row["pts"], row["t"]),
        probabilities=probabilities_of(EMOTIONS, row, row["assessed"]),
        assessed=bool(row["assessed"]),
        quality=row["quality"],
        reason=row["reason"],
    )


def action_row(tracklet: str, window: ActionWindow) -> Row:
    """Return the row of ``actions``."""
    return {"tracklet_id": tracklet, **action_columns(window)}


def action_columns(window: ActionWindow) -> Row:
    """Return the columns that raw and derived action windows share."""
    own = {WINDOW_BEGINS: window.begins, WINDOW_OBSERVATIONS: window.observations}
    return {
        "start_pts": int(window.start.pts),
        "t_start": float(window.start.t),
        "end_pts": int(window.end.pts),
        "t_end": float(window.end.t),
        "label": window.label,
        **probability_columns(ACTIONS, window.probabilities),
        "features": features_json({**window.features, **own}),
        "reason": window.reason,
    }


def action_of(row: Row) -> ActionWindow:
    """Return the window of a row of ``actions`` or ``track_actions``."""
    features = json.loads(row["features"])
    return ActionWindow(
        start=Moment(row["start_pts"], row["t_start"]),
        end=Moment(row["end_pts"], row["t_end"]),
        probabilities=probabilities_of(ACTIONS, row),
        begins=features.pop(WINDOW_BEGINS, row["t_start"]),
        observations=int(features.pop(WINDOW_OBSERVATIONS, 0)),
        features=features,
        reason=row["reason"],
    )


def scene_rows(segment: str, windows: Iterable[SceneWindow]) -> Iterator[Row]:
    """Yield the rows of ``scene_actions``; ``segment`` is an id."""
    for window in windows:
        yield scene_row(segment, window)


def scene_row(segment: str, window: SceneWindow) -> Row:
    """Return the row of ``scene_actions``; ``segment`` is an id."""
    return {
        "segment_id": segment,
        "start_pts": int(window.start.pts),
        "t_start": float(window.start.t),
        "end_pts": int(window.end.pts),
        "t_end": float(window.end.t),
        "fighting": float(window.fighting),
        "features": features_json({**window.features, WINDOW_BEGINS: window.begins}),
    }


def scene_of(row: Row) -> SceneWindow:
    """Return the window of a row of ``scene_actions``."""
    features = json.loads(row["features"])
    return SceneWindow(
        start=Moment(row["start_pts"], row["t_start"]),
        end=Moment(row["end_pts"], row["t_end"]),
        fighting=row["fighting"],
        begins=features.pop(WINDOW_BEGINS, row["t_start"]),
        features=features,
    )
