"""Text detection and recognition in pictures by PP-OCRv6 (PaddleOCR), run by ONNX Runtime.

Both networks come out of one wheel (``models/registry.toml``). On one core of an old server finding
text in a picture 640 px wide takes 0.2 s, reading a line of it 0.1 s: a clock is found once, and
from then on only its strip is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.models.onnx import OnnxNetwork
from analyzer.types import Box

Picture = NDArray[np.uint8]

DETECTOR: Final = "ppocr-det"
RECOGNISER: Final = "ppocr-rec"
"""Names of the two networks in the registry of models."""

_LONGEST: Final = 960
"""Longest side that text is looked for in: what recorders write is then 9 px high or more."""

_MULTIPLE: Final = 32
_MEAN: Final = np.array([0.485, 0.456, 0.406])
_DEVIATION: Final = np.array([0.229, 0.224, 0.225])
_HOT: Final = 0.3
_LEAST_CELLS: Final = 12
_UNCLIP: Final = 1.6
"""PP-OCR's own figures: threshold of its map of shrunken text, and by how much text is larger."""

_LINE_PX: Final = 48
"""Height of a line as the recogniser was trained on."""

_LEAST_WIDTH: Final = 64
_MOST_WIDTH: Final = 1600


@dataclass(frozen=True, slots=True)
class Line:
    """Text of one line, and the mean probability of its characters."""

    text: str
    confidence: float


class TextReader(Protocol):
    """Finder and reader of text in pictures, uint8 BGR (H, W, 3)."""

    def find(self, bgr: Picture) -> list[Box]:
        """Return a box around each line of text."""

    def read(self, bgr: Picture) -> Line:
        """Return the text of a picture that is one line of text."""


class PaddleOcr:
    """The two networks, each loaded when it is first asked."""

    def __init__(self, detector: Path, recogniser: Path) -> None:
        """Keep the files of the networks; ModelError from its methods where they cannot run."""
        self._detector = detector
        self._recogniser = recogniser
        self._finding: OnnxNetwork | None = None
        self._reading: OnnxNetwork | None = None
        self._characters: list[str] = []

    def find(self, bgr: Picture) -> list[Box]:
        """Return a box around each line of text in ``bgr``."""
        if self._finding is None:
            self._finding = OnnxNetwork(self._detector.read_bytes(), str(self._detector))
        height, width = bgr.shape[:2]
        scale = min(_LONGEST / max(height, width), 1.0)
        sides = [max(round(s * scale / _MULTIPLE), 1) * _MULTIPLE for s in (width, height)]
        small = np.asarray(cv2.resize(bgr, sides, interpolation=cv2.INTER_AREA), np.float32)
        batch = ((small / 255 - _MEAN) / _DEVIATION).astype(np.float32)
        heat = self._finding.run(np.ascontiguousarray(batch.transpose(2, 0, 1)[None]))[0][0, 0]
        return _boxes(heat, width / sides[0], height / sides[1])

    def read(self, bgr: Picture) -> Line:
        """Return the text of ``bgr``, a picture of one line of text."""
        if self._reading is None:
            self._reading = OnnxNetwork(self._recogniser.read_bytes(), str(self._recogniser))
            characters = self._reading.metadata["character"].splitlines()
            self._characters = ["", *characters, " "]
        answer = self._reading.run(_line_batch(bgr))[0][0]
        return _collapsed(answer, self._characters)


@lru_cache(maxsize=2)
def paddle_ocr(detector: Path, recogniser: Path) -> PaddleOcr:
    """Return the reader of these files, one per process."""
    return PaddleOcr(detector, recogniser)


def _boxes(heat: NDArray[np.float32], x_scale: float, y_scale: float) -> list[Box]:
    """Return boxes, grown from the shrunken text of ``heat`` (H, W), in source pixels."""
    mask = (heat > _HOT).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    found = []
    for x, y, w, h, cells in stats[1:count].tolist():
        if cells < _LEAST_CELLS or min(w, h) < 2:
            continue
        grow = cells * _UNCLIP / (2 * (w + h))
        found.append(
            Box(
                (x - grow) * x_scale,
                (y - grow) * y_scale,
                (w + 2 * grow) * x_scale,
                (h + 2 * grow) * y_scale,
            )
        )
    return found


def _line_batch(bgr: Picture) -> NDArray[np.float32]:
    """Return one line as the recogniser wants it: float32 (1, 3, 48, W), in [-1, 1]."""
    height, width = bgr.shape[:2]
    scaled = min(max(round(width * _LINE_PX / height), 8), _MOST_WIDTH)
    line = cv2.resize(bgr, (scaled, _LINE_PX), interpolation=cv2.INTER_LINEAR)
    padded = max(-(-scaled // 8) * 8, _LEAST_WIDTH)
    batch = np.zeros((1, 3, _LINE_PX, padded), np.float32)
    batch[0, :, :, :scaled] = np.asarray(line, np.float32).transpose(2, 0, 1) / 127.5 - 1
    return batch


def _collapsed(answer: NDArray[np.float32], characters: list[str]) -> Line:
    """Return the best path of a CTC ``answer`` (T, classes): repeats and blanks (0) dropped."""
    best = answer.argmax(axis=1)
    kept = np.concatenate([[True], best[1:] != best[:-1]]) & (best != 0)
    if not kept.any():
        return Line("", 0.0)
    text = "".join(characters[index] for index in best[kept])
    return Line(text.strip(), float(answer.max(axis=1)[kept].mean()))
