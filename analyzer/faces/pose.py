"""Head pose from five landmarks and a generic face."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

FACE_MODEL_MM = np.array(
    [
        [-31.5, -32.0, -27.0],
        [31.5, -32.0, -27.0],
        [0.0, 0.0, 0.0],
        [-25.0, 29.0, -21.0],
        [25.0, 29.0, -21.0],
    ]
)
"""Eyes, nose tip and mouth corners of a generic adult in mm: x to the right of the picture, y down,
z towards the camera, the nose tip at the origin. Pupils 63 mm apart, the nose tip 27 mm before them
(anthropometric means, rounded); yaw of real faces is right to some 10°, pitch to some 15°."""

_FOCAL = 4000.0
_CAMERA = np.array([[_FOCAL, 0, 0], [0, _FOCAL, 0], [0, 0, 1]])
"""The points are first scaled to a face of one size in front of a long lens: the camera's own focal
length is unknown, and a face is small beside its distance."""


def head_pose(landmarks: NDArray[np.floating]) -> tuple[float, float, float]:
    """Return yaw, pitch and roll in degrees of the face with ``landmarks`` (5, 2).

    Yaw is positive when the nose points to the right of the picture, pitch when it points down,
    roll when the head is turned clockwise as seen. Solved by SQPnP (Terzakis and Lourakis, ECCV
    2020). Points that fit no face give 90, 0, 0: as far from frontal as can be said.
    """
    points = np.asarray(landmarks, np.float64)
    size = float(np.sqrt(((points - points.mean(axis=0)) ** 2).sum()))
    if not np.isfinite(size) or size < 1e-3:
        return 90.0, 0.0, 0.0
    flat = FACE_MODEL_MM[:, :2]
    normal = float(np.sqrt(((flat - flat.mean(axis=0)) ** 2).sum()))
    scaled = (points - points.mean(axis=0)) * (normal / size)
    try:
        solved, turn, place = cv2.solvePnP(
            _model(), scaled, _CAMERA, None, flags=cv2.SOLVEPNP_SQPNP
        )
    except cv2.error:
        return 90.0, 0.0, 0.0
    if not solved or not np.isfinite(turn).all() or place[2, 0] <= 0:
        return 90.0, 0.0, 0.0
    return _angles(np.asarray(cv2.Rodrigues(turn)[0], np.float64))


def _model() -> NDArray[np.float64]:
    """Return the generic face with z away from the camera, as solvePnP sees the world."""
    return FACE_MODEL_MM * np.array([1.0, 1.0, -1.0])


def _angles(rotation: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return yaw, pitch, roll of a rotation of the frontal face, from where its nose points."""
    nose = rotation @ np.array([0.0, 0.0, -1.0])
    yaw = np.degrees(np.arctan2(nose[0], -nose[2]))
    pitch = np.degrees(np.arcsin(np.clip(nose[1], -1, 1)))
    across = rotation @ np.array([1.0, 0.0, 0.0])
    roll = np.degrees(np.arctan2(across[1], across[0]))
    return float(yaw), float(pitch), float(roll)
