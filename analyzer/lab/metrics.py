"""Classification metrics with bootstrap intervals."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.types import EMOTIONS

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]


@dataclass(frozen=True)
class Score:
    """Result of `score`; `ci95` is the interval of the accuracy, others follow their name.

    `per_class` maps each class to precision, recall, f1 and support; rows of `confusion` are the
    ground truth.
    """

    n: int
    accuracy: float
    ci95: tuple[float, float]
    macro_f1: float
    macro_f1_ci95: tuple[float, float]
    per_class: dict[str, dict[str, float]]
    confusion: list[list[int]]
    ece: float
    ece_ci95: tuple[float, float]


def confusion_matrix(truth: Ints, guess: Ints, classes: int = len(EMOTIONS)) -> Ints:
    """Return counts (classes, classes): rows are the ground truth, columns the prediction."""
    return np.bincount(truth * classes + guess, minlength=classes**2).reshape(classes, classes)


def macro_f1(confusion: Ints) -> float:
    """Return the mean F1 over the classes that occur in the ground truth."""
    hits = np.diag(confusion).astype(float)
    f1 = 2 * hits / np.maximum(confusion.sum(0) + confusion.sum(1), 1)
    return float(f1[confusion.sum(1) > 0].mean())


def calibration_error(probabilities: Floats, truth: Ints, bins: int = 15) -> float:
    """Return the expected calibration error over equal bins (Guo et al. 2017)."""
    confidence = probabilities.max(1)
    right = probabilities.argmax(1) == truth
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gap = np.bincount(which, confidence - right, bins)
    return float(np.abs(gap).sum() / len(truth))


def bootstrap(
    measure: Callable[[Ints], float], count: int, rounds: int = 500, seed: int = 0
) -> tuple[float, float]:
    """Return the 95 % bootstrap percentile interval of `measure(indices)`."""
    rng = np.random.default_rng(seed)
    values = [measure(rng.integers(0, count, count)) for _ in range(rounds)]
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)


def ratio_interval(rows: Floats, of: int, per: int, least: int = 1) -> tuple[float, float] | None:
    """Return the interval of the ratio of the sums of two columns of ``rows`` (places, N).

    Places are drawn. None where the second column is above 0 in fewer than ``least`` of them.
    """
    used = rows[rows[:, per] > 0]
    if len(used) < least:
        return None

    def ratio(chosen: Ints) -> float:
        return float(used[chosen, of].sum() / used[chosen, per].sum())

    return bootstrap(ratio, len(used))


def score(probabilities: Floats, truth: Ints, classes: Sequence[str] = EMOTIONS) -> Score:
    """Return metrics of probabilities (N, classes) for truth (N,); N must not be 0."""
    truth = truth.astype(np.int64)
    guess = probabilities.argmax(1)
    right = guess == truth
    size = len(classes)
    confusion = confusion_matrix(truth, guess, size)
    count = len(truth)
    return Score(
        n=count,
        accuracy=float(right.mean()),
        ci95=bootstrap(lambda i: float(right[i].mean()), count),
        macro_f1=macro_f1(confusion),
        macro_f1_ci95=bootstrap(
            lambda i: macro_f1(confusion_matrix(truth[i], guess[i], size)), count
        ),
        per_class=_per_class(confusion, classes),
        confusion=confusion.tolist(),
        ece=calibration_error(probabilities, truth),
        ece_ci95=bootstrap(lambda i: calibration_error(probabilities[i], truth[i]), count),
    )


def _per_class(confusion: Ints, classes: Sequence[str]) -> dict[str, dict[str, float]]:
    hits, support = np.diag(confusion), confusion.sum(1)
    precision, recall = hits / np.maximum(confusion.sum(0), 1), hits / np.maximum(support, 1)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    columns = (precision.tolist(), recall.tolist(), f1.tolist(), support.tolist())
    return {
        name: dict(zip(("precision", "recall", "f1", "support"), row, strict=True))
        for name, *row in zip(classes, *columns, strict=True)
    }


def share(right: Sequence[bool] | NDArray[np.bool_]) -> dict[str, Any]:
    """Return n, accuracy and its interval `ci95` of right and wrong answers."""
    values = np.asarray(right)
    interval = bootstrap(lambda i: float(values[i].mean()), len(values))
    return {"n": len(values), "accuracy": float(values.mean()), "ci95": interval}


def binary(scores: Floats, truth: Ints) -> dict[str, Any]:
    """Return metrics of binary scores (N,) in [0, 1] for truth (N,) of 0 and 1.

    They are n, accuracy at 0.5 with `ci95`, and auc with `auc_ci95` (None if only one class
    occurs).
    """
    both = 0 < int(truth.sum()) < len(truth)
    return share((scores > 0.5) == (truth > 0)) | {
        "auc": auc(scores, truth) if both else None,
        "auc_ci95": bootstrap(lambda i: auc(scores[i], truth[i]), len(truth)) if both else None,
    }


def auc(scores: Floats, truth: Ints) -> float:
    """Return the area under the ROC curve; ties count half."""
    yes, no = scores[truth > 0], scores[truth <= 0]
    if not len(yes) or not len(no):
        return 0.5
    ahead = (yes[:, None] > no[None, :]).mean() + 0.5 * (yes[:, None] == no[None, :]).mean()
    return float(ahead)


def median_ms(call: Callable[[], Any], rounds: int) -> float:
    """Return the median milliseconds of ``call`` over ``rounds``."""
    spent = []
    for _ in range(rounds):
        began = time.perf_counter()
        call()
        spent.append(time.perf_counter() - began)
    return 1000 * float(np.median(spent))
