"""Rows of the raw tables back as values of ``analyzer.types``; the inverse of ``rows``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.store.rows import WINDOW_BEGINS, WINDOW_OBSERVATIONS
from analyzer.types import (
    ACTIONS,
    EMOTIONS,
    ActionWindow,
    Box,
    Detection,
    EmotionSample,
    FaceQuality,
    FaceSample,
    Kind,
    Moment,
    Observation,
    SceneWindow,
    SegmentSpan,
)

Row = dict[str, Any]

_NO_INFORMATION = 1.0 / len(EMOTIONS)


def span_of(row: Row) -> SegmentSpan:
    """Return the span of a row of ``segments``."""
    return SegmentSpan(row["number"], row["lead_pts"], row["start_pts"], row["end_pts"])


def vector_of(blob: bytes | None) -> NDArray[np.float32] | None:
    """Return float32 (D,) from little-endian bytes, None from None."""
    return None if blob is None else np.frombuffer(blob, dtype="<f4").astype(np.float32)


def observation_of(row: Row) -> Observation:
    """Return the observation of a row of ``observations``."""
    return Observation(
        moment=Moment(row["pts"], row["t"]),
        face=_detection(row, "face", _points(row["landmarks"])),
        body=_detection(row, "body", None, "person"),
        seen=row["seen"],
    )


def _detection(
    row: Row, prefix: str, landmarks: NDArray[np.float32] | None, kind: Kind = "face"
) -> Detection | None:
    x, y, w, h, score = (row[f"{prefix}_{key}"] for key in ("x", "y", "w", "h", "score"))
    return None if x is None else Detection(Box(x, y, w, h), score, kind, landmarks)


def _points(text: str | None) -> NDArray[np.float32] | None:
    return None if text is None else np.array(json.loads(text), dtype=np.float32)


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


def emotion_of(row: Row) -> EmotionSample:
    """Return the sample of a row of ``emotions``; 1/7 each where nothing was assessed."""
    values = [row[name] for name in EMOTIONS]
    if not row["assessed"]:
        values = [_NO_INFORMATION] * len(EMOTIONS)
    return EmotionSample(
        moment=Moment(row["pts"], row["t"]),
        probabilities=np.array(values, dtype=np.float32),
        assessed=bool(row["assessed"]),
        quality=row["quality"],
        reason=row["reason"],
    )


def action_of(row: Row) -> ActionWindow:
    """Return the window of a row of ``actions``."""
    features = json.loads(row["features"])
    return ActionWindow(
        start=Moment(row["start_pts"], row["t_start"]),
        end=Moment(row["end_pts"], row["t_end"]),
        probabilities=np.array([row[name] for name in ACTIONS], dtype=np.float32),
        begins=features.pop(WINDOW_BEGINS),
        observations=int(features.pop(WINDOW_OBSERVATIONS)),
        features=features,
        reason=row["reason"],
    )


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


def by_tracklet(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return ``rows`` grouped by their tracklet, in the order they came."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["tracklet_id"], []).append(row)
    return groups
