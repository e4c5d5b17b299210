"""Temperature scaling and quality floors, fitted on held-out faces."""

import numpy as np
from numpy.typing import NDArray

from analyzer.emotions.classifier import softmax


def fit_temperature(logits: NDArray[np.floating], truth: NDArray[np.integer]) -> float:
    """Return the temperature with the least negative log likelihood (Guo et al. 2017).

    It is searched over 0.3..4 in steps of 1 %: one number needs no optimiser.
    """
    rows = np.arange(len(truth))
    steps = np.exp(np.arange(np.log(0.3), np.log(4), 0.01))
    losses = [-np.log(softmax(logits / t)[rows, truth] + 1e-9).mean() for t in steps]
    return float(steps[int(np.argmin(losses))])


def lowest_useful(values: list[float], useful: list[bool]) -> float:
    """Return the least of ascending `values` from which all are `useful`; the largest if none."""
    floor = values[-1]
    for value, good in zip(reversed(values), reversed(useful), strict=True):
        if not good:
            break
        floor = value
    return floor
