"""Targets of the person detector: the people and the ignored regions of a crop as rows."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from analyzer.lab.detection.crops import Crop

WANTED, IGNORED = 1.0, 2.0
"""Kinds of rows: a person to be found, a region that counts for nothing."""

_MOST: Final = 64


def targets_of(crop: Crop) -> NDArray[np.float32]:
    """Return the rows of a crop, (64, 5): x1, y1, x2, y2 in px and the kind; 0 where there is none.

    People come first; what is too much is left out.
    """
    rows = np.zeros((_MOST, 5), np.float32)
    boxes = np.concatenate((crop.people, crop.ignored))[:_MOST]
    kinds = np.repeat((WANTED, IGNORED), (len(crop.people), len(crop.ignored)))[:_MOST]
    rows[: len(boxes), :2], rows[: len(boxes), 2:4] = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
    rows[: len(boxes), 4] = kinds
    return rows
