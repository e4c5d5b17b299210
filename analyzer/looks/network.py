"""Look network (person re-identification): body crops to vectors that are compared by cosine.

Our own weights lie in models/look: CARD.md there says on what they were trained and how well they
tell people apart. A look holds for what somebody wears, not for who it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.errors import ModelError
from analyzer.imaging import require_bgr
from analyzer.models import registry, shipped
from analyzer.models.onnx import OnnxNetwork
from analyzer.models.weights import ModelRecord

PART: Final = "look"
"""Folder of these networks under models/."""

FORMAT: Final = 1
"""Version of their model.json that this code reads."""

CLASSES: Final = ("person",)


class LookNetwork:
    """A network of models/look, built once per process; deterministic, one thread."""

    def __init__(
        self, network: bytes, about: dict[str, Any], what: str = "the look network"
    ) -> None:
        """Load an ONNX file that model.json, ``about``, describes; ModelError when it is none."""
        self._network = OnnxNetwork(network, what)
        self._about = about
        self._height, self._width = about["input_px"]
        self.dimensions = int(about["dimensions"])

    @classmethod
    def load(cls, folder: Path) -> LookNetwork:
        """Load a model folder; raises ModelError when a file is missing or of the wrong hash."""
        about = about_of(folder)
        return cls(shipped.read_file(folder, about, "network"), about, str(folder))

    @property
    def name(self) -> str:
        """Name of the model with the first digits of its network's hash."""
        return shipped.name_of(self._about, "network")

    def embed(self, crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return the looks of body crops uint8 (H, W, 3) BGR of any size: (N, D), unit length.

        Crops are asked one at a time: so a look does not depend on what else is asked, and one
        thread gains nothing from batches. The inner product of two looks is their similarity, in
        [-1, 1]. Raises ValueError for other arrays.
        """
        found = np.zeros((len(crops), self.dimensions), np.float32)
        for row, crop in enumerate(crops):
            require_bgr(crop)
            look = self._answer(fitted(crop, self._height, self._width))
            found[row] = look / max(float(np.linalg.norm(look)), 1e-12)
        return found

    def _answer(self, bgr: NDArray[np.uint8]) -> NDArray[np.float32]:
        batch = np.ascontiguousarray(bgr.transpose(2, 0, 1)[None], np.float32)
        return self._network.run(batch)[0][0]


def fitted(bgr: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Return a crop at the size of the network; by area averaging where it becomes smaller."""
    way = cv2.INTER_AREA if bgr.shape[0] > height else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(bgr, (width, height), interpolation=way), np.uint8)


def about_of(folder: Path) -> dict[str, Any]:
    """Return model.json of a folder; raises ModelError as ``LookNetwork.load``."""
    return shipped.read_about(folder, FORMAT, CLASSES)


def folder_of(model: str) -> Path | None:
    """Return the folder of the shipped model of that name; None where looks are not to be had."""
    try:
        return registry.trained(PART, model)
    except ModelError:
        return None


def model_record(folder: Path) -> ModelRecord:
    """Return what a run records about the model in ``folder``."""
    return shipped.model_record("looks", about_of(folder), "network")
