"""Colour histogram of the torso, as an appearance descriptor for the tracker."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.imaging import require_bgr
from analyzer.types import Box, PersonDetection

_HUES, _SHADES, _GREYS = 8, 3, 6
_MIN_PX = 6
"""Narrower torsos keep no colour of their own after 4:2:0 subsampling."""


def describe(bgr: NDArray[np.uint8], detection: PersonDetection) -> NDArray[np.float32] | None:
    """Return a unit-length float32 (30,) descriptor of the clothes of ``detection``.

    ``bgr`` is uint8 (H, W, 3); boxes are in its pixels. The descriptor covers the torso: below the
    face if there is one, else inside the body box. So a track seen once by its body and once by
    its face compares the same region. Returns None if the torso is outside the picture or too
    small. Raises ValueError for a picture of another shape or type.
    """
    require_bgr(bgr)
    torso = _torso(detection)
    if torso is None:
        return None
    torso = torso.clipped(bgr.shape[1], bgr.shape[0])
    x, y, x2, y2 = round(torso.x), round(torso.y), round(torso.x2), round(torso.y2)
    if x2 - x < _MIN_PX or y2 - y < _MIN_PX:
        return None
    # 16 × 24 px give every bin's share to one percent, whatever the size of the person.
    crop = cv2.resize(bgr[y:y2, x:x2], (16, 24), interpolation=cv2.INTER_AREA)
    return _histogram(np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2HSV), dtype=np.uint8))


def _torso(detection: PersonDetection) -> Box | None:
    """Return the box between neck and hip, narrow enough to exclude the background.

    A face box locates the torso more exactly than a body box, which a moving arm may have
    produced; so the face is used if there is one.
    """
    if detection.face is not None:
        face = detection.face.box
        return Box(face.x - 0.1 * face.w, face.y + 1.3 * face.h, 1.2 * face.w, 1.8 * face.h)
    if detection.body is None:
        return None
    body = detection.body.box
    return Box(body.x + 0.25 * body.w, body.y + 0.18 * body.h, 0.5 * body.w, 0.30 * body.h)


def _histogram(hsv: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the square roots of a soft colour histogram.

    Inner products of two such vectors are Bhattacharyya coefficients. Colour bins are weighted by
    saturation and grey bins by its complement: the hue of a dark coat is noise, so its brightness
    describes it. Each value is shared between its two nearest bins, so that a small change of
    light does not move a whole plain coat into the next bin.
    """
    h, s, v = (hsv[..., i].astype(np.float32).ravel() for i in range(3))
    colour = np.clip(s / 96.0, 0.0, 1.0) * np.clip(v / 64.0, 0.0, 1.0)
    parts = np.zeros(_HUES * _SHADES + _GREYS, dtype=np.float64)
    hues = h * (_HUES / 180.0)
    shades = np.clip(v * (_SHADES / 256.0) - 0.5, 0.0, _SHADES - 1.001)
    greys = np.clip(v * (_GREYS / 256.0) - 0.5, 0.0, _GREYS - 1.001)
    for shade, of_shade in _shared(shades):
        for hue, of_hue in _shared(hues):
            bins = hue % _HUES * _SHADES + shade
            parts += np.bincount(bins, colour * of_hue * of_shade, parts.size)
    for grey, of_grey in _shared(greys):
        parts += np.bincount(_HUES * _SHADES + grey, (1 - colour) * of_grey, parts.size)
    root = np.sqrt(parts / parts.sum())
    return (root / np.linalg.norm(root)).astype(np.float32)


def _shared(
    values: NDArray[np.float32],
) -> tuple[tuple[NDArray[np.intp], NDArray[np.float32]], ...]:
    """Return the bins below and above each value, and the share of each bin."""
    low = np.floor(values)
    above = values - low
    index = low.astype(np.intp)
    return (index, 1 - above), (index + 1, above)
