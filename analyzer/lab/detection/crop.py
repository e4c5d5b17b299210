"""Training crop: a picture with boxes, and which pseudo-labels are trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.boxes import iou
from analyzer.lab.detection.pictures import TrainingPicture

# The teacher takes dark shapes for faces of a third of the picture, and never surely.
_LARGE_FACE = 0.25


@dataclass(frozen=True, slots=True)
class Crop:
    """A crop uint8 (H, W, 3) with boxes (N, 4) x, y, w, h in its px.

    ``faces`` (N,) says face or person, ``sure`` (N,) learn it, or else pass over its place;
    ``points`` (N, 5, 2) are NaN where unknown.
    """

    bgr: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    faces: NDArray[np.bool_]
    sure: NDArray[np.bool_]
    points: NDArray[np.float32]


def believed(picture: TrainingPicture) -> Crop:
    """The whole picture with what its teachers agreed on: sure, doubtful, or left out.

    A box is sure where two looks saw it and one of them well, doubtful where one look saw it at
    all well. Doubtful places are neither learnt as something nor as nothing.
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
    """Whether a picture shows one face large, as those of LFW do: no clip is as small."""
    return max(picture.bgr.shape[:2]) <= 250
