"""The network of the joint detector, run by LiteRT."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.detection.joint_decode import COARSEST, KINDS, decode
from analyzer.imaging import pad_to_multiple
from analyzer.models import registry, shipped
from analyzer.types import Detection

FORMAT = 1
"""Version of model.json that this code reads."""

PART = "detector"
"""Folder of these networks under models/."""


class JointNetwork:
    """A network of models/detector; deterministic, with one thread."""

    def __init__(self, network: bytes, about: dict[str, Any], threads: int = 1) -> None:
        """Build the interpreter from LiteRT bytes; ``about`` is model.json."""
        self.about = about
        self._scaling = [tuple(about["scores"][kind]) for kind in KINDS]
        least = float(about["least_score"])
        self._least = tuple(_raw(least, slope, shift) for slope, shift in self._scaling)
        self._interpreter = shipped.interpreter_of(network, "the detector", threads)
        self._slot = self._interpreter.get_input_details()[0]["index"]
        self._answer = self._interpreter.get_output_details()[0]["index"]
        self._shape: tuple[int, ...] = ()

    @classmethod
    def load(cls, folder: Path, threads: int = 1) -> JointNetwork:
        """Load a model folder; raises ModelError when a file is missing or of the wrong hash."""
        about = shipped.read_about(folder, FORMAT, KINDS)
        return cls(shipped.read_file(folder, about, "network"), about, threads)

    @classmethod
    def load_shipped(cls) -> JointNetwork:
        """Load the project's own network; raises ModelError as ``load`` does."""
        return cls.load(registry.trained(PART, "default"))

    @property
    def fingerprint(self) -> str:
        """Name of the model with the first digits of its file's hash."""
        return shipped.name_of(self.about, "network")

    def look(self, bgr: NDArray[np.uint8]) -> list[Detection]:
        """Return people, then faces of ``bgr``, uint8 (H, W, 3), the best of each first.

        Scores are the measured share of such detections that are right.
        """
        output = self.output(pad_to_multiple(bgr, COARSEST))
        found = decode(output, (self._least[0], self._least[1]), bgr.shape[1], bgr.shape[0])
        return [replace(d, score=self._calibrated(d)) for d in found]

    def output(self, bgr: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the map (H / 8, W / 8, 20) of a picture whose sides are multiples of 32."""
        shape = (1, *bgr.shape)
        if shape != self._shape:
            self._interpreter.resize_tensor_input(self._slot, shape)
            self._interpreter.allocate_tensors()
            self._shape = shape
        self._interpreter.set_tensor(self._slot, bgr[None].astype(np.float32))
        self._interpreter.invoke()
        return np.asarray(self._interpreter.get_tensor(self._answer), np.float32)[0]

    def _calibrated(self, found: Detection) -> float:
        slope, shift = self._scaling[KINDS.index(found.kind)]
        return float(1 / (1 + np.exp(-(slope * _logit(found.score) + shift))))


def shipped_sha256() -> str:
    """Return the SHA-256 of the project's own network, as its description says."""
    about = shipped.read_about(registry.trained(PART, "default"), FORMAT, KINDS)
    return str(about["files"]["network"]["sha256"])


def _logit(score: float) -> float:
    held = min(max(score, 1e-6), 1 - 1e-6)
    return float(np.log(held / (1 - held)))


def _raw(score: float, slope: float, shift: float) -> float:
    """Return the network's own score that is calibrated to ``score``."""
    return float(1 / (1 + np.exp(-(_logit(score) - shift) / slope)))
