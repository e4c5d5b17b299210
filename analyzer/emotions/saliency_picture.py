"""Picture of an explanation: the face as the network sees it, and the same under its saliency."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.emotions.explanation import Explanation, heat
from analyzer.types import EMOTIONS

_SIDE = 336
_GAP, _STRIP = 12, 28
_FOR, _AGAINST = np.array([0, 94, 213]), np.array([178, 114, 0])
"""BGR, safe for colour-blind readers: vermilion where hiding lowers the answer, blue where it
raises it."""

_MOST_ALPHA = 0.65
_FAINT = 0.2
"""Falls of the log-odds below this are not drawn in full strength, however small all are."""


def saliency_picture(chip: NDArray[np.uint8], told: Explanation) -> NDArray[np.uint8]:
    """Return a picture uint8 (H, W, 3) BGR of the grey ``chip`` (48, 48) and what is ``told``."""
    large = cv2.resize(chip, (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC)
    face = np.asarray(cv2.cvtColor(large, cv2.COLOR_GRAY2BGR), np.uint8)
    both = np.full((_SIDE + _STRIP, 2 * _SIDE + _GAP, 3), 255, np.uint8)
    both[:_SIDE, :_SIDE] = face
    both[:_SIDE, _SIDE + _GAP :] = _overlaid(face, told)
    share = float(told.probabilities[EMOTIONS.index(told.label)])
    words = f"apparent {told.label} {share:.2f}    orange: hiding it lowers this, blue: raises it"
    cv2.putText(
        both, words, (4, _SIDE + 20), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA
    )
    return both


def _overlaid(face: NDArray[np.uint8], told: Explanation) -> NDArray[np.uint8]:
    # Patches have edges that mean nothing; smoothed, nobody looks for them in the face.
    warm = cv2.resize(cv2.GaussianBlur(heat(told.saliency), (0, 0), 3), (_SIDE, _SIDE))
    strength = np.clip(np.abs(warm) / max(float(np.abs(warm).max()), _FAINT), 0, 1)[..., None]
    colour = np.where(warm[..., None] > 0, _FOR, _AGAINST)
    alpha = _MOST_ALPHA * np.sqrt(strength)
    return (face * (1 - alpha) + colour * alpha).round().astype(np.uint8)
