"""Crops of faces, as a report shows them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.imaging import require_bgr, scaled_down
from analyzer.types import Box

_MARGIN = 0.4
"""Share of the longer side kept around the box: hair and jaw help a person to compare."""
_LARGEST_PX = 256
_QUALITY = 90


def face_jpeg(bgr: NDArray[np.uint8], box: Box) -> bytes:
    """Return the square around ``box`` in ``bgr``, uint8 (H, W, 3), as a JPEG of at most 256 px.

    Shrunk by area, never enlarged: pixels that the camera did not see are not made up. At the edge
    of the picture the crop is less than square. The same pixels give the same bytes. Raises
    ValueError for a picture that is not colour or a box outside it.
    """
    require_bgr(bgr)
    height, width = bgr.shape[:2]
    x1, y1, x2, y2 = _window(box, width, height)
    if x1 >= x2 or y1 >= y2:
        raise ValueError(f"expected a box inside {width} × {height}, got {box}")
    crop = bgr[y1:y2, x1:x2]
    crop = scaled_down(crop, _LARGEST_PX / max(crop.shape[:2]))
    _, data = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return data.tobytes()


def grey_crop(jpeg: bytes) -> NDArray[np.uint8] | None:
    """Return the stored picture of a face, grey uint8 (H, W); None where it cannot be read."""
    data = np.frombuffer(jpeg, np.uint8)
    crop = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if len(data) else None
    return None if crop is None else np.asarray(crop, np.uint8)


def landmarks_in_crop(
    landmarks: NDArray[np.floating], box: Box, size: tuple[float, float], crop_width: int
) -> NDArray[np.float64]:
    """Return ``landmarks`` (5, 2), in px of the whole picture, in px of the JPEG of the face.

    ``box`` is that of the face in a picture of ``size`` (width, height), ``crop_width`` the width
    of the decoded JPEG.
    """
    x1, y1, x2, _ = _window(box, round(size[0]), round(size[1]))
    scale = crop_width / (x2 - x1)
    return (np.asarray(landmarks, np.float64) - [x1, y1] + 0.5) * scale - 0.5


def _window(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of the crop around ``box``."""
    half = max(box.w, box.h) * (0.5 + _MARGIN)
    cx, cy = box.centre
    x1, x2 = max(round(cx - half), 0), min(round(cx + half) + 1, width)
    y1, y2 = max(round(cy - half), 0), min(round(cy + half) + 1, height)
    return x1, y1, x2, y2
