"""Model of expressions that a case was analysed with: its spread, and explanations of its answers.

Only a model that analyzer ships can be asked again; of another one, pages tell nothing more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from analyzer.emotions.classifier import EmotionClassifier
from analyzer.emotions.explanation import explain
from analyzer.emotions.spread import Spread, spread_of
from analyzer.faces.alignment import FER_CHIP, align_face, chip_transform
from analyzer.faces.crops import grey_crop, landmarks_in_crop
from analyzer.models.locations import shipped_dir
from analyzer.report.model import CaseView
from analyzer.types import EMOTIONS, FaceSample

_MOST_KNOWN = 4096
"""Explanations that a process keeps."""


@dataclass(frozen=True, eq=False)
class ExpressionModel:
    """A shipped model in ``folder``; ``about`` is its model.json."""

    folder: Path
    about: Mapping[str, Any]
    _known: dict[str, dict[str, Any] | None] = field(default_factory=dict)

    @cached_property
    def spread(self) -> Spread | None:
        """How far its probabilities may be off; None where that was not measured."""
        return spread_of(self.about)

    @cached_property
    def _classifier(self) -> EmotionClassifier:
        return EmotionClassifier.load(self.folder)

    def why(self, face: FaceSample, size: tuple[float, float]) -> dict[str, Any] | None:
        """Return what the answer for a stored face rests on, as plain values; asked for once.

        It takes half a second, and `serve` makes the page of a video again after each decision.

        ``size`` is that of the recording in px. *at* maps px of the chip to px of the stored
        picture, as a canvas takes it. None where the picture cannot be read, no landmarks are
        kept, or the face is below the floors.
        """
        key = hashlib.sha256(repr((face.moment, face.box, face.quality, size)).encode())
        key.update(np.ascontiguousarray(face.landmarks).tobytes() + face.jpeg)
        if key.hexdigest() not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key.hexdigest()] = self._explained(face, size)
        return self._known[key.hexdigest()]

    def _explained(self, face: FaceSample, size: tuple[float, float]) -> dict[str, Any] | None:
        crop, quality = grey_crop(face.jpeg), face.quality
        poor = self._classifier.floors.reason(np.inf, quality.eye_px, quality.yaw, quality.pitch)
        if crop is None or poor or not face.landmarks.size:
            return None
        points = landmarks_in_crop(face.landmarks, face.box, size, crop.shape[1])
        told = explain(self._classifier, align_face(crop, points, FER_CHIP))
        forth = chip_transform(points, FER_CHIP)
        back = np.linalg.inv(np.vstack([forth, [0, 0, 1]]))[:2]
        index = EMOTIONS.index(told.label)
        return {
            "t": round(face.moment.t, 3),
            "emotion": index,
            "p": round(float(told.probabilities[index]), 2),
            "grid": told.saliency.astype(np.float64).round(2).tolist(),
            "at": back.T.ravel().round(4).tolist(),
        }


def model_of(case: CaseView) -> ExpressionModel | None:
    """Return the model of the last run, known by the hash of its network, if analyzer ships it."""
    run = case.runs[-1] if case.runs else None
    models = run.models if run is not None and isinstance(run.models, list) else []
    hashes = [
        record.get("sha256")
        for record in models
        if isinstance(record, Mapping) and str(record.get("part", "")).startswith("emotion")
    ]
    return next((model for sha256, model in _shipped().items() if sha256 in hashes), None)


@cache
def _shipped() -> Mapping[str, ExpressionModel]:
    """Return the models that analyzer ships by the hash of their network; once per process."""
    found = {}
    for path in sorted((shipped_dir() / "emotion").glob("*/model.json")):
        about: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        found[about["files"]["network"]["sha256"]] = ExpressionModel(path.parent, about)
    return found
