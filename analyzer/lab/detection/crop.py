"""Training crop: a picture with boxes, and which pseudo-labels are trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.boxes import iou
from analyzer.lab.detection.pictures import TrainingPicture

# YuNet reports dark shapes as faces of a third of the picture, never with a high score.
_LARGE_FACE = 0.25


@dataclass(frozen=True, slots=True)
class Crop:
    """A crop uint8 (H, W, 3) with boxes (N, 4) x, y, w, h in its px.

    ``faces`` (N,) is face or person; ``sure`` (N,) boxes are trained on, the area of others is
    ignored; ``points`` (N, 5, 2) are NaN if unknown.
    """

    bgr: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    faces: NDArray[np.bool_]
    sure: NDArray[np.bool_]
    points: NDArray[np.float32]


def trusted_crop(picture: TrainingPicture) -> Crop:
    """Return the whole picture with its pseudo-labels: sure, ignored, or left out.

    A box is sure if two views found it and one of them with a high score. It is ignored if one view
    found it with a fair score: it is then neither a positive nor a negative example.
    """
    best, votes, total, faces = picture.best, picture.votes, picture.total, picture.faces
    sure_person = ((best >= 0.5) & (votes >= 2)) | (total >= 1.3) | (best >= 0.75)
    sure_face = ((best >= 0.6) & (votes >= 2)) | (best >= 0.8)
    if not is_portrait(picture):
        large = picture.boxes[:, 3] > _LARGE_FACE * picture.bgr.shape[0]
        sure_face &= ~large | (best >= 0.9)
    sure = np.where(faces, sure_face, sure_person)
    keep = sure | (best >= np.where(faces, 0.3, 0.2))
    for index in np.argsort(-picture.total):
        same = (faces == faces[index]) & keep & (picture.total < picture.total[index])
        if keep[index] and same.any():
            near = iou(picture.boxes[index : index + 1], picture.boxes)[0] > 0.6
            keep &= ~(same & near)
    return Crop(picture.bgr, picture.boxes[keep], faces[keep], sure[keep], picture.points[keep])


def is_portrait(picture: TrainingPicture) -> bool:
    """Whether a picture is a portrait, as in LFW: no clip is as small."""
    return max(picture.bgr.shape[:2]) <= 250
