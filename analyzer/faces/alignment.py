"""Face alignment: a similarity transform that brings five landmarks to fixed places in a chip.

Landmarks are five points (x, y) in pixels of the picture, pixel centres at whole numbers, in this
order: the eye at the left of the picture, the eye at the right, the nose, the mouth corner at the
left, the mouth corner at the right (a frontal face; YuNet's order).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class ChipTemplate:
    """How the chips of one network are cut: ``points`` (5, 2) in a square of ``side`` px.

    The landmarks numbered ``fitted`` decide where the face comes to lie. A face that must shrink by
    more than ``shrink_below`` is shrunk by area first, since bilinear sampling alone would alias;
    for that the picture is cropped to the chip and ``margin`` px before and after it. Every network
    keeps the values with which it was trained or measured: another margin moves the grid of the
    area filter, and with it every pixel.
    """

    points: NDArray[np.floating]
    side: int
    fitted: tuple[int, ...] = (0, 1, 2, 3, 4)
    shrink_below: float = 0.5
    margin: tuple[int, int] = (1, 1)


# float32, which the chips that the emotion network was trained on were fitted in.
_FER_POINTS = np.array(
    [[14.75, 17.8], [32.25, 17.8], [23.5, 27.4], [16.4, 35.7], [30.6, 35.7]], np.float32
)

FER_CHIP = ChipTemplate(_FER_POINTS, 48, fitted=(0, 1, 3, 4), shrink_below=1.0, margin=(2, 3))
"""The mean places over the FER2013 faces in which YuNet finds a face at 160 px (96 %), made
symmetric about the middle (measured means: left eye 14.5 17.7, right eye 32.0 18.0, nose 22.4 27.5,
mouth 16.2 35.6 and 30.3 35.8). The nose is not fitted: it moves most when a head turns and would
drag the chip along. The distance between the eyes alone shrinks then; the mouth keeps the scale."""

ARCFACE_CHIP = ChipTemplate(
    np.array(
        [
            [38.2946, 51.6963],
            [73.5318, 51.5014],
            [56.0252, 71.7366],
            [41.5493, 92.3655],
            [70.7299, 92.2041],
        ]
    ),
    112,
)
"""Deng et al., "ArcFace", CVPR 2019."""


def similarity(points: NDArray[np.floating], targets: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the (2, 3) rotation, scale and shift that brings ``points`` nearest ``targets``.

    Both are (N, 2). Least squares in closed form (Umeyama, PAMI 1991), without reflection. Raises
    ValueError for points that are not finite, not as many, or all in one place.
    """
    if points.shape != targets.shape or points.ndim != 2 or not np.isfinite(points).all():
        raise ValueError(f"expected finite points {targets.shape}, got {points.shape}")
    source = np.asarray(points, np.float64)
    from_centre, to_centre = source.mean(axis=0), targets.mean(axis=0)
    a, b = source - from_centre, targets - to_centre
    spread = float((a * a).sum())
    if spread < 1e-6:
        raise ValueError("expected points apart from one another, got all in one place")
    cos = float((a * b).sum()) / spread
    sin = float((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()) / spread
    turn = np.array([[cos, -sin], [sin, cos]])
    return np.column_stack([turn, to_centre - turn @ from_centre])


def chip_transform(landmarks: NDArray[np.floating], template: ChipTemplate) -> NDArray[np.float64]:
    """Return the (2, 3) similarity from picture pixels to chip pixels.

    Raises ValueError when ``landmarks`` are not (5, 2), not finite or all in one place.
    """
    if landmarks.shape != template.points.shape:
        raise ValueError(f"expected landmarks {template.points.shape}, got {landmarks.shape}")
    fitted = list(template.fitted)
    return similarity(landmarks[fitted], template.points[fitted])


def align_face(
    picture: NDArray[np.uint8], landmarks: NDArray[np.floating], template: ChipTemplate
) -> NDArray[np.uint8]:
    """Return the chip of a face, uint8 (side, side) or (side, side, 3).

    ``picture`` is uint8 (H, W) or (H, W, 3); beyond its edge it is continued by its border. Raises
    ValueError as ``chip_transform`` does.
    """
    matrix = chip_transform(landmarks, template)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if 0 < scale < template.shrink_below:
        picture, matrix = _shrunk(picture, matrix, template, scale)
    chip = cv2.warpAffine(
        picture,
        matrix,
        (template.side, template.side),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(chip, np.uint8)


def _shrunk(
    picture: NDArray[np.uint8], matrix: NDArray[np.float64], template: ChipTemplate, scale: float
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Return the part of ``picture`` under the chip shrunk by area, and the matrix for it."""
    side, (before, after) = template.side, template.margin
    corners = np.array([[0, 0, 1], [side, 0, 1], [0, side, 1], [side, side, 1]], np.float64)
    seen = corners @ cv2.invertAffineTransform(matrix).T
    height, width = picture.shape[:2]
    x1, y1 = np.clip(np.floor(seen.min(0)) - before, 0, (width - 1, height - 1)).astype(int)
    x2, y2 = np.clip(np.ceil(seen.max(0)) + after, (x1 + 1, y1 + 1), (width, height)).astype(int)
    size = (max(round((x2 - x1) * scale), 1), max(round((y2 - y1) * scale), 1))
    small = cv2.resize(picture[y1:y2, x1:x2], size, interpolation=cv2.INTER_AREA)
    back = np.array([(x2 - x1) / size[0], (y2 - y1) / size[1]])
    # Pixel centres lie at whole numbers, so the middle of the first block is not its corner.
    centre = (back - 1) / 2 + [x1, y1]
    shift = matrix[:, :2] @ centre + matrix[:, 2]
    return np.asarray(small, np.uint8), np.column_stack([matrix[:, :2] * back, shift])
