"""Five points of a face: the similarity that aligns them to a template, and the chip it cuts."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

ARCFACE_TEMPLATE = np.array(
    [
        [38.2946, 51.6963],
        [73.5318, 51.5014],
        [56.0252, 71.7366],
        [41.5493, 92.3655],
        [70.7299, 92.2041],
    ]
)
"""Where the five points lie in a 112 px chip (Deng et al., "ArcFace", CVPR 2019)."""
ARCFACE_SIDE = 112


def similarity(points: NDArray[np.floating], template: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the (2, 3) rotation, scale and shift that brings ``points`` nearest ``template``.

    Both are (N, 2). Least squares in closed form (Umeyama, PAMI 1991), without reflection. Points
    that all coincide are only shifted.
    """
    source, target = np.asarray(points, np.float64), np.asarray(template, np.float64)
    if source.shape != target.shape or source.ndim != 2 or source.shape[1] != 2:
        raise ValueError(f"expected points {target.shape}, got {source.shape}")
    a, b = source - source.mean(axis=0), target - target.mean(axis=0)
    spread = float((a * a).sum())
    cos = float((a * b).sum()) / spread if spread > 0 else 1.0
    sin = float((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()) / spread if spread > 0 else 0.0
    turn = np.array([[cos, -sin], [sin, cos]])
    shift = target.mean(axis=0) - turn @ source.mean(axis=0)
    return np.concatenate([turn, shift[:, None]], axis=1)


def aligned(
    picture: NDArray[np.uint8],
    landmarks: NDArray[np.floating],
    template: NDArray[np.floating] = ARCFACE_TEMPLATE,
    side: int = ARCFACE_SIDE,
) -> NDArray[np.uint8]:
    """Return the face upright in ``side`` × ``side`` px with ``landmarks`` (5, 2) on ``template``.

    ``picture`` is uint8 (H, W) or (H, W, 3). A face more than twice as large as the chip is first
    halved as often as needed by area, as bilinear sampling alone would alias; the picture is
    cropped to the face for that. Beyond its edge the picture is continued by its border.
    """
    matrix = similarity(landmarks, template)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if 0 < scale < 0.5:
        picture, matrix = _shrunk(picture, matrix, side, scale)
    chip = cv2.warpAffine(
        picture, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(chip, np.uint8)


def _shrunk(
    picture: NDArray[np.uint8], matrix: NDArray[np.float64], side: int, scale: float
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Return the part of ``picture`` under the chip shrunk by area, and the matrix for it."""
    inverse = cv2.invertAffineTransform(matrix)
    corners = np.array([[0, 0, 1], [side, 0, 1], [0, side, 1], [side, side, 1]]) @ inverse.T
    height, width = picture.shape[:2]
    x1, y1 = np.clip(np.floor(corners.min(axis=0)).astype(int) - 1, 0, [width - 1, height - 1])
    x2, y2 = np.clip(
        np.ceil(corners.max(axis=0)).astype(int) + 1, [x1 + 1, y1 + 1], [width, height]
    )
    part = picture[y1:y2, x1:x2]
    size = (max(round((x2 - x1) * scale), 1), max(round((y2 - y1) * scale), 1))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    back = np.array([(x2 - x1) / size[0], (y2 - y1) / size[1]])
    centre = (back - 1) / 2 + [x1, y1]
    shift = matrix[:, :2] @ centre + matrix[:, 2]
    return np.asarray(small, np.uint8), np.column_stack([matrix[:, :2] * back, shift])
