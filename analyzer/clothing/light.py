"""Light of a picture and of a recording: infra-red, darkness, illuminant (white balance).

The illuminant is the mean of three classical estimates in linear light: shades of grey with the
sixth norm (Finlayson and Trezzi 2004), grey edge (van de Weijer, Gevers and Gijsenij 2007), and
the brightest pixels that are not clipped (white patch). Each fails on pictures of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.imaging import require_bgr
from analyzer.types import BodySample

Floats = NDArray[np.float32]

LIGHT: Final = 10
"""Length of what ``scene_light`` returns."""

_CHROMA, _DARK, _BRIGHT, _FIRST, _MIXED = 0, 1, 2, 3, 9

_ROWS, _COLUMNS = 54, 96
_CLIPPED: Final = 250
_LEAST_PIXELS: Final = 50

_LINEAR: Final = np.where(
    np.arange(256) <= 10,  # IEC 61966-2-1
    np.arange(256) / 255 / 12.92,
    ((np.arange(256) / 255 + 0.055) / 1.055) ** 2.4,
).astype(np.float32)

GREY_CHROMA: Final = 4.0
"""A picture whose chroma hardly ever exceeds this is grey: infra-red, or without colour."""

NIGHT_LIGHTNESS: Final = 16.0
"""A picture whose brighter parts are below this, of 100, is too dark for colours."""


def scene_light(bgr: NDArray[np.uint8]) -> Floats:
    """Return what a whole picture, uint8 (H, W, 3), tells of its light, as float32 (10,).

    Chroma that nine of ten pixels do not exceed, median and 98th percentile of lightness (CIE Lab),
    three estimates of the illuminant, each ln(R / G) and ln(B / G) of linear light, and how far the
    illuminants of parts of the picture differ.
    """
    require_bgr(bgr)
    rows, columns = (max(bgr.shape[0] // _ROWS, 1), max(bgr.shape[1] // _COLUMNS, 1))
    small = np.ascontiguousarray(bgr[rows // 2 :: rows, columns // 2 :: columns])
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_BGR2LAB).reshape(-1, 3)
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    dark, bright = np.percentile(lab[:, 0], (50, 98))
    linear = _LINEAR[small]
    usable = small.max(axis=2) < _CLIPPED
    estimates = _illuminants(linear, usable)
    head = (float(np.percentile(chroma, 90)), float(dark), float(bright))
    return np.array((*head, *estimates, _differences(linear, usable)), np.float32)


def _illuminants(linear: Floats, usable: NDArray[np.bool_]) -> tuple[float, ...]:
    """Return ln(R / G), ln(B / G) by shades of grey, grey edge and white patch."""
    used = linear[usable]
    if len(used) < _LEAST_PIXELS:
        return (0.0,) * 6
    shades = _minkowski(used)
    both = usable[:-1, :-1] & usable[1:, :-1] & usable[:-1, 1:]
    across = np.abs(linear[:-1, 1:] - linear[:-1, :-1])[both]
    down = np.abs(linear[1:, :-1] - linear[:-1, :-1])[both]
    edges = (across + down).mean(axis=0) if len(across) else shades
    luma = used.sum(axis=1)
    white = used[luma >= np.percentile(luma, 97)].mean(axis=0)
    return tuple(value for one in (shades, edges, white) for value in _ratios(one))


def _minkowski(linear: Floats) -> Floats:
    """Return the sixth norm (3,) of pixels (N, 3)."""
    cubes = linear * linear * linear
    return np.asarray(np.mean(cubes * cubes, axis=0) ** (1 / 6), np.float32)


def _ratios(bgr: NDArray[np.floating]) -> tuple[float, float]:
    blue, green, red = (float(np.log(value + 1e-5)) for value in bgr)
    return red - green, blue - green


def _differences(linear: Floats, usable: NDArray[np.bool_]) -> float:
    """Return the largest distance between the illuminants of the four quarters of a picture."""
    middle, centre = linear.shape[0] // 2, linear.shape[1] // 2
    found = []
    for rows in (slice(None, middle), slice(middle, None)):
        for columns in (slice(None, centre), slice(centre, None)):
            used = linear[rows, columns][usable[rows, columns]]
            if len(used) >= _LEAST_PIXELS:
                found.append(_ratios(_minkowski(used)))
    points = np.array(found).reshape(-1, 2)
    return float(max((np.hypot(*(p - q)) for p in points for q in points), default=0.0))


@dataclass(frozen=True, slots=True)
class VideoLight:
    """The light of one recording, pooled over its pictures in colour.

    ``red`` and ``blue`` are ln(R / G) and ln(B / G) of the illuminant, ``disagreement`` how far
    its estimates differ; ``bright`` is the lightness of the brightest parts, of 100.
    """

    red: float = 0.0
    blue: float = 0.0
    disagreement: float = 0.0
    bright: float = 95.0

    @classmethod
    def of(cls, samples: Sequence[BodySample]) -> VideoLight:
        """Return the light of the recording that all ``samples`` come from."""
        lights = [s.clothes.light for s in samples if s.clothes is not None]
        known = [light for light in lights if len(light) == LIGHT and not is_grey(light)]
        if not known:
            return cls()
        light = np.median(np.stack(known), axis=0)
        points = light[_FIRST:_MIXED].reshape(3, 2)
        red, blue = points.mean(axis=0)
        apart = float(max(np.hypot(*(p - q)) for p in points for q in points))
        return cls(float(red), float(blue), apart, float(light[_BRIGHT]))

    @property
    def cast(self) -> float:
        """How coloured the light is: the distance of the illuminant from white, in ln."""
        return float(np.hypot(self.red, self.blue))


def is_grey(light: Floats) -> bool:
    """Whether a picture with this light has no colour."""
    return bool(light[_CHROMA] < GREY_CHROMA)


def is_night(light: Floats) -> bool:
    """Whether a picture with this light is too dark for colours."""
    return bool(light[_BRIGHT] < NIGHT_LIGHTNESS)


def mixed(light: Floats) -> float:
    """How far the illuminants of parts of a picture with this light differ, in ln."""
    return float(light[_MIXED])
