"""Makes pictures smaller at little cost."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def halved(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Return ``picture``, uint8 (H, W), halved while it stays at least ``width`` × ``height``.

    OpenCV halves with vectors: 0.1 ms for 1080p, where one step to the size wanted takes 0.5.
    """
    while picture.shape[1] >= 2 * width and picture.shape[0] >= 2 * height:
        size = (picture.shape[1] // 2, picture.shape[0] // 2)
        half = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        picture = np.asarray(half, dtype=np.uint8)
    return picture
