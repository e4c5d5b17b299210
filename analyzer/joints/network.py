"""Joint network (human pose estimation): 17 joints of a person, each with its probability.

Our own weights lie in models/joints: CARD.md there says from whom they learned and how far they
agree with others. Joints are in the order of COCO.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.imaging import require_bgr, scaled_down
from analyzer.models import shipped
from analyzer.models.onnx import OnnxNetwork
from analyzer.models.weights import ModelRecord
from analyzer.types import Box

PART: Final = "joints"
"""Folder of these networks under models/."""

FORMAT: Final = 1
"""Version of their model.json that this code reads."""

JOINTS: Final = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder",
    "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip",
    "left_knee", "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip

MIRRORED: Final = np.array([
    JOINTS.index(name.replace("left", "?").replace("right", "left").replace("?", "right"))
    for name in JOINTS
])  # fmt: skip
"""Of every joint the one that it is in a mirror."""

SHOULDERS: Final = [5, 6]
WRISTS: Final = [9, 10]
HIPS: Final = [11, 12]
KNEES: Final = [13, 14]
ANKLES: Final = [15, 16]
"""Places of these in JOINTS, left and right."""

STRIDE: Final = 4
"""Pixels of the network's picture from one place of its answer to the next."""

MARGIN: Final = 1.25
"""Side of the crop over that of the box, so that hands and feet outside of it are seen."""

FILL: Final = 127
"""Level of what lies outside of the picture."""

_SPARE: Final = 1.4
"""Of the size wanted, what averaging by area leaves to the linear step after it."""

_NEAR: Final = 2
"""Places around the best one that count to a joint."""


