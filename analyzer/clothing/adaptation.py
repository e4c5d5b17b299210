"""Adaptation of colours to white light: von Kries scaling of linear RGB by the illuminant."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.clothing.light import VideoLight

_TRUST_DAYLIGHT, _TRUST_GREEN = (0.9, 0.4), (0.8, 0.15)
"""How much of the cast is taken out where its estimates agree, and where they do not.

From blue to orange, and from green to magenta. Estimates exaggerate where a scene is colourful.
Daylight and lamps lie near the Planckian locus, from blue to orange; what looks like green light is
a lawn more often than a lamp.
"""

_AGREE, _DISAGREE = 0.15, 0.45
"""Distances in ln between estimates of the illuminant."""

_CLIPPED: Final = 0.95
"""Linear value from which on a channel may be cut off, so that nobody knows the hue."""

_FULL_WHITE: Final = 97.0
_MOST_LIFT: Final = 1.25
"""How far lightness is scaled up where nothing in a recording is white."""


def in_white_light(lab: NDArray[np.floating], light: VideoLight) -> NDArray[np.float64]:
    """Return colours, CIE Lab (N, 3) as decoded, as they would be in white light of full range."""
    rgb = _converted(lab, cv2.COLOR_Lab2LRGB)
    daylight, green = (light.red - light.blue) / 2, (light.red + light.blue) / 2
    daylight *= np.interp(light.disagreement, (_AGREE, _DISAGREE), _TRUST_DAYLIGHT)
    green *= np.interp(light.disagreement, (_AGREE, _DISAGREE), _TRUST_GREEN)
    gains = np.exp(-np.array((green + daylight, 0.0, green - daylight)))
    gains /= gains @ (0.2126, 0.7152, 0.0722)
    adapted = _converted(np.clip(rgb * gains, 0, 1), cv2.COLOR_LRGB2Lab)
    adapted[rgb.max(axis=1) >= _CLIPPED, 1:] *= 0.5
    adapted[:, 0] *= np.clip(_FULL_WHITE / max(light.bright, 1.0), 1.0, _MOST_LIFT)
    return adapted


def _converted(rows: NDArray[np.floating], code: int) -> NDArray[np.float64]:
    picture = np.ascontiguousarray(rows, np.float32).reshape(-1, 1, 3)
    return np.asarray(cv2.cvtColor(picture, code).reshape(-1, 3), np.float64)
