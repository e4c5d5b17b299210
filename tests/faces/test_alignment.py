"""Chips: landmarks come to lie where the template says, whatever the pose in the picture."""

import cv2
import numpy as np
import pytest

from analyzer.faces import alignment


def place(angle, scale, at):
    """The template's landmarks, turned, scaled and moved."""
    turn = scale * np.array(
        [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float64
    )
    return ((alignment.FER_CHIP.points - 23.5) @ turn.T + at).astype(np.float32)


@pytest.mark.parametrize(("angle", "scale"), [(0, 1), (0.4, 2.5), (-0.7, 0.4), (0.2, 6.0)])
def test_landmarks_land_on_the_template(angle, scale):
    points = place(angle, scale, (200, 150))
    matrix = alignment.chip_transform(points, alignment.FER_CHIP)
    landed = points @ matrix[:, :2].T + matrix[:, 2]
    assert landed == pytest.approx(alignment.FER_CHIP.points, abs=1e-3)
    assert np.hypot(matrix[0, 0], matrix[1, 0]) == pytest.approx(1 / scale, rel=1e-4)


@pytest.mark.parametrize("scale", [0.5, 1.0, 3.0, 8.0])
def test_dots_at_the_eyes_appear_at_the_eyes_of_the_chip(scale):
    points = place(0.3, scale, (300, 300))
    picture = np.zeros((600, 600, 3), np.uint8)
    for x, y in points[:2]:
        cv2.circle(picture, (round(x), round(y)), max(2, round(3 * scale)), (255, 255, 255), -1)
    chip = alignment.align_face(picture, points, alignment.FER_CHIP)[..., 0].astype(float)
    assert chip.shape == (48, 48)
    for half, (x, y) in (
        (slice(0, 24), alignment.FER_CHIP.points[0]),
        (slice(24, 48), alignment.FER_CHIP.points[1]),
    ):
        part = chip[:, half]
        rows, columns = np.mgrid[0:48, half.start : half.stop]
        assert (part * columns).sum() / part.sum() == pytest.approx(x, abs=1.0)
        assert (part * rows).sum() / part.sum() == pytest.approx(y, abs=1.0)


def test_a_face_at_the_border_repeats_the_border():
    grey = np.full((60, 60), 77, np.uint8)
    chip = alignment.align_face(grey, place(0, 1, (3, 3)), alignment.FER_CHIP)
    assert chip.shape == (48, 48)
    assert (chip == 77).all()


def test_bad_landmarks_are_refused():
    with pytest.raises(ValueError, match="expected finite points"):
        alignment.chip_transform(np.full((5, 2), np.nan), alignment.FER_CHIP)
    with pytest.raises(ValueError, match="one place"):
        alignment.chip_transform(np.ones((5, 2)), alignment.FER_CHIP)
