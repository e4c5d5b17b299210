"""Description of the clothes of a track: basic colour terms with probability, or why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analyzer.clothing.adaptation import in_white_light
from analyzer.clothing.light import VideoLight, is_grey, is_night, mixed
from analyzer.clothing.mixtures import unmixed
from analyzer.clothing.naming import ACHROMATIC, TERMS, term_shares
from analyzer.types import NOT_DESCRIBED, BodySample, Clothes, Clothing

Floats = NDArray[np.floating]

VERSION: Final = 2
"""Raised whenever the same palettes may get other words: what was derived before is made again."""

INFRA_RED: Final = "no colour in the picture: infra-red or black and white"
NOT_MEASURED: Final = "colours were not measured"
NIGHT: Final = "too dark for colours"
COLOURED: Final = "the light is coloured"
MIXED: Final = "the light differs too much within the picture"
SMALL: Final = "too small for colours"
NOT_SEEN: Final = "not seen"
DISAGREE: Final = "the pictures disagree"
BETWEEN: Final = "between colours"

_LEAST_PX: Final = 48.0
_MOST_CAST, _MOST_MIXED = 0.9, 1.6

_SECOND: Final = 0.27
_OF_TWO: Final = 1.3
"""The weaker of two terms never has more than half the share: its margin counts this much more."""

_FAR, _FAR_GREYS = 28.0, 55.0
"""Distance in Lab of two colours that are told apart; folds make greys out of black and white."""

LEAST_PROBABILITY: Final = 0.5
"""Below this nothing is told: words that are wrong more often than right mislead."""

_USUAL: Final = {
    "upper": (0.255, 0.143, 0.167, 0.108, 0.017, 0.012, 0.042, 0.179, 0.022, 0.027, 0.028),
    "lower": (0.272, 0.067, 0.221, 0.03, 0.006, 0.006, 0.026, 0.257, 0.015, 0.034, 0.065),
}  # fmt: skip
"""How often people wear the terms of TERMS, of 126 people on other recordings (the card).

Black cloth in haze looks grey, and blue in the shade: of two terms that a colour may have, the
usual one is more often right.
"""

_TRUST_USUAL: Final = 0.75
"""Exponent of these shares: a rare colour that is clearly seen is still told."""

_CALIBRATION: Final = (
    (0.0, 0.4),
    (0.25, 0.5),
    (0.35, 0.65),
    (0.55, 0.76),
    (0.7, 0.86),
    (1.0, 0.97),
)
"""Margins, and the share of answers with them that were right on the pictures that settings were
chosen on, each as decoded and with two colour casts (models/clothing/CARD.md)."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What is told of one part: terms or None, their probability, why not."""

    words: str | None
    probability: float | None
    reason: str | None


def describe(samples: Sequence[BodySample], video_light: VideoLight) -> Clothing:
    """Return the clothes of one track in plain words, from its pictures.

    ``video_light`` is that of the whole recording. Probabilities are the shares that were right on
    the pictures that the settings were chosen on; on others they were not measured.
    """
    measured = [s for s in samples if s.clothes is not None]
    if not measured:
        return Clothing(reason=NOT_MEASURED) if samples else NOT_DESCRIBED
    usable = [s for s in measured if _why_not(s, video_light) is None]
    if not usable:
        return Clothing(reason=_why_not(measured[0], video_light))
    upper = _part([s for s in usable if len(_palette(s, "upper"))], "upper", video_light)
    lower = _part([s for s in usable if len(_palette(s, "lower"))], "lower", video_light)
    parts = (("upper", upper), ("lower", lower))
    reasons = [f"{name}: {part.reason}" for name, part in parts if part.reason]
    return Clothing(
        upper.words, upper.probability, lower.words, lower.probability, "; ".join(reasons) or None
    )


def _why_not(sample: BodySample, video_light: VideoLight) -> str | None:
    light = _clothes(sample).light
    if is_grey(light):
        return INFRA_RED
    if is_night(light):
        return NIGHT
    if video_light.cast > _MOST_CAST:
        return COLOURED
    if mixed(light) > _MOST_MIXED:
        return MIXED
    return SMALL if sample.quality.height_px < _LEAST_PX else None


def _palette(sample: BodySample, part: str) -> Floats:
    clothes = _clothes(sample)
    return clothes.upper if part == "upper" else clothes.lower


def _clothes(sample: BodySample) -> Clothes:
    if sample.clothes is None:
        raise ValueError("expected a sample whose clothes were measured")
    return sample.clothes


def _part(samples: Sequence[BodySample], part: str, light: VideoLight) -> _Part:
    if not samples:
        return _Part(None, None, NOT_SEEN)
    palettes = [_neutral(_palette(s, part), light) for s in samples]
    each = np.stack([_shares(palette, part) for palette in palettes])
    weights = np.array([max(s.quality.score, 0.05) for s in samples])
    pooled = np.average(each, axis=0, weights=weights)
    terms = _told(pooled, each, _colours(palettes))
    probability = _probability(margin_of(pooled, terms))
    if probability < LEAST_PROBABILITY:
        agree = len(set(each.argmax(axis=1))) == 1
        return _Part(None, None, BETWEEN if agree else DISAGREE)
    return _Part(" and ".join(TERMS[i] for i in terms), round(probability, 3), None)


def _neutral(palette: Floats, light: VideoLight) -> NDArray[np.float64]:
    """Return a palette (N, 4) as it would be in white light, without mixed pixels."""
    lab = in_white_light(palette[:, 1:], light)
    return unmixed(np.column_stack((palette[:, 0], lab)))


def _shares(palette: NDArray[np.float64], part: str) -> NDArray[np.float64]:
    """Return the share (11,) of each term in one palette, given how usual it is for the part."""
    seen = palette[:, 0] @ term_shares(palette[:, 1:])
    weighed = seen * np.array(_USUAL[part]) ** _TRUST_USUAL
    return np.asarray(weighed / weighed.sum())


def _colours(palettes: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the mean colour (11, 3), CIE Lab, of what has each term for its name."""
    rows = np.concatenate(palettes)
    weights = rows[:, :1] * term_shares(rows[:, 1:])
    return np.asarray((weights.T @ rows[:, 1:]) / np.maximum(weights.sum(axis=0), 1e-9)[:, None])


def _told(
    shares: NDArray[np.float64], each: NDArray[np.float64], colours: NDArray[np.float64]
) -> tuple[int, ...]:
    """Return the term with the largest share, and a second one that is large and far from it.

    ``shares`` (11,) are those of all pictures, ``each`` (N, 11) of every one.
    """
    first, second = np.argsort(-shares, kind="stable")[:2]
    least = _FAR_GREYS if max(first, second) < len(ACHROMATIC) else _FAR
    far = float(np.linalg.norm(colours[first] - colours[second])) >= least
    most = len(each) * 2 // 5
    often = float(np.sort(each[:, [first, second]], axis=0)[most].min()) >= _SECOND / 2
    both = shares[second] >= _SECOND and far and often
    return (int(first), int(second)) if both else (int(first),)


def margin_of(shares: NDArray[np.float64], terms: tuple[int, ...]) -> float:
    """Return the least share of what is told, of (11,), less the largest of what is not.

    Pictures that disagree have small margins once their shares are averaged.
    """
    others = np.delete(shares, list(terms))
    margin = float(shares[list(terms)].min() - others.max())
    return margin if len(terms) == 1 else _OF_TWO * margin


def _probability(margin: float) -> float:
    margins, right = np.array(_CALIBRATION).T
    return float(np.interp(margin, margins, right))
