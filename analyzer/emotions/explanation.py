"""Saliency of an expression: which parts of a face the network's answer rests on, by occlusion.

One patch of the chip after the other is blurred away, and the fall of the answer's log-odds is the
saliency of the patch (Zeiler and Fergus, ECCV 2014). A sure answer hardly loses probability, but
its odds tell what it rests on. A patch is replaced by the same face without its detail, not by
grey: a grey square is nothing that the network ever saw.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.emotions.classifier import CHIP_PX, EmotionClassifier, softmax
from analyzer.types import EMOTIONS

PATCH_PX, STEP_PX = 12, 6
"""Patches overlap by half: 49 of them, about as large as an eye or half of the mouth."""

GRID = (CHIP_PX - PATCH_PX) // STEP_PX + 1

_BLUR_PX = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """What a face looks like to the network, and where.

    ``probabilities`` float32 (7,); ``label`` the expression that is explained; ``saliency`` float32
    (7, 7), by how much its log-odds fall when the patch is hidden, below 0 where they rise.
    """

    probabilities: NDArray[np.float32]
    label: str
    saliency: NDArray[np.float32]


def explain(
    classifier: EmotionClassifier, chip: NDArray[np.uint8], label: str | None = None
) -> Explanation:
    """Explain the answer for ``chip``, grey uint8 (48, 48); by default its most probable class.

    50 faces are classified. Raises KeyError for a ``label`` that is no expression.
    """
    patches = _patches()
    hidden = [hide(chip, mask) for mask in patches]
    logits = classifier.calibrated_logits(np.stack([chip, *hidden]))
    known = {name: column for column, name in enumerate(EMOTIONS)}
    column = int(logits[0].argmax()) if label is None else known[label]
    others = np.logaddexp.reduce(np.delete(logits, column, axis=1), axis=1)
    odds = logits[:, column] - others
    falls = (odds[0] - odds[1:]).astype(np.float32)
    return Explanation(softmax(logits[:1])[0], EMOTIONS[column], falls.reshape(GRID, GRID))


def hide(chip: NDArray[np.uint8], mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return ``chip`` (48, 48) without its detail where ``mask`` (48, 48) holds."""
    plain = cv2.GaussianBlur(chip, (0, 0), _BLUR_PX, borderType=cv2.BORDER_REPLICATE)
    return np.where(mask, plain, chip).astype(np.uint8)


def heat(saliency: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the saliency of every pixel of the chip (48, 48): the mean of the patches over it."""
    total, count = np.zeros((2, CHIP_PX, CHIP_PX), np.float32)
    for mask, fall in zip(_patches(), saliency.ravel(), strict=True):
        total[mask] += fall
        count[mask] += 1
    return total / count


def _patches() -> list[NDArray[np.bool_]]:
    masks = []
    for row in range(GRID):
        for column in range(GRID):
            mask = np.zeros((CHIP_PX, CHIP_PX), bool)
            y, x = row * STEP_PX, column * STEP_PX
            mask[y : y + PATCH_PX, x : x + PATCH_PX] = True
            masks.append(mask)
    return masks
