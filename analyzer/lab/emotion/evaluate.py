"""Evaluation of a model folder on a data set, through the classifier that a run uses."""

from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.emotions.classifier import CHIP_PX, EmotionClassifier
from analyzer.errors import AnalyzerError
from analyzer.lab import metrics
from analyzer.lab.emotion import datasets
from analyzer.lab.emotion.augment import jpeg, shrink_and_back

SIZES = (48, 32, 24, 16)
JPEGS = (90, 60, 30, 15)
BATCHES = (1, 16)

Truths = dict[str, NDArray[np.int8]]


def evaluate(classifier: EmotionClassifier, data: datasets.EmotionData) -> dict[str, Any]:
    """Return all metrics of the model on a data set, with the keys of the documentation.

    `ferplus` needs votes, `fer2013` votes and labels, `labels` labels only; a part is None without
    its ground truth. Raises AnalyzerError if no face has any label.
    """
    truths = truths_of(data)
    if not truths:
        raise AnalyzerError("the data set has neither labels nor FER+ votes to judge by")
    probabilities = classifier.classify(data.faces).probabilities
    parts = {name: _score(probabilities, truth) for name, truth in truths.items()}
    small = {str(px): _accuracies(classifier, _shrunk(data.faces, px), truths) for px in SIZES}
    lossy = {str(q): _accuracies(classifier, _lossy(data.faces, q), truths) for q in JPEGS}
    return {
        "model": classifier.name,
        **{name: parts.get(name) for name in ("ferplus", "fer2013", "labels")},
        "by_size": _only(small, "accuracy"),
        "by_jpeg": _only(lossy, "accuracy"),
        "by_size_ci95": _only(small, "ci95"),
        "by_jpeg_ci95": _only(lossy, "ci95"),
        "ms_per_face": milliseconds(classifier, data.faces),
    }


def truths_of(data: datasets.EmotionData) -> Truths:
    """Return the ground truths by name: class indices (N,), -1 if unknown."""
    truths = {}
    if data.votes.any():
        truths["ferplus"] = datasets.plurality(data.votes)
    if (data.label >= 0).any():
        truths["fer2013" if data.votes.any() else "labels"] = data.label
    return {name: truth for name, truth in truths.items() if (truth >= 0).any()}


def _score(probabilities: NDArray[np.float32], truth: NDArray[np.int8]) -> dict[str, Any]:
    known = truth >= 0
    return asdict(metrics.score(probabilities[known], truth[known]))


def _accuracies(
    classifier: EmotionClassifier, faces: NDArray[np.uint8], truths: Truths
) -> dict[str, dict[str, Any]]:
    guess = classifier.classify(faces).probabilities.argmax(1)
    return {name: metrics.share((guess == truth)[truth >= 0]) for name, truth in truths.items()}


def _only(rows: dict[str, dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    return {row: {name: part[key] for name, part in parts.items()} for row, parts in rows.items()}


def _shrunk(faces: NDArray[np.uint8], px: int) -> NDArray[np.uint8]:
    if px == CHIP_PX:
        return faces
    return np.stack([shrink_and_back(face, px) for face in faces])


def _lossy(faces: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    return np.stack([jpeg(face, quality) for face in faces])


def milliseconds(
    classifier: EmotionClassifier, faces: NDArray[np.uint8], rounds: int = 30
) -> dict[str, float]:
    """Return median milliseconds per face of ``classify``, for each batch size."""
    figures = {}
    for batch in BATCHES:
        chips = np.resize(faces, (batch, CHIP_PX, CHIP_PX))
        classifier.classify(chips)
        spent = metrics.median_ms(partial(classifier.classify, chips), rounds)
        figures[str(batch)] = round(spent / batch, 4)
    return figures
