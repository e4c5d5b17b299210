"""Training pictures in memory, as JPEG, with their labels; drawn by collection and place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.errors import AnalyzerError
from analyzer.lab.detection.labels import Labels, labels_of
from analyzer.lab.detection.sources import Picture
from analyzer.lab.detection.teachers import Answers

_QUALITY: Final = 95
_LARGE: Final = 480
"""Shorter side in px from which on half the size is enough for a quarter of a crop."""

_ENOUGH: Final = 150
"""Pictures from which on a collection gives its whole share."""


class Store:
    """The pictures about whose people somebody knows, a labeller or a teacher."""

    def __init__(
        self, pictures: Sequence[Picture], answers: Answers, frames: Path,
        balance: Mapping[str, float],
    ) -> None:  # fmt: skip
        """Keep frames of clips in ``frames``; ``balance`` is the share of each collection."""
        frames.mkdir(parents=True, exist_ok=True)
        self._frames = frames
        self._bytes: dict[str, NDArray[np.uint8]] = {}
        pairs = [(one, labels_of(one, answers.get(one.key, []))) for one in pictures]
        known = [(one, labels) for one, labels in pairs if labels.known]
        self.pictures = [one for one, _ in known]
        self.labels = [labels for _, labels in known]
        self._chances = self._drawn(balance)

    def _drawn(self, balance: Mapping[str, float]) -> NDArray[np.float64]:
        """Return the chance of each picture: within a collection more where a place is rare."""
        chances = np.zeros(len(self.pictures))
        places = Counter(one.place for one in self.pictures)
        for name, share in balance.items():
            rows = [i for i, one in enumerate(self.pictures) if one.collection == name]
            weights = np.array([places[self.pictures[i].place] ** -0.5 for i in rows])
            if rows:
                enough = min(len(rows) / _ENOUGH, 1.0)
                chances[rows] = enough * share * weights / weights.sum()
        return chances / max(chances.sum(), 1e-12)

    def draw(self, rng: np.random.Generator) -> int:
        """Return the number of a picture."""
        return int(rng.choice(len(self.pictures), p=self._chances))

    def read(self, number: int, halved: bool = False) -> tuple[NDArray[np.uint8], Labels]:
        """Return a picture and its labels, of half the size where ``halved`` and it is large.

        Raises AnalyzerError where it can no longer be read.
        """
        labels, one = self.labels[number], self.pictures[number]
        bgr = cv2.imdecode(self._coded(one), cv2.IMREAD_COLOR)
        if bgr is None:
            raise AnalyzerError(f"{one.file}: cannot be read; remove it, and the index beside it")
        if halved and min(bgr.shape[:2]) >= _LARGE:
            size = (bgr.shape[1] // 2, bgr.shape[0] // 2)
            bgr = cv2.resize(bgr, size, interpolation=cv2.INTER_AREA)
            labels = Labels(labels.boxes * np.float32(0.5), labels.sure, labels.known)
        return np.asarray(bgr, np.uint8), labels

    def _coded(self, one: Picture) -> NDArray[np.uint8]:
        if one.key not in self._bytes:
            file = Path(one.file) if one.frame < 0 else self._frames / f"{one.key}.jpg"
            if not file.is_file():
                bgr = one.read()
                if bgr is None:
                    raise AnalyzerError(f"{one.file}: frame {one.frame} cannot be read")
                cv2.imwrite(str(file), bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
            self._bytes[one.key] = np.frombuffer(file.read_bytes(), np.uint8)
        return self._bytes[one.key]
