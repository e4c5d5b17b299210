"""Names of colours: the eleven basic colour terms as soft regions of CIE Lab.

The terms are those of Berlin and Kay (1969). Their focal colours, and which hues, lightness and
chroma belong to which, follow what observers named in Munsell space (Boynton and Olson 1987;
Sturges and Whitfield 1995), moved to CIE LCh of sRGB. Regions have sigmoid sides, as those of
Benavente, Vanrell and Baldrich (2008). Chips in a laboratory are not clothes on CCTV: people call
trousers blue whose chroma would make a chip grey (van de Weijer et al. 2009), so the border between
grey and colour was set with labelled pictures of people (docs/clothing.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

TERMS: Final = (
    "black", "white", "grey", "red", "orange", "yellow",
    "green", "blue", "purple", "pink", "brown",
)  # fmt: skip
"""The eleven basic colour terms, in the order of every array."""

ACHROMATIC: Final = TERMS[:3]


@dataclass(frozen=True, slots=True)
class _Region:
    """Hues, lightness and chroma of a chromatic term; hues in degrees, from ``start`` on."""

    start: float
    end: float
    lightness: tuple[float, float] = (-50.0, 150.0)
    chroma: tuple[float, float] = (-50.0, 250.0)


_REGIONS: Final[dict[str, tuple[_Region, ...]]] = {
    "red": (
        _Region(0, 48, (-50, 62), (26, 250)),
        _Region(345, 360, (-50, 45), (20, 250)),
        _Region(0, 30, (-50, 50), (-50, 250)),
        _Region(28, 48, (40, 62), (45, 250)),
    ),
    "orange": (_Region(48, 74, (52, 150), (38, 250)), _Region(38, 50, (60, 150), (50, 250))),
    "yellow": (_Region(74, 112, (62, 150), (24, 250)),),
    "green": (_Region(112, 208),),
    "blue": (_Region(208, 301),),
    "purple": (_Region(301, 345), _Region(330, 350, (-50, 42), (-50, 250))),
    "pink": (
        _Region(335, 360, (42, 150)),
        _Region(0, 38, (60, 150)),
        _Region(0, 25, (50, 150), (-50, 45)),
    ),
    "brown": (
        _Region(38, 80, (-50, 56), (-50, 60)),
        _Region(28, 48, (-50, 60), (-50, 27)),
        _Region(70, 112, (-50, 62), (-50, 45)),
        _Region(48, 100, (55, 80), (-50, 28)),
    ),
}

_HUE_SOFT, _LIGHT_SOFT, _CHROMA_SOFT = 5.0, 4.0, 4.0

_BLACK, _WHITE = 27.0, 72.0
_GREY_SOFT: Final = 4.0

_LEAST_CHROMA: Final = ((0, 9.0), (60, 13.0), (100, 13.0), (150, 8.0), (270, 6.5), (330, 9.0))
"""Chroma at which half the people name a hue (degrees) rather than black, white or grey."""

_ADAPTED_SOFT: Final = 2.0


def term_shares(lab: Floats) -> NDArray[np.float64]:
    """Return how far each of the eleven terms holds, (N, 11) that sum to 1, of colours (N, 3).

    The colours are CIE Lab in neutral light, white 100, 0, 0.
    """
    lightness, chroma = lab[:, 0], np.hypot(lab[:, 1], lab[:, 2])
    hue = np.degrees(np.arctan2(lab[:, 2], lab[:, 1])) % 360
    coloured = _coloured(lightness, chroma, hue)
    shares = np.zeros((len(lab), len(TERMS)))
    black = _below(lightness, _BLACK, _GREY_SOFT)
    white = _above(lightness, _WHITE, _GREY_SOFT)
    grey = np.maximum(1 - black - white, 0)
    for name, share in zip(ACHROMATIC, (black, white, grey), strict=True):
        shares[:, TERMS.index(name)] = share * (1 - coloured)
    hues = np.zeros_like(shares)
    for name, regions in _REGIONS.items():
        inside = [_inside(region, lightness, chroma, hue) for region in regions]
        hues[:, TERMS.index(name)] = np.max(inside, axis=0)
    hues += 1e-9
    shares += coloured[:, None] * hues / hues.sum(axis=1, keepdims=True)
    return shares / shares.sum(axis=1, keepdims=True)


def _coloured(lightness: Floats, chroma: Floats, hue: Floats) -> NDArray[np.float64]:
    """Return how far colours are named by their hue, (N,) in [0, 1].

    In the dark more chroma is needed: codecs leave noise of colour in black cloth.
    """
    degrees, least = np.array(_LEAST_CHROMA).T
    needed = np.interp(hue, degrees, least, period=360)
    needed = needed + 0.2 * np.maximum(24 - lightness, 0) + 0.3 * np.maximum(lightness - 78, 0)
    return np.asarray(_above(chroma, needed, _ADAPTED_SOFT), np.float64)


def _inside(region: _Region, lightness: Floats, chroma: Floats, hue: Floats) -> Floats:
    centre, half = (region.start + region.end) / 2, (region.end - region.start) / 2
    off = np.abs((hue - centre + 180) % 360 - 180)
    return (
        _below(off, half, _HUE_SOFT)
        * _above(lightness, region.lightness[0], _LIGHT_SOFT)
        * _below(lightness, region.lightness[1], _LIGHT_SOFT)
        * _above(chroma, region.chroma[0], _CHROMA_SOFT)
        * _below(chroma, region.chroma[1], _CHROMA_SOFT)
    )


def _above(values: Floats, border: float | Floats, soft: float) -> Floats:
    return np.asarray(1 / (1 + np.exp(np.clip((border - values) / soft, -60, 60))))


def _below(values: Floats, border: float | Floats, soft: float) -> Floats:
    return _above(-values, -np.asarray(border), soft)
