"""How a person is held together on one picture, as a short vector: pure and cheap.

Boxes of the default person detector are all of one shape, so whether somebody sits, stands or lies
has to be read from the picture: histograms of oriented gradients (Dalal and Triggs 2005) of a
square around the person, coarse enough that clothes and wallpaper leave little in them.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.types import Box, Observation, Sighting

SIDE_PX = 48
_CELL = 8
_BINS = 6
LENGTH = (SIDE_PX // _CELL) ** 2 * _BINS

PARTS = 16
"""How many of its main parts (principal components) are kept of a posture."""

_BODY_MARGIN = 1.2
_BODY_IN_FACES = 7.5
"""Height of a body in face heights, the canon of figure drawing."""


def body_box(seen: Observation | Sighting) -> Box:
    """Return the body's box, or where a body would be under the face."""
    if seen.body is not None:
        return seen.body.box
    if seen.face is None:
        raise ValueError("expected a face or a body, got neither")
    face = seen.face.box
    height = _BODY_IN_FACES * face.h
    return Box(face.centre[0] - height / 6, face.y - 0.5 * face.h, height / 3, height)


def describe_posture(luma: NDArray[np.uint8], box: Box) -> NDArray[np.float32]:
    """Return float32 (216,): oriented gradients of the square around ``box`` in ``luma`` (H, W)."""
    side = max(_BODY_MARGIN * max(box.w, box.h), 8.0)
    x, y = box.centre
    scale = SIDE_PX / side
    place = np.array([[scale, 0, SIDE_PX / 2 - scale * x], [0, scale, SIDE_PX / 2 - scale * y]])
    if scale < 0.5:
        # Warping far down would alias: shrink the neighbourhood by area first.
        return describe_posture(*_shrunk(luma, box, side))
    crop = cv2.warpAffine(luma, place, (SIDE_PX, SIDE_PX), borderMode=cv2.BORDER_REPLICATE)
    return _gradients(np.asarray(crop, dtype=np.float32))


def _shrunk(luma: NDArray[np.uint8], box: Box, side: float) -> tuple[NDArray[np.uint8], Box]:
    x1, y1 = max(int(box.centre[0] - side), 0), max(int(box.centre[1] - side), 0)
    part = luma[y1 : int(box.centre[1] + side) + 1, x1 : int(box.centre[0] + side) + 1]
    factor = SIDE_PX / side
    size = (max(round(part.shape[1] * factor), 1), max(round(part.shape[0] * factor), 1))
    small = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    moved = Box(box.x - x1, box.y - y1, box.w, box.h).scaled(factor)
    return small, moved


def _gradients(crop: NDArray[np.float32]) -> NDArray[np.float32]:
    across = cv2.Sobel(crop, cv2.CV_32F, 1, 0, ksize=1)
    down = cv2.Sobel(crop, cv2.CV_32F, 0, 1, ksize=1)
    size = np.hypot(across, down)
    turn = (np.arctan2(down, across) % np.pi) / np.pi * _BINS
    which = turn.astype(np.intp) % _BINS
    rows, columns = np.indices(crop.shape) // _CELL
    cells = SIDE_PX // _CELL
    index = (rows * cells + columns) * _BINS + which
    counts = np.bincount(index.ravel(), size.ravel(), LENGTH)
    return np.sqrt(counts / max(float(counts.sum()), 1e-6)).astype(np.float32)
