"""Quality of face pictures, cheap enough to measure for every detected face.

Score = size × sharpness × pose × exposure, each in [0, 1] and 1 where nothing is wrong, so that one
bad trait cannot be made good by another, and the parts stay readable as reasons.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.config import EmbeddingSettings
from analyzer.faces.alignment import ARCFACE_CHIP, align_face
from analyzer.faces.pose import head_pose
from analyzer.types import Box, FaceQuality

_SMALL_EYE_PX, _AMPLE_EYE_PX = 4.0, 24.0
"""Eye distance that scores 0 and 1. LFW at full size has some 42 px; street faces 8 to 20 px."""
_SAY_EYE_PX = 12.0
_BLURRED, _SHARP = 2.0, 40.0
"""Variance of the Laplacian that scores 0 and 1, on a logarithmic scale."""
_SAY_SHARPNESS = 8.0
_DARK, _DIM, _BRIGHT, _GLARING = 0.08, 0.22, 0.85, 0.97
"""Mean luma that scores 0, 1, 1 and 0: dim faces keep their detail, clipped ones have none."""
_TURN_ENDS = 90.0
_SAY_YAW, _SAY_PITCH = 45.0, 35.0


def assess_quality(
    picture: NDArray[np.uint8], box: Box, landmarks: NDArray[np.floating]
) -> FaceQuality:
    """Return the quality of the face in ``box`` with ``landmarks`` (5, 2) in pixels of ``picture``.

    ``picture`` is uint8 (H, W, 3) BGR or (H, W) luma. Sharpness is the variance of the Laplacian of
    the chip aligned to 112 px (ArcFace template), so that faces of all sizes are compared alike; a
    small face is blurred by that measure, as it should be. Degenerate points give score 0 rather
    than an error. Raises ValueError for landmarks of another shape.
    """
    points = np.asarray(landmarks, np.float64)
    if points.shape != (5, 2):
        raise ValueError(f"expected landmarks (5, 2), got {points.shape}")
    if not np.isfinite(points).all() or np.ptp(points, axis=0).max() < 1:
        return FaceQuality(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, ("no landmarks",))
    chip = _luma(align_face(picture, points, ARCFACE_CHIP))
    eye_px = float(np.hypot(*(points[1] - points[0])))
    sharpness = float(cv2.Laplacian(chip, cv2.CV_32F).var())
    exposure = float(_face_part(chip).mean()) / 255
    yaw, pitch, roll = head_pose(points)
    score = (
        _ramp(_effective_eye_px(eye_px, yaw), _SMALL_EYE_PX, _AMPLE_EYE_PX)
        * _ramp(np.log(max(sharpness, 1e-6)), np.log(_BLURRED), np.log(_SHARP))
        * _frontality(yaw, pitch)
        * _ramp(exposure, _DARK, _DIM)
        * _ramp(-exposure, -_GLARING, -_BRIGHT)
    )
    reasons = _reasons(eye_px, sharpness, exposure, yaw, pitch)
    if box.area <= 0:
        score, reasons = 0.0, ("empty box", *reasons)
    return FaceQuality(eye_px, sharpness, exposure, yaw, pitch, roll, float(score), reasons)


def _reasons(
    eye_px: float, sharpness: float, exposure: float, yaw: float, pitch: float
) -> tuple[str, ...]:
    checks = (
        (eye_px < _SAY_EYE_PX, f"{eye_px:.0f} px between the eyes"),
        (abs(yaw) > _SAY_YAW, f"yaw {abs(yaw):.0f}°"),
        (abs(pitch) > _SAY_PITCH, f"pitch {abs(pitch):.0f}°"),
        (sharpness < _SAY_SHARPNESS, "blurred"),
        (exposure < (_DARK + _DIM) / 2, "too dark"),
        (exposure > (_BRIGHT + _GLARING) / 2, "too bright"),
    )
    return tuple(words for holds, words in checks if holds)


def shortcomings(quality: FaceQuality, floors: EmbeddingSettings) -> tuple[str, ...]:
    """Return in words why a face of ``quality`` is not compared with anybody; empty if it is."""
    checks = (
        (quality.score <= 0, ", ".join(quality.reasons) or "no face to be seen"),
        (quality.eye_px < floors.min_eye_px, f"{quality.eye_px:.0f} px between the eyes"),
        (abs(quality.yaw) > floors.max_yaw, f"yaw {abs(quality.yaw):.0f}°"),
        (abs(quality.pitch) > floors.max_pitch, f"pitch {abs(quality.pitch):.0f}°"),
        (quality.sharpness < floors.min_sharpness, "blurred"),
    )
    return tuple(words for holds, words in checks if holds)


def _effective_eye_px(eye_px: float, yaw: float) -> float:
    """Return the eye distance as if frontal: a turned head is not a smaller one (its pose counts).

    Limited to twice the measured distance, as pose is least certain in profile.
    """
    return eye_px / max(float(np.cos(np.radians(yaw))), 0.5)


def _frontality(yaw: float, pitch: float) -> float:
    """Return the cosine-like weight of a head turned by ``yaw`` and ``pitch`` degrees."""
    across = np.cos(np.radians(min(abs(yaw), _TURN_ENDS)))
    down = np.cos(np.radians(min(abs(pitch), _TURN_ENDS)))
    return float(across * down)


def _ramp(value: float, low: float, high: float) -> float:
    """Return 0 at and under ``low``, 1 at and over ``high``, straight between."""
    return float(np.clip((value - low) / (high - low), 0, 1))


def _luma(chip: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return chip if chip.ndim == 2 else np.asarray(cv2.cvtColor(chip, cv2.COLOR_BGR2GRAY), np.uint8)


def _face_part(chip: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return brow to chin of the aligned chip, without hair and background."""
    side = ARCFACE_CHIP.side
    edge = side // 4
    return chip[edge : side - edge // 4, edge : side - edge]
