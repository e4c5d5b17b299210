"""Crops of bodies: what is held of a picture until a segment ends, and what a report shows."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.imaging import require_bgr, scaled_down
from analyzer.types import Box

_MARGIN = 0.1
"""Share of the longer side kept around the box: a box may lie a little tight around somebody, and
colours of clothes are told from those beside them, a quarter of the width on either side."""
_TALLEST_PX = 256
_QUALITY = 88


@dataclass(frozen=True, slots=True, eq=False)
class BodyCrop:
    """A copy of the surroundings of a body, ``bgr`` uint8 (H, W, 3) of at most 256 px a side.

    ``box`` is the body in its pixels.
    """

    bgr: NDArray[np.uint8]
    box: Box

    @property
    def body(self) -> NDArray[np.uint8]:
        """The pixels of the box alone, a view, uint8 (H, W, 3)."""
        box = self.box
        return self.bgr[
            int(box.y) : max(round(box.y2), int(box.y) + 1),
            int(box.x) : max(round(box.x2), int(box.x) + 1),
        ]

    def jpeg(self) -> bytes:
        """Return the crop as a JPEG; the same pixels give the same bytes."""
        _, data = cv2.imencode(".jpg", self.bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        return data.tobytes()


def surroundings(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of the crop of ``box`` in a picture of that size in px.

    Raises ValueError for a box outside the picture.
    """
    margin = _MARGIN * max(box.w, box.h)
    x1, y1 = max(int(box.x - margin), 0), max(int(box.y - margin), 0)
    x2, y2 = min(int(box.x2 + margin) + 1, width), min(int(box.y2 + margin) + 1, height)
    if x1 >= x2 or y1 >= y2:
        raise ValueError(f"expected a box inside {width} × {height}, got {box}")
    return x1, y1, x2, y2


def shrunk_by(width: int, height: int) -> float:
    """Return by which factor a crop of that size in px is stored smaller, 1 where it is not."""
    return min(_TALLEST_PX / max(width, height), 1.0)


def body_crop(bgr: NDArray[np.uint8], box: Box) -> BodyCrop:
    """Return the surroundings of ``box`` in ``bgr``, uint8 (H, W, 3).

    Shrunk by area, never enlarged: pixels that the camera did not see are not made up. Raises
    ValueError for a picture that is not colour or a box outside it.
    """
    require_bgr(bgr)
    height, width = bgr.shape[:2]
    x1, y1, x2, y2 = surroundings(box, width, height)
    part = bgr[y1:y2, x1:x2]
    factor = shrunk_by(x2 - x1, y2 - y1)
    crop = scaled_down(part, factor) if factor < 1 else part.copy()
    return BodyCrop(crop, Box(box.x - x1, box.y - y1, box.w, box.h).scaled(factor))
