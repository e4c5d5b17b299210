"""Face chips: a similarity transform that puts eyes and mouth where FER2013's faces have them.

Landmarks are five points (x, y) in pixels of the picture, pixel centres at whole numbers, in this
order: the eye at the left of the picture, the eye at the right, the nose, the mouth corner at the
left, the mouth corner at the right (a frontal face; YuNet's order).
"""

import cv2
import numpy as np
from numpy.typing import NDArray

TEMPLATE_SIZE = 48

TEMPLATE = np.array(
    [[14.75, 17.8], [32.25, 17.8], [23.5, 27.4], [16.4, 35.7], [30.6, 35.7]], np.float32
)
"""Where the five landmarks lie in a 48 px chip: their mean over the FER2013 faces in which YuNet
finds a face at 160 px (96 %), made symmetric about the middle (measured means: left eye 14.5 17.7,
right eye 32.0 18.0, nose 22.4 27.5, mouth 16.2 35.6 and 30.3 35.8)."""

# Eyes and mouth corners; the nose moves most when a head turns and would drag the chip along.
_FITTED = [0, 1, 3, 4]


def chip_transform(landmarks: NDArray[np.floating], size: int = TEMPLATE_SIZE) -> NDArray:
    """Least-squares similarity (2, 3) from picture pixels to chip pixels.

    Two points would do, but the distance between the eyes shrinks when a head turns; the mouth
    corners keep the scale (Umeyama 1991, without reflection).

    Raises ValueError when landmarks are not (5, 2), not finite or all in one place.
    """
    if landmarks.shape != (5, 2) or not np.isfinite(landmarks).all():
        raise ValueError(f"expected 5 finite landmarks (5, 2), got {landmarks.shape}")
    ratio = size / TEMPLATE_SIZE
    target = TEMPLATE[_FITTED] * ratio + (ratio - 1) / 2
    source = np.asarray(landmarks, np.float64)[_FITTED]
    from_centre, to_centre = source.mean(0), target.mean(0)
    a, b = source - from_centre, target - to_centre
    spread = float((a * a).sum())
    if spread < 1e-6:
        raise ValueError("landmarks all lie in one place")
    cos = float((a * b).sum()) / spread
    sin = float((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()) / spread
    turn = np.array([[cos, -sin], [sin, cos]])
    return np.hstack([turn, (to_centre - turn @ from_centre)[:, None]])


def align_face(
    picture: NDArray[np.uint8], landmarks: NDArray[np.floating], size: int = TEMPLATE_SIZE
) -> NDArray[np.uint8]:
    """Cut an aligned chip (size, size) or (size, size, 3) out of a grey or BGR picture.

    A face larger than the chip is shrunk by area first, so that it does not alias; what lies
    beyond the picture repeats its border. Raises ValueError as `chip_transform` does.
    """
    matrix = chip_transform(landmarks, size)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    picture, matrix = _crop(picture, matrix, size)
    if scale < 1:
        height, width = picture.shape[:2]
        small = (max(1, round(width * scale)), max(1, round(height * scale)))
        picture = np.asarray(cv2.resize(picture, small, interpolation=cv2.INTER_AREA), np.uint8)
        ratio = np.array([small[0] / width, small[1] / height])
        matrix = np.hstack(
            [
                matrix[:, :2] / ratio,
                matrix[:, 2:] - matrix[:, :2] @ ((ratio - 1) / 2 / ratio)[:, None],
            ]
        )
    chip = cv2.warpAffine(
        picture, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(chip, np.uint8)


def _crop(
    picture: NDArray[np.uint8], matrix: NDArray, size: int
) -> tuple[NDArray[np.uint8], NDArray]:
    """The part of the picture the chip can see, and the transform from there."""
    back = cv2.invertAffineTransform(matrix)
    corners = np.array([[0, 0, 1], [size, 0, 1], [0, size, 1], [size, size, 1]], np.float64)
    seen = corners @ back.T
    height, width = picture.shape[:2]
    left, top = np.clip(np.floor(seen.min(0)) - 2, 0, (width - 1, height - 1)).astype(int)
    right, bottom = np.clip(np.ceil(seen.max(0)) + 3, (left + 1, top + 1), (width, height))
    moved = matrix.copy()
    moved[:, 2] += matrix[:, :2] @ (left, top)
    return picture[top : int(bottom), left : int(right)], moved
