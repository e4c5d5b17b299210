"""Reliability of answers by pose and quality: limits of pitch, bands by calibration."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.emotions.classifier import EmotionClassifier
from analyzer.faces.alignment import FER_CHIP, align_face
from analyzer.faces.quality import assess_quality
from analyzer.lab import metrics
from analyzer.lab.emotion.datasets import FACE_PX
from analyzer.types import EMOTIONS, Box

Floats = NDArray[np.floating]
Table = list[list[float]]

WANTED_ACCURACY, ALLOWED_MISCALIBRATION = 0.70, 0.05
"""A step of pitch is kept where so many answers are right, and confidence is not higher by more."""

PITCHES = (0, 10, 20, 30, 40, 90)
LEAST_FACES = 20

DEGRADATIONS = ((12, 0.0), (16, 0.0), (24, 0.0), (48, 0.0), (48, 1.0))
"""Width in px and blur (sigma in px of 48) of the faces that bands are measured on."""

LEVEL_EDGES = (0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0)
QUALITY_EDGES = (0, 0.03, 0.08, 0.15, 0.3, 1)


def pitch_tables(
    probabilities: Floats, truth: NDArray[np.integer], pitch: Floats
) -> dict[str, Table]:
    """Return rows of (upper end in degrees, accuracy, mean confidence, faces) looking down and up.

    ``probabilities`` (N, 7), ``truth`` (N,), ``pitch`` (N,) in degrees, positive downwards.
    """
    tables: dict[str, Table] = {}
    for way, turned in (("down", pitch), ("up", -pitch)):
        rows = []
        for low, high in itertools.pairwise(PITCHES):
            within = (turned >= low) & (turned < high)
            if within.any():
                right = probabilities[within].argmax(1) == truth[within]
                sure = probabilities[within].max(1).mean()
                row = (high, right.mean(), sure, within.sum())
                rows.append([round(float(value), 4) for value in row])
        tables[way] = rows
    return tables


def pitch_limit(rows: Table) -> float:
    """Return the largest pitch up to which every step is accurate and as sure as it is right."""
    reach = 0.0
    for pitch, accuracy, confidence, faces in rows:
        oversure = confidence - accuracy > ALLOWED_MISCALIBRATION
        if faces < LEAST_FACES or accuracy < WANTED_ACCURACY or oversure:
            break
        reach = pitch
    return reach


def degraded(
    faces: NDArray[np.uint8], landmarks: Floats
) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.float64]]]:
    """Yield chips (N, 48, 48) as a run cuts them, and the quality of their faces (N,).

    Each yield is one size and blur of all ``faces`` (N, 48, 48); ``landmarks`` (N, 5, 2).
    """
    for px, sigma in DEGRADATIONS:
        chips, quality = np.empty_like(faces), np.empty(len(faces))
        for index, face in enumerate(faces):
            seen = cv2.GaussianBlur(face, (0, 0), sigma) if sigma else face
            small = np.asarray(cv2.resize(seen, (px, px), interpolation=cv2.INTER_AREA), np.uint8)
            points = (landmarks[index] + 0.5) * (px / FACE_PX) - 0.5
            chips[index] = align_face(small, points, FER_CHIP)
            quality[index] = assess_quality(small, Box(0, 0, px, px), points).score
        yield chips, quality


def spread_table(
    classifier: EmotionClassifier,
    faces: NDArray[np.uint8],
    landmarks: Floats,
    truth: NDArray[np.integer],
) -> dict[str, Any]:
    """Return the table that ``analyzer.emotions.spread`` reads.

    ``truth`` (N,) is the expression of each face. All seven probabilities of a face count, each
    against whether it is that one; faces below the floors do not.
    """
    hit = np.eye(len(EMOTIONS))[truth]
    gathered = []
    for chips, quality in degraded(faces, landmarks):
        answer = classifier.classify(chips)
        told = np.flatnonzero(answer.assessed)
        gathered.append((answer.probabilities[told], hit[told], quality[told], told))
    p, right, quality, face = (np.concatenate(parts) for parts in zip(*gathered, strict=True))
    rank = np.digitize(quality, QUALITY_EDGES[1:-1])
    level = np.digitize(p, LEVEL_EDGES[1:-1])
    ranks, levels = np.unique(rank), np.unique(level)
    ends = np.zeros((2, len(ranks), len(levels)))
    for row, column in itertools.product(range(len(ranks)), range(len(levels))):
        alike = level == levels[column]
        here = alike & (rank == ranks[row])[:, None]
        ends[:, row, column] = _miscalibration(right - p, here if here.any() else alike, face)
    tables = {
        "levels": np.array([p[level == one].mean() for one in levels]),
        "qualities": np.array([quality[rank == one].mean() for one in ranks]),
        "low": ends[0],
        "high": ends[1],
    }
    return {name: table.round(3).tolist() for name, table in tables.items()}


def _miscalibration(
    off: Floats, which: NDArray[np.bool_], face: NDArray[np.integer]
) -> tuple[float, float]:
    """Return the 95 % interval of the mean of ``off`` (N, 7) at ``which``, widened to hold 0.

    Faces are drawn, not answers: the same ``face`` (N,) comes in several degradations.
    """
    rows = np.zeros((int(face.max()) + 1, 2))
    np.add.at(rows[:, 0], face, (off * which).sum(1))
    np.add.at(rows[:, 1], face, which.sum(1))
    low, high = metrics.ratio_interval(rows, 0, 1) or (0.0, 0.0)
    return min(low, 0.0), max(high, 0.0)
