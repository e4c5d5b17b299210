"""The crop for the report: square, small, the same bytes every time, never made up."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from analyzer.faces.crops import face_jpeg
from analyzer.types import Box

PICTURE = cv2.GaussianBlur(
    np.random.default_rng(1).integers(0, 255, (400, 600, 3), np.uint8), (0, 0), 3
)


def size(data: bytes) -> tuple[int, int]:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR).shape[:2]


def test_a_small_face_is_not_enlarged() -> None:
    assert size(face_jpeg(PICTURE, Box(100, 100, 20, 24))) == (45, 45)


def test_a_large_face_is_shrunk() -> None:
    assert max(size(face_jpeg(PICTURE, Box(200, 100, 180, 200)))) == 256


def test_the_edge_of_the_picture_cuts_the_crop() -> None:
    height, width = size(face_jpeg(PICTURE, Box(580, 390, 40, 40)))
    assert 0 < height < 72 and 0 < width < 72


def test_the_same_bytes() -> None:
    assert face_jpeg(PICTURE, Box(50, 60, 70, 80)) == face_jpeg(PICTURE.copy(), Box(50, 60, 70, 80))


def test_what_cannot_be_cropped_is_refused() -> None:
    with pytest.raises(ValueError, match="inside"):
        face_jpeg(PICTURE, Box(900, 900, 20, 20))
    with pytest.raises(ValueError, match="expected uint8"):
        face_jpeg(PICTURE[:, :, 0], Box(0, 0, 20, 20))
