"""Body crops: the best pictures of whole people, their clothes and their look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from analyzer.types.detections import Box
from analyzer.types.video import Moment


@dataclass(frozen=True, slots=True)
class BodyQuality:
    """How far the picture of a body can be trusted; every component is stored beside the score.

    ``height_px`` is the height of the box in source pixels, ``sharpness`` the variance of the
    Laplacian of the crop at a fixed size, ``score`` in [0, 1]; ``reasons`` say in words what is
    wrong, empty when nothing is.
    """

    height_px: float
    sharpness: float
    score: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Clothes:
    """Colours measured in one picture of a body, before anything is corrected or named.

    ``upper`` and ``lower`` are palettes, float32 (N, 4): share of the part, then L, a, b of CIE Lab
    as decoded, the largest share first; N is 0 where the part is not seen. ``light``, float32 (L,),
    is what the whole picture tells of its light.
    """

    upper: NDArray[np.float32]
    lower: NDArray[np.float32]
    light: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class BodySample:
    """One of the best pictures of the body of a tracklet.

    ``jpeg`` is the encoded crop that a report shows, empty where crops are not kept; ``look`` the
    unit-length float32 (D,) vector that tells people apart by what they wear, or None.
    """

    moment: Moment
    box: Box
    quality: BodyQuality
    jpeg: bytes
    clothes: Clothes | None = None
    look: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class Clothing:
    """Clothes of a track in plain words.

    ``upper`` and ``lower`` are basic colour terms, several joined by " and ", or None where they
    cannot be told; the probabilities are that the words are right. ``reason`` says why something
    is not told, None where all is.
    """

    upper: str | None = None
    upper_probability: float | None = None
    lower: str | None = None
    lower_probability: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class BodyHeight:
    """Height of a person in metres by the scale of the camera, with its 95 % interval."""

    height_m: float
    height_low_m: float
    height_high_m: float


NOT_DESCRIBED = Clothing(reason="no picture of the body")


@dataclass(frozen=True, slots=True)
class Description:
    """Whom a search is about; None and nothing fit everybody.

    ``upper`` and ``lower`` are basic colour terms; ``cameras`` names of the camera file; ``start``
    and ``end`` wall clock times, without a zone.
    """

    upper: str | None = None
    lower: str | None = None
    cameras: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None

    @property
    def anybody(self) -> bool:
        """Whether it leaves nobody out."""
        return self == ANYBODY


ANYBODY = Description()
"""Leaves nobody out."""