@dataclass(frozen=True, slots=True, eq=False)
class Joints:
    """The joints of one person: ``places`` float32 (17, 2), x and y in pixels of the picture.

    ``probabilities``, float32 (17,), are those that a joint is to be seen and lies there;
    ``told``, bool (17,), says which of them reach the floor of the model: the others are guesses.
    """

    places: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    told: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Calibration:
    """From the weight of the network's answer to a probability: a logistic on its log odds.

    A joint of a lower probability than ``floor`` is not told. Measured on watched crops.
    """

    slope: float = 1.0
    offset: float = 0.0
    floor: float = 0.5

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Calibration:
        """Return the calibration of its values in model.json."""
        return cls(float(values["slope"]), float(values["offset"]), float(values["floor"]))

    def probabilities(self, weights: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return probabilities of ``weights`` in [0, 1], of the same shape."""
        odds = np.log(np.clip(weights, 1e-6, 1)) - np.log(np.clip(1 - weights, 1e-6, 1))
        return np.asarray(np.exp(-np.logaddexp(0, -self.slope * odds - self.offset)), np.float32)


class JointNetwork:
    """A network of models/joints, built once per process; deterministic, one thread."""

    def __init__(
        self, network: bytes, about: dict[str, Any], what: str = "the joint network"
    ) -> None:
        """Load an ONNX file that model.json, ``about``, describes; ModelError when it is none."""
        self._network = OnnxNetwork(network, what)
        self._about = about
        self.size: tuple[int, int] = (int(about["input_px"][0]), int(about["input_px"][1]))
        self._calibration = Calibration.of(about["calibration"])

    @classmethod
    def load(cls, folder: Path) -> JointNetwork:
        """Load a model folder; raises ModelError when a file is missing or of the wrong hash."""
        about = shipped.read_about(folder, FORMAT, JOINTS)
        return cls(shipped.read_file(folder, about, "network"), about, str(folder))

    @property
    def name(self) -> str:
        """Name of the model with the first digits of its network's hash."""
        return shipped.name_of(self._about, "network")

    def find(self, bgr: NDArray[np.uint8], boxes: Sequence[Box]) -> list[Joints]:
        """Return the joints of the people in ``boxes`` on a picture uint8 (H, W, 3) BGR.

        People are asked one at a time, so that an answer does not depend on who else is asked.
        Raises ValueError for another array or an empty box.
        """
        require_bgr(bgr)
        return [self._person(bgr, box) for box in boxes]

    def _person(self, bgr: NDArray[np.uint8], box: Box) -> Joints:
        around = crop_around(box, self.size)
        shown = cut(bgr, around, self.size)
        batch = np.ascontiguousarray(shown.transpose(2, 0, 1)[None], np.float32)
        places, weights = decode(self._network.run(batch)[0][0], self.size)
        scale = np.array([around.w / self.size[1], around.h / self.size[0]])
        whole = np.asarray(places * scale + (around.x, around.y), np.float32)
        probabilities = self._calibration.probabilities(weights)
        return Joints(whole, probabilities, probabilities >= self._calibration.floor)


def model_record(folder: Path) -> ModelRecord:
    """Return what a run records about the model in ``folder``."""
    return shipped.model_record(PART, shipped.read_about(folder, FORMAT, JOINTS), "network")


def crop_around(box: Box, size: tuple[int, int]) -> Box:
    """Return the crop of a person: the box with a margin, with the sides of ``size`` (h, w).

    Raises ValueError for an empty box.
    """
    if not (box.w > 0 and box.h > 0):
        raise ValueError(f"expected a box with an area, got {box}")
    height = MARGIN * max(box.h, box.w * size[0] / size[1])
    width = height * size[1] / size[0]
    return Box(box.x + (box.w - width) / 2, box.y + (box.h - height) / 2, width, height)


def cut(bgr: NDArray[np.uint8], around: Box, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return the part ``around`` of a picture at ``size`` (h, w); grey where it ends.

    What becomes smaller is averaged by area first: else far stripes turn to noise.
    """
    left, top = max(int(np.floor(around.x)), 0), max(int(np.floor(around.y)), 0)
    right, bottom = int(np.ceil(around.x + around.w)), int(np.ceil(around.y + around.h))
    inside = bgr[top : max(bottom, top), left : max(right, left)]
    if not inside.size:
        return np.full((*size, 3), FILL, np.uint8)
    factor = size[0] / around.h
    smaller = scaled_down(inside, _SPARE * factor)
    across = factor * inside.shape[1] / smaller.shape[1]
    down = factor * inside.shape[0] / smaller.shape[0]
    # Pixel centres: a pixel of the crop is at (place + 0.5) / scale of the source.
    matrix = np.array([
        [across, 0, (left - around.x) * factor + 0.5 * across - 0.5],
        [0, down, (top - around.y) * factor + 0.5 * down - 0.5],
    ])  # fmt: skip
    crop = cv2.warpAffine(smaller, matrix, size[::-1], borderValue=(FILL,) * 3)
    return np.asarray(crop, np.uint8)


def decode(
    answer: NDArray[np.floating], size: tuple[int, int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return places (17, 2), x and y in the network's picture, and weights (17,) in [0, 1].

    ``answer`` (17, places + 1) holds the logits of every place, row by row, and last of *not to be
    seen*. A joint lies at the mean of the places around the best one (integral regression, Sun et
    al. 2018, there of all places); its weight is what those have of the whole.
    """
    rows, columns = size[0] // STRIDE, size[1] // STRIDE
    shares = np.exp(answer.astype(np.float64) - answer.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    maps = shares[:, :-1].reshape(-1, rows, columns)
    best = maps.reshape(len(maps), -1).argmax(1)
    y, x = np.arange(rows), np.arange(columns)
    near_y = np.abs(y[None] - (best // columns)[:, None]) <= _NEAR
    near_x = np.abs(x[None] - (best % columns)[:, None]) <= _NEAR
    near = maps * near_y[:, :, None] * near_x[:, None, :]
    weights = near.sum((1, 2))
    centre = np.stack([near.sum(1) @ x, near.sum(2) @ y], 1) / np.maximum(weights, 1e-12)[:, None]
    return (centre + 0.5) * STRIDE, weights
