"""The descriptor tells clothes apart and knows what it cannot see."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from analyzer.tracking.appearance import describe
from analyzer.types import Box, Detection, PersonDetection

BODY = Box(60, 20, 60, 180)
FACE = Box(80, 26, 20, 24)


def scene(clothes: tuple[int, int, int], light: float = 1.0, seed: int = 0) -> NDArray[np.uint8]:
    """Return a noisy grey picture with a person in ``clothes`` (BGR) at BODY."""
    picture = np.full((220, 180, 3), 120.0)
    picture[20:200, 60:120] = clothes
    picture = picture * light + np.random.default_rng(seed).normal(0, 6, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)


def described(picture: NDArray[np.uint8], face: bool = False) -> NDArray[np.float32]:
    whole = PersonDetection(None, Detection(BODY, 0.9, "person"))
    head = PersonDetection(Detection(FACE, 0.9, "face"), None)
    vector = describe(picture, head if face else whole)
    assert vector is not None
    return vector


def test_descriptor_is_a_unit_vector() -> None:
    vector = described(scene((40, 40, 200)))
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_same_clothes_are_nearer_than_others_even_in_other_light() -> None:
    red = described(scene((40, 40, 180)))
    for other in ((180, 60, 40), (40, 40, 40), (210, 210, 210), (40, 160, 40)):
        assert red @ described(scene((40, 40, 180), 0.85, 1)) > red @ described(scene(other)) + 0.15


def test_body_and_face_look_at_the_same_clothes() -> None:
    picture = scene((40, 40, 180))
    assert described(picture) @ described(picture, face=True) > 0.95


def test_a_torso_out_of_the_picture_has_no_appearance() -> None:
    low = PersonDetection(Detection(Box(80, 190, 24, 28), 0.9, "face"), None)
    assert describe(scene((40, 40, 180)), low) is None


def test_a_picture_of_another_type_is_refused() -> None:
    whole = PersonDetection(None, Detection(BODY, 0.9, "person"))
    with pytest.raises(ValueError, match="expected uint8"):
        describe(np.zeros((4, 4), dtype=np.uint8), whole)
