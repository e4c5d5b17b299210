"""Values of ``analyzer.types`` as rows of the raw tables: plain dicts, no database here.

float32 values are widened to SQLite's 64 bits, so they come back equal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.store.ids import face_id, segment_id, tracklet_id
from analyzer.store.records import ABOUT, RunRecord
from analyzer.types import (
    ACTIONS,
    EMOTIONS,
    ActionWindow,
    Detection,
    EmotionSample,
    FaceSample,
    GalleryFace,
    Observation,
    SceneWindow,
    SegmentResult,
    Tracklet,
    VideoInfo,
)
from analyzer.video.cameras import Camera

WINDOW_BEGINS, WINDOW_OBSERVATIONS = "window_t", "observations"
"""Keys in the column ``features`` that hold fields of an action window, beside its features."""

Row = dict[str, Any]


def as_json(value: Any) -> str:
    """Return ``value`` as one line of JSON, keys sorted; ValueError for NaN and infinities."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)


def as_blob(vector: NDArray[np.float32] | None) -> bytes | None:
    """Return a float32 (D,) vector as little-endian bytes, None as None."""
    return None if vector is None else np.asarray(vector, dtype="<f4").tobytes()


def points_json(points: NDArray[np.float32] | None) -> str | None:
    """Return float32 (N, 2) points as JSON; shortest digits that give the same float32 back."""
    if points is None:
        return None
    single = np.asarray(points, dtype=np.float32)
    return as_json([[float(str(value)) for value in point] for point in single])


def storable_path(path: str) -> str:
    """Return ``path`` as SQLite can keep it: bytes that are not UTF-8 become escapes."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def run_row(run: RunRecord) -> Row:
    """Return the row of ``runs`` of a run that has begun."""
    return {
        "id": run.id,
        "command": storable_path(run.command),
        "started_at": run.started_at,
        "ended_at": None,
        "status": "running",
        "settings": as_json(dict(run.settings)),
        "raw_hash": run.raw_hash,
        "models": as_json([dict(model) for model in run.models]),
        "versions": as_json(dict(run.versions)),
        "gallery_fingerprint": run.gallery_fingerprint,
        **{key: run.about.get(key) for key in ABOUT},
    }


def camera_row(camera: Camera) -> Row:
    """Return the row of ``cameras``."""
    return asdict(camera)


def gallery_row(face: GalleryFace, image: str | None) -> Row:
    """Return the row of ``gallery_faces``; ``image`` is the SHA-256 of the kept crop."""
    return {
        "person": face.person,
        "sha256": face.sha256,
        "path": storable_path(face.path),
        "status": face.status,
        "reason": face.reason,
        "image": image,
        "embedder": None if face.embedding is None else face.embedder,
        "embedding": as_blob(face.embedding),
    }


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


def observation_row(tracklet: str, observation: Observation) -> Row:
    """Return the row of ``observations``; ``tracklet`` is an id here and below."""
    return {
        "tracklet_id": tracklet,
        "pts": int(observation.moment.pts),
        "t": float(observation.moment.t),
        "seen": observation.seen,
        **_detection("face", observation.face),
        "landmarks": points_json(observation.face.landmarks) if observation.face else None,
        **_detection("body", observation.body),
    }


def _detection(prefix: str, detection: Detection | None) -> Row:
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


def emotion_row(tracklet: str, sample: EmotionSample) -> Row:
    """Return the row of ``emotions``; what was not assessed has no probabilities."""
    return {
        "tracklet_id": tracklet,
        "pts": int(sample.moment.pts),
        "t": float(sample.moment.t),
        **emotion_columns(sample.probabilities, sample.assessed),
        "assessed": int(sample.assessed),
        "quality": float(sample.quality),
        "reason": sample.reason,
    }


def emotion_columns(probabilities: NDArray[np.float32], assessed: bool) -> Row:
    """Return the seven columns; NULL each where nothing was assessed."""
    if not assessed:
        return dict.fromkeys(EMOTIONS)
    return dict(zip(EMOTIONS, _floats(probabilities, len(EMOTIONS)), strict=True))


def action_row(tracklet: str, window: ActionWindow) -> Row:
    """Return the row of ``actions``."""
    return {"tracklet_id": tracklet, **action_columns(window)}


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
        "features": _features({**window.features, WINDOW_BEGINS: window.begins}),
    }


def action_columns(window: ActionWindow) -> Row:
    """Return the columns that raw and derived action windows share."""
    own = {WINDOW_BEGINS: window.begins, WINDOW_OBSERVATIONS: window.observations}
    return {
        "start_pts": int(window.start.pts),
        "t_start": float(window.start.t),
        "end_pts": int(window.end.pts),
        "t_end": float(window.end.t),
        "label": window.label,
        **dict(zip(ACTIONS, _floats(window.probabilities, len(ACTIONS)), strict=True)),
        "features": _features({**window.features, **own}),
        "reason": window.reason,
    }


def _features(features: Mapping[str, float]) -> str:
    return as_json({name: float(value) for name, value in features.items()})


def _floats(values: NDArray[np.float32], count: int) -> list[float]:
    if values.shape != (count,):
        raise ValueError(f"expected ({count},) probabilities, got {values.shape}")
    return [float(value) for value in values]
