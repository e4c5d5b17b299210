"""Pictures of data sets."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.errors import AnalyzerError


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Return a picture as uint8 (H, W, 3) BGR; raises AnalyzerError where it cannot be read."""
    bgr = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if bgr is None:
        raise AnalyzerError(f"{path}: not a readable picture")
    return np.asarray(bgr, np.uint8)
