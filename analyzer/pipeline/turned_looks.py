"""Looks at turned pictures, where nobody is found upright: the camera may hang askew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.detection.protocol import Detector
from analyzer.types import Detection

TURNS = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}

_MOST = 3
"""Pictures that are looked at turned: nine looks a segment of five minutes, of 1,500 it takes."""

_MOST_ROLL = 60.0
"""Degrees up to which a face counts as upright: further than a head is tilted by somebody awake."""


@dataclass(slots=True)
class TurnedLooks:
    """A few pictures of a segment in which no face is upright, kept until its end.

    Pictures number 1, 2, 4, 8 and so on of those that were examined take turns, so that the last
    three lie apart.
    """

    _pictures: list[NDArray[np.uint8]] = field(default_factory=list)
    _examined: int = 0
    _upright: bool = False

    def consider(self, bgr: NDArray[np.uint8], faces: Sequence[Detection], sure: float) -> None:
        """Take note of a picture, uint8 (H, W, 3), and the ``faces`` in it."""
        if self._upright:
            return
        if any(face.score >= sure and is_upright(face) for face in faces):
            self._upright = True
            self._pictures.clear()
            return
        self._examined += 1
        if self._examined & (self._examined - 1) == 0:
            self._pictures = [*self._pictures[1 - _MOST :], bgr]

    def turn(self, detector: Detector, sure: float) -> int:
        """Return by how many degrees, clockwise, the pictures must be turned to show faces; or 0.

        Surely a face, upright then, in two of the pictures, or in the only one there is.
        """
        best, most = 0, 0.0
        for degrees, code in TURNS.items():
            turned = (np.asarray(cv2.rotate(each, code), np.uint8) for each in self._pictures)
            seen = [_best_upright(detector.detect(each)) for each in turned]
            found = [score for score in seen if score >= sure]
            if len(found) >= min(2, len(self._pictures)) and sum(found) > most:
                best, most = degrees, sum(found)
        return best


def is_upright(face: Detection) -> bool:
    """Whether the eyes of a face are above its mouth; one without landmarks is taken as found."""
    if face.landmarks is None:
        return True
    (x, y) = face.landmarks[3:5].mean(axis=0) - face.landmarks[:2].mean(axis=0)
    return bool(abs(np.degrees(np.arctan2(x, y))) <= _MOST_ROLL)


def _best_upright(faces: Sequence[Detection]) -> float:
    return max((face.score for face in faces if is_upright(face)), default=0.0)
