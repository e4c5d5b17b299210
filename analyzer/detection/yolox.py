"""YOLOX person detector (Ge et al. 2021), run by ONNX Runtime.

Our own has YOLOX-nano's shape and was trained on for pictures of cameras: models/detector/CARD.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analyzer.boxes import nms
from analyzer.errors import ModelError
from analyzer.imaging import pad_to_multiple
from analyzer.models import registry, shipped
from analyzer.models.onnx import OnnxNetwork, with_free_size
from analyzer.types import Box, Detection

STRIDES: Final = (8, 16, 32)

NMS_IOU: Final = 0.55
"""People in a crowd overlap; by more only when one is hardly visible."""

_DOUBLE_INSIDE, _DOUBLE_HEIGHT = 0.95, 0.8
"""A box is a second one of the same person where it lies in a better one by at least this share,
and has at least this share of its height: somebody further back is smaller."""

PART: Final = "detector"
"""Folder of our own networks under models/."""

FORMAT: Final = 2
"""Version of their model.json that this code reads."""

_INPUT: Final = "images"

CLASSES: Final = ("person",)


class YoloxDetector:
    """A YOLOX network with raw outputs (boxes still relative to their cells, scores in [0, 1])."""

    def __init__(
        self, network: bytes, min_score: float, calibration: tuple[float, float] = (1.0, 0.0),
        what: str = "the person detector",
    ) -> None:  # fmt: skip
        """Load an ONNX file; raises ModelError when ``what`` is none.

        Scores are calibrated by a logistic curve: slope and shift of ``calibration`` on the
        logarithm of their odds. ``min_score`` is of calibrated scores.
        """
        try:
            free = with_free_size(network, _INPUT)
        except ValueError as error:
            raise ModelError(
                f"{what}: cannot be read as ONNX ({error}); run: analyzer models verify"
            ) from error
        self._network = OnnxNetwork(free, what)
        self._min_score, self._calibration = min_score, calibration

    @classmethod
    def of_file(cls, model: Path, min_score: float) -> YoloxDetector:
        """Load YOLOX-nano's own file; raises ModelError where it cannot be read."""
        return cls(model.read_bytes(), min_score, what=str(model))

    @classmethod
    def load(cls, folder: Path, min_score: float) -> YoloxDetector:
        """Load a model folder; raises ModelError when a file is missing or of the wrong hash."""
        about = about_of(folder)
        slope, shift = about["scores"]["person"]
        return cls(shipped.read_file(folder, about, "network"), min_score, (slope, shift))

    def detect(self, bgr: NDArray[np.uint8], regions: Sequence[Box]) -> list[Detection]:
        """Return the people on the whole of ``bgr``, uint8 (H, W, 3); ``regions`` are ignored.

        The network is fully convolutional: the picture is padded to multiples of 32 px instead of
        letterboxed to 416 × 416, which at 640 × 360 shows it 2.3 times as many pixels for 1.4 times
        the work. Channels stay BGR in 0..255 without mean or scale, as from YOLOX 0.1.1 on.
        """
        height, width = bgr.shape[:2]
        padded = pad_to_multiple(bgr, STRIDES[-1])
        picture = np.ascontiguousarray(padded.transpose(2, 0, 1)[None], np.float32)
        output = self._network.run(picture)[0][0]
        scores = _calibrated(output[:, 4] * output[:, 5], *self._calibration)
        rows = np.flatnonzero(scores >= self._min_score)
        corners, strides = cells(*padded.shape[:2])
        boxes = decode(output[rows, :4], corners[rows], strides[rows])
        scores = scores[rows]
        found = []
        for i in nms(boxes, scores, NMS_IOU).tolist():
            box = Box(*(float(v) for v in boxes[i])).clipped(width, height)
            if box.w >= 1 and box.h >= 1:
                found.append(Detection(box, float(scores[i]), "person"))
        return without_doubles(found)


def without_doubles(found: Sequence[Detection]) -> list[Detection]:
    """Return people, the best first, without narrower boxes of people who have a better one."""
    kept: list[Detection] = []
    for person in found:
        if not any(_is_double(person.box, better.box) for better in kept):
            kept.append(person)
    return kept


def _is_double(box: Box, better: Box) -> bool:
    return box.h >= _DOUBLE_HEIGHT * better.h and box.inside(better) >= _DOUBLE_INSIDE


def about_of(folder: Path) -> dict[str, Any]:
    """Return model.json of a folder of our own; raises ModelError as ``YoloxDetector.load``."""
    return shipped.read_about(folder, FORMAT, CLASSES)


def shipped_folder() -> Path:
    """Return the folder of our own network."""
    return registry.trained(PART, "default")


def shipped_network() -> Path:
    """Return the file of our own network, as its description names it."""
    folder = shipped_folder()
    return folder / str(about_of(folder)["files"]["network"]["path"])


def decode(
    raw: NDArray[np.float32], corners: NDArray[np.float32], strides: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return boxes x, y, w, h in px, (N, 4), from outputs (N, 4) relative to cells.

    The cells have ``corners`` (N, 2), counted in cells, and ``strides`` (N, 1) in px.
    """
    centre = (raw[:, :2] + corners) * strides
    size = np.exp(np.clip(raw[:, 2:4], -10.0, 10.0)) * strides
    return np.concatenate((centre - size / 2, size), axis=1)


@lru_cache(maxsize=8)
def cells(height: int, width: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return corners and strides of all cells of a picture, in raster order, stride by stride."""
    corners, steps = [], []
    for stride in STRIDES:
        ys, xs = np.mgrid[0 : height // stride, 0 : width // stride]
        corners.append(np.stack((xs.ravel(), ys.ravel()), axis=1))
        steps.append(np.full((xs.size, 1), stride))
    return np.concatenate(corners).astype(np.float32), np.concatenate(steps).astype(np.float32)


def _calibrated(scores: NDArray[np.float32], slope: float, shift: float) -> NDArray[np.float32]:
    if (slope, shift) == (1.0, 0.0):
        return scores
    held = np.clip(scores, 1e-6, 1 - 1e-6)
    odds = slope * np.log(held / (1 - held)) + shift
    return np.asarray(1 / (1 + np.exp(-odds)), np.float32)
