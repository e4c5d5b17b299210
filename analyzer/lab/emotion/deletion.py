"""Deletion test of explanations: whether hiding what is salient changes the answer faster.

Petsiuk, Das and Saenko, "RISE", BMVC 2018: parts of a face are hidden, the most salient first, and
the probability of the first answer is followed; an explanation that tells nothing is as good as a
random order.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from analyzer.emotions.classifier import CHIP_PX, EmotionClassifier
from analyzer.emotions.explanation import explain, heat, hide

Fill = Callable[[NDArray[np.uint8], NDArray[np.bool_]], NDArray[np.uint8]]

CELL_PX = 6
SHARES = (0.05, 0.1, 0.2, 0.3, 0.5)
"""Shares of a face that are hidden."""


def deletion_test(
    classifier: EmotionClassifier,
    chips: NDArray[np.uint8],
    fill: Fill = hide,
    orders: int = 3,
    seed: int = 0,
) -> dict[str, list[float]]:
    """Return the mean probability of the first answer at each of ``SHARES``.

    *salient* hides what is salient first, *random* any part first (mean of ``orders``); *before*
    holds the one value of the whole faces. ``chips`` are uint8 (N, 48, 48).
    """
    rng = np.random.default_rng(seed)
    side = CHIP_PX // CELL_PX
    curves: dict[str, list[list[float]]] = {"before": [], "salient": [], "random": []}
    for chip in chips:
        told = explain(classifier, chip)
        column = int(told.probabilities.argmax())
        cells = heat(told.saliency).reshape(side, CELL_PX, side, CELL_PX).mean((1, 3)).ravel()
        ranks = [np.argsort(-cells), *(rng.permutation(side**2) for _ in range(orders))]
        masked = [fill(chip, _mask(rank, share, side)) for rank in ranks for share in SHARES]
        p = classifier.classify(np.stack(masked)).probabilities[:, column].reshape(len(ranks), -1)
        curves["before"].append([float(told.probabilities[column])])
        curves["salient"].append(p[0].tolist())
        curves["random"].append(p[1:].mean(0).tolist())
    return {name: np.mean(rows, axis=0).round(4).tolist() for name, rows in curves.items()}


def grey(chip: NDArray[np.uint8], mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return ``chip`` with its mean level where ``mask`` holds: another fill than `hide`."""
    return np.where(mask, chip.mean(), chip).astype(np.uint8)


def _mask(rank: NDArray[np.integer], share: float, side: int) -> NDArray[np.bool_]:
    cells = np.zeros(side**2, bool)
    cells[rank[: round(share * side**2)]] = True
    grid = cells.reshape(side, side)
    return np.repeat(np.repeat(grid, CELL_PX, axis=0), CELL_PX, axis=1)
