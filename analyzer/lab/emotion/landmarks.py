"""Landmarks of data-set faces, so that training aligns them as a run does."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.errors import AnalyzerError

# Data-set faces are cropped to the chin: the detector needs a border and more pixels.
_ENLARGED, _BORDER = 160, 32
_LEAST_SCORE = 0.6


def find_landmarks(faces: NDArray[np.uint8], detector: Path) -> NDArray[np.float32]:
    """Return five landmarks (N, 5, 2) in pixels of faces (N, S, S), NaN without a face.

    `detector` is a YuNet .onnx file. It takes about 3 ms per face on one core. Raises AnalyzerError
    if the file is missing.
    """
    if not detector.exists():
        raise AnalyzerError(f"{detector}: no such file; give a YuNet .onnx or leave it out")
    whole = _ENLARGED + 2 * _BORDER
    yunet = cv2.FaceDetectorYN.create(str(detector), "", (whole, whole), _LEAST_SCORE)
    found = np.full((len(faces), 5, 2), np.nan, np.float32)
    ratio = faces.shape[1] / _ENLARGED
    for index, face in enumerate(faces):
        large = cv2.resize(face, (_ENLARGED, _ENLARGED), interpolation=cv2.INTER_CUBIC)
        framed = cv2.copyMakeBorder(large, _BORDER, _BORDER, _BORDER, _BORDER, cv2.BORDER_REPLICATE)
        _, rows = yunet.detect(cv2.cvtColor(framed, cv2.COLOR_GRAY2BGR))
        if rows is not None:
            largest = rows[np.argmax(rows[:, 2] * rows[:, 3])]
            found[index] = (largest[4:14].reshape(5, 2) - _BORDER + 0.5) * ratio - 0.5
    return found
