"""Expression classifier: aligned face chips to seven calibrated probabilities.

A chip below the quality floors gets the reason why it is not assessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.emotions.quality_gate import Floors, sharpness_of
from analyzer.faces.alignment import FER_CHIP
from analyzer.models import shipped
from analyzer.models.weights import ModelRecord
from analyzer.types import EMOTIONS

CHIP_PX = FER_CHIP.side
FORMAT = 1
"""Version of model.json that this code reads."""

# Faces per call: larger batches are not faster and need more memory.
_LARGEST_BATCH = 32


@dataclass(frozen=True, slots=True, eq=False)
class EmotionBatch:
    """Results for N chips.

    `probabilities` float32 (N, 7) in EMOTIONS order, rows summing to 1; `assessed` bool (N,);
    `reasons` why not, None if assessed.
    """

    probabilities: NDArray[np.float32]
    assessed: NDArray[np.bool_]
    reasons: list[str | None]


class EmotionClassifier:
    """A network of models/emotion, built once per process; deterministic, one thread."""

    def __init__(self, network: bytes, about: dict[str, Any]) -> None:
        """Build the interpreter from LiteRT bytes; `about` is model.json."""
        self.about = about
        self._network = network
        self.floors = Floors(**about["floors"])
        self._input_px = int(about["input_px"])
        self._temperature = float(about["temperature"])
        self._interpreter = shipped.interpreter_of(network, "the emotion network")
        self._slot = self._interpreter.get_input_details()[0]["index"]
        self._answer = self._interpreter.get_output_details()[0]["index"]
        self._batch = 0

    @classmethod
    def load(cls, folder: Path) -> EmotionClassifier:
        """Load a model folder; raises ModelError when a file is missing or of the wrong hash."""
        about = shipped.read_about(folder, FORMAT, EMOTIONS)
        return cls(shipped.read_file(folder, about, "network"), about)

    def with_values(self, floors: dict[str, float], temperature: float) -> EmotionClassifier:
        """Return a classifier of the same network with other floors and temperature."""
        about = self.about | {"floors": floors, "temperature": temperature}
        return EmotionClassifier(self._network, about)

    @property
    def name(self) -> str:
        """Name of the model with the first digits of its network's hash."""
        return shipped.name_of(self.about, "network")

    def classify(
        self,
        chips: NDArray[np.uint8],
        eye_px: NDArray[np.floating] | None = None,
        yaw: NDArray[np.floating] | None = None,
        pitch: NDArray[np.floating] | None = None,
    ) -> EmotionBatch:
        """Classify grey chips uint8 (N, 48, 48).

        `eye_px` (N,) is the distance between the eyes in the source picture; None means that the
        chips were not enlarged. `yaw` and `pitch` (N,) are those of the heads in degrees, as
        `head_pose` gives them; None means that they face the camera. Chips below the floors get the
        network's probabilities too, but are not `assessed`.
        """
        _check(chips)
        probabilities = softmax(self.calibrated_logits(chips))
        known = (_numbers(values, len(chips)) for values in (eye_px, yaw, pitch))
        reasons = [
            self.floors.reason(sharpness_of(chip), *values)
            for chip, *values in zip(chips, *known, strict=True)
        ]
        assessed = np.array([reason is None for reason in reasons], bool)
        return EmotionBatch(probabilities, assessed, reasons)

    def calibrated_logits(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return what the softmax makes probabilities of, (N, 7): logits over the temperature."""
        return self.logits(chips) / np.float32(self._temperature)

    def logits(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Mean of the network's logits (N, 7) over each chip and its mirror image."""
        chips = self._resized(chips)
        parts: list[NDArray[Any]] = [np.zeros((0, len(EMOTIONS)), np.float32)]
        for start in range(0, len(chips), _LARGEST_BATCH):
            part = chips[start : start + _LARGEST_BATCH]
            both = self._invoke(np.concatenate([part, part[:, :, ::-1]]))
            parts.append((both[: len(part)] + both[len(part) :]) / 2)
        return np.concatenate(parts)

    def _resized(self, chips: NDArray[np.uint8]) -> NDArray[np.uint8]:
        size = self._input_px
        if size == CHIP_PX:
            return chips
        way = cv2.INTER_AREA if size < CHIP_PX else cv2.INTER_LINEAR
        small = [cv2.resize(chip, (size, size), interpolation=way) for chip in chips]
        return np.stack(small) if small else np.zeros((0, size, size), np.uint8)

    def _invoke(self, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        if len(faces) != self._batch:
            shape = (len(faces), self._input_px, self._input_px, 1)
            self._interpreter.resize_tensor_input(self._slot, shape)
            self._interpreter.allocate_tensors()
            self._batch = len(faces)
        self._interpreter.set_tensor(self._slot, faces[..., None].astype(np.float32))
        self._interpreter.invoke()
        return self._interpreter.get_tensor(self._answer)


def model_record(folder: Path) -> ModelRecord:
    """Return what a run records about the model in ``folder``."""
    return shipped.model_record("emotions", shipped.read_about(folder, FORMAT, EMOTIONS), "network")


def softmax(logits: NDArray[np.floating]) -> NDArray[np.float32]:
    """Probabilities (N, K) of logits (N, K)."""
    raised = np.exp(logits - logits.max(1, keepdims=True))
    return (raised / raised.sum(1, keepdims=True)).astype(np.float32)


def _check(chips: NDArray[np.uint8]) -> None:
    if chips.ndim != 3 or chips.shape[1:] != (CHIP_PX, CHIP_PX) or chips.dtype != np.uint8:
        raise ValueError(
            f"expected chips uint8 (N, {CHIP_PX}, {CHIP_PX}), got {chips.dtype} {chips.shape}"
        )


def _numbers(values: NDArray[np.floating] | None, count: int) -> list[float] | list[None]:
    if values is None:
        return [None] * count
    if values.shape != (count,):
        raise ValueError(f"expected one value for each of {count} chips, got {values.shape}")
    return [float(value) for value in values]
