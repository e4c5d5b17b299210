"""The network that is served: a picture in, people and faces out, once for whoever asks."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.detection.joint_decode import COARSEST, KINDS, decode
from analyzer.models import registry, shipped
from analyzer.types import Box, Detection

FORMAT = 1
"""Version of model.json that this code reads."""

NAME = "onepass"
"""The backend's name, as in settings and in the record of a run."""

PART = "detector"
"""Folder of the project's own models that these lie in."""

_FILLING = 114


class JointNetwork:
    """A network of models/detector, built once per process; deterministic, one thread."""

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
        self._last: tuple[NDArray[np.uint8], int, list[Detection]] | None = None

    @classmethod
    def load(cls, folder: Path, threads: int = 1) -> JointNetwork:
        """Load a model folder; raises ModelError when a file is missing or of the wrong hash."""
        about = shipped.read_about(folder, FORMAT, KINDS)
        return cls(shipped.read_file(folder, about, "network"), about, threads)

    @property
    def fingerprint(self) -> str:
        """Name of the model with the first digits of its file's hash."""
        return shipped.name_of(self.about, "network")

    def look(self, bgr: NDArray[np.uint8], width: int) -> list[Detection]:
        """People and faces of ``bgr``, uint8 (H, W, 3), in its pixels, best score first a kind.

        The network sees it at most ``width`` px wide; no picture is enlarged. Scores are the
        measured share of such detections that are right. The last picture's answer is kept, so
        that asking for its people and then for its faces costs one run. Raises ValueError for
        anything but a colour picture.
        """
        if bgr.dtype != np.uint8 or bgr.ndim != 3 or bgr.shape[2] != 3:
            raise ValueError(f"expected uint8 (H, W, 3), got {bgr.dtype} {bgr.shape}")
        if self._last is not None and self._last[0] is bgr and self._last[1] == width:
            return self._last[2]
        found = self._found(bgr, width) if bgr.size else []
        self._last = (bgr, width, found)
        return found

    def _found(self, bgr: NDArray[np.uint8], width: int) -> list[Detection]:
        seen = shrunk(bgr, width)
        across, down = bgr.shape[1] / seen.shape[1], bgr.shape[0] / seen.shape[0]
        output = self.output(filled(seen))
        found = decode(output, (self._least[0], self._least[1]), seen.shape[1], seen.shape[0])
        return [self._scaled(detection, across, down) for detection in found]

    def output(self, bgr: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The map (H / 8, W / 8, 20) of a picture whose sides are multiples of 32."""
        shape = (1, *bgr.shape)
        if shape != self._shape:
            self._interpreter.resize_tensor_input(self._slot, shape)
            self._interpreter.allocate_tensors()
            self._shape = shape
        self._interpreter.set_tensor(self._slot, bgr[None].astype(np.float32))
        self._interpreter.invoke()
        return np.asarray(self._interpreter.get_tensor(self._answer), np.float32)[0]

    def _scaled(self, found: Detection, across: float, down: float) -> Detection:
        slope, shift = self._scaling[KINDS.index(found.kind)]
        score = 1 / (1 + np.exp(-(slope * _logit(found.score) + shift)))
        points = found.landmarks
        if points is not None:
            points = (points * np.array([across, down], np.float32)).astype(np.float32)
        box = found.box
        box = Box(box.x * across, box.y * down, box.w * across, box.h * down)
        return Detection(box, float(score), found.kind, points)


@lru_cache(maxsize=1)
def shipped_network() -> JointNetwork:
    """The project's own network, one a process: whoever asks shares its last answer."""
    return JointNetwork.load(registry.trained(PART, "default"))


def shipped_sha256() -> str:
    """SHA-256 of the project's own network, as its description says."""
    about = shipped.read_about(registry.trained(PART, "default"), FORMAT, KINDS)
    return str(about["files"]["network"]["sha256"])


def shrunk(bgr: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    """``bgr`` at most ``width`` px wide."""
    if bgr.shape[1] <= width:
        return bgr
    size = (width, max(round(bgr.shape[0] * width / bgr.shape[1]), 1))
    return np.asarray(cv2.resize(bgr, size, interpolation=cv2.INTER_AREA), np.uint8)


def filled(bgr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """``bgr`` with grey added below and to the right up to multiples of the coarsest stride."""
    down, right = -bgr.shape[0] % COARSEST, -bgr.shape[1] % COARSEST
    grey = (_FILLING, _FILLING, _FILLING)
    edged = cv2.copyMakeBorder(bgr, 0, down, 0, right, cv2.BORDER_CONSTANT, value=grey)
    return np.asarray(edged, np.uint8)


def _logit(score: float) -> float:
    held = min(max(score, 1e-6), 1 - 1e-6)
    return float(np.log(held / (1 - held)))


def _raw(score: float, slope: float, shift: float) -> float:
    """The network's own score that ``score`` was made of."""
    return float(1 / (1 + np.exp(-(_logit(score) - shift) / slope)))
