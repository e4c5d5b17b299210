"""Best faces, expressions and body flow of every tracklet, collected while a segment is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from analyzer.actions.optical_flow import Pair
from analyzer.actions.person_features import flow_inside
from analyzer.config import EmbeddingSettings
from analyzer.emotions.classifier import EmotionClassifier
from analyzer.faces.alignment import FER_CHIP, align_face
from analyzer.faces.crops import face_jpeg
from analyzer.faces.embedders import FaceEmbedder
from analyzer.faces.quality import shortcomings
from analyzer.pipeline.best_of_stretches import BestOfStretches
from analyzer.types import (
    Box,
    Detection,
    EmotionSample,
    FaceQuality,
    FaceSample,
    Frame,
    Moment,
)

SPACING_S = 0.4
"""Two of the best faces are at least this far apart: neighbours are the same picture again."""

STRETCH_S = 2.0
MOST_STRETCHES = 6
"""Stretches of a tracklet's time that keep their best face; they grow so as to stay this few."""

CROP_MARGIN = 0.6
"""Share of the face box kept around it, so that embedding can align the face as on the frame."""

CHIP_BATCH = 64
"""Chips are classified in batches of this many, so that memory does not grow with a segment."""


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """A face held until the segment ends; box and landmarks are in pixels of the frame."""

    moment: Moment
    box: Box
    landmarks: NDArray[np.float32]
    quality: FaceQuality
    crop: NDArray[np.uint8]
    origin: tuple[int, int]


@dataclass(slots=True)
class BestFaces:
    """The best few faces of one tracklet by quality, and the best of each stretch of its time.

    The first are what a person is recognised by. The others are there so that a tracklet which goes
    on with somebody else is not known by its first person alone.
    """

    keep: int
    faces: list[_Kept] = field(default_factory=list)
    _stretches: BestOfStretches[_Kept] = field(
        default_factory=lambda: BestOfStretches(STRETCH_S, MOST_STRETCHES)
    )

    def consider(self, frame: Frame, face: Detection, quality: FaceQuality) -> None:
        """Keep the face if it is better than what is held near it, or than the worst held."""
        rivals = self._rivals(frame.moment.t)
        among_best = not rivals or max(k.quality.score for k in rivals) < quality.score
        held = self._stretches.at(frame.moment.t)
        best_of_stretch = held is None or held.quality.score < quality.score
        if not among_best and not best_of_stretch:
            return
        crop, origin = _crop(frame.bgr, face.box)
        assert face.landmarks is not None
        kept = _Kept(frame.moment, face.box, face.landmarks, quality, crop, origin)
        if among_best:
            self.faces = [k for k in self.faces if all(k is not rival for rival in rivals)]
            self.faces.append(kept)
        if best_of_stretch:
            self._stretches.put(kept)

    def _rivals(self, t: float) -> list[_Kept]:
        """Return the held faces one of which a face at ``t`` must beat."""
        rivals = [k for k in self.faces if abs(k.moment.t - t) < SPACING_S]
        if not rivals and len(self.faces) >= self.keep:
            rivals = [min(self.faces, key=lambda k: (k.quality.score, -k.moment.t))]
        return rivals

    def samples(
        self, embedder: FaceEmbedder | None, floors: EmbeddingSettings
    ) -> tuple[FaceSample, ...]:
        """Return the held faces in time order.

        The best few and the best of each stretch are embedded, but none below the floors.
        """
        held = {k.moment.pts: k for k in (*self._stretches.pictures(), *self.faces)}
        short = {pts: shortcomings(k.quality, floors) for pts, k in held.items()}
        ranked = sorted(self.faces, key=lambda k: (-k.quality.score, k.moment.t))
        fit = [k.moment.pts for k in ranked if not short[k.moment.pts]][: floors.faces]
        wanted = {*fit, *(k.moment.pts for k in self._stretches.pictures())}
        result = []
        for pts, kept in sorted(held.items()):
            x, y = kept.origin
            box = Box(kept.box.x - x, kept.box.y - y, kept.box.w, kept.box.h)
            embedding = None
            if embedder is not None and pts in wanted and not short[pts]:
                shifted = (kept.landmarks - np.array([x, y])).astype(np.float32)
                embedding = embedder.embed(kept.crop, box, shifted)
            reasons = tuple(dict.fromkeys((*kept.quality.reasons, *short[pts])))
            quality = replace(kept.quality, reasons=reasons)
            jpeg = face_jpeg(kept.crop, box)
            result.append(
                FaceSample(kept.moment, kept.box, kept.landmarks, quality, jpeg, embedding)
            )
        return tuple(result)


def _crop(bgr: NDArray[np.uint8], box: Box) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """Return a copy of the box with its margin, and where its top left corner lies."""
    height, width = bgr.shape[:2]
    margin = CROP_MARGIN * max(box.w, box.h)
    x1, y1 = max(int(box.x - margin), 0), max(int(box.y - margin), 0)
    x2, y2 = min(int(box.x2 + margin) + 1, width), min(int(box.y2 + margin) + 1, height)
    return bgr[y1:y2, x1:x2].copy(), (x1, y1)


@dataclass(slots=True)
class Expressions:
    """Classifies chips of all tracklets in batches and keeps the answers by tracklet."""

    classifier: EmotionClassifier
    _pending: list[tuple[int, Moment, FaceQuality, NDArray[np.uint8]]] = field(default_factory=list)
    _answers: dict[int, list[EmotionSample]] = field(default_factory=lambda: defaultdict(list))

    def consider(self, number: int, frame: Frame, face: Detection, quality: FaceQuality) -> None:
        """Queue the aligned chip of ``face`` for tracklet ``number``."""
        assert face.landmarks is not None
        chip = align_face(frame.luma, face.landmarks, FER_CHIP)
        self._pending.append((number, frame.moment, quality, chip))
        if len(self._pending) >= CHIP_BATCH:
            self.flush()

    def flush(self) -> None:
        """Classify what is queued."""
        if not self._pending:
            return
        chips = np.stack([chip for *_, chip in self._pending])
        measured = [(q.eye_px, q.yaw, q.pitch) for _, _, q, _ in self._pending]
        batch = self.classifier.classify(chips, *np.array(measured, np.float32).T)
        for index, (number, moment, quality, _) in enumerate(self._pending):
            self._answers[number].append(
                EmotionSample(
                    moment,
                    batch.probabilities[index],
                    bool(batch.assessed[index]),
                    quality.score,
                    batch.reasons[index],
                )
            )
        self._pending.clear()

    def samples(self, number: int) -> tuple[EmotionSample, ...]:
        """Return the answers of one tracklet in time order; call after the last ``flush``."""
        return tuple(self._answers.get(number, ()))


@dataclass(slots=True)
class BodyFlows:
    """The optical flow inside and around every tracklet's body, by pts."""

    picture: tuple[float, float]
    _known: dict[int, dict[int, NDArray[np.float32]]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def consider(self, number: int, moment: Moment, body: Box, pair: Pair | None) -> None:
        """Take in where tracklet ``number`` is and the flow that ends there, if there is one."""
        if pair is not None:
            self._known[number][moment.pts] = flow_inside(pair, body, self.picture)

    def of(self, number: int) -> Mapping[int, NDArray[np.float32]]:
        """Return what ``flow_inside`` measured of one tracklet, by pts."""
        return self._known[number]
