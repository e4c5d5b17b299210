"""Palettes of upper and lower clothes in the picture of a body.

Every part of the body is one clustering of its rows, background on both sides included. A cluster
counts as clothes as far as it lies where the silhouette of an upright body is and not beside it:
one step of expectation with the silhouette as prior, as GrabCut does it, but with one model of
colours for both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.clothing.body_parts import Rows, parts_of
from analyzer.imaging import require_bgr
from analyzer.types import Box, Clothes

Floats = NDArray[np.float32]

EMPTY: Final = np.zeros((0, 4), np.float32)
"""The palette of a part that is not seen."""

LEAST_HEIGHT: Final = 36.0
"""Boxes of fewer px hold a handful of pixels of cloth, all of them mixed with the background."""

_HEIGHT: Final = 72
_MARGIN: Final = 0.25
_CLUSTERS, _ROUNDS, _STEPS = 9, 5, 3
_SHARPEN: Final = 2
"""Exponent of the posterior: what may as well be background hardly counts."""

_TRUNK, _LEGS = 0.06, 0.25
"""How likely the body is beside the middle of the box: legs stride, the trunk does not."""

_LEAST_SHARE: Final = 0.04
_ALIKE: Final = 7.0

_SKIN_NEAR: Final = 14.0
_MOST_SKIN_UPPER, _MOST_SKIN_LOWER = 0.45, 0.75
_LEAST_FACE: Final = 0.12


def measure(bgr: NDArray[np.uint8], box: Box, light: Floats) -> Clothes:
    """Return the colours of the clothes of the body in ``box``, on a picture uint8 (H, W, 3).

    ``light`` is what ``scene_light`` told of that picture; it is handed on. Head, skin and
    background are left out. A part that is cut off, or a box that is too small, gives an empty
    palette.
    """
    require_bgr(bgr)
    height, width = bgr.shape[:2]
    parts, inside = parts_of(box, width, height), box.clipped(width, height)
    if parts is None or inside.h < LEAST_HEIGHT or inside.w < LEAST_HEIGHT / 4:
        return Clothes(EMPTY, EMPTY, light)
    crop = _crop(bgr, box)
    skin = None if parts.head is None else _face_skin(crop, parts.head)
    trunk = parts.silhouette(crop.across, _TRUNK)
    upper = _palette(crop, trunk, parts.upper, skin, _MOST_SKIN_UPPER)
    lower = EMPTY
    if parts.lower is not None:
        legs = parts.silhouette(crop.across, _LEGS)
        lower = _palette(crop, legs, parts.lower, skin, _MOST_SKIN_LOWER)
    return Clothes(upper, lower, light)


@dataclass(frozen=True, slots=True, eq=False)
class _Crop:
    """A body and what is beside it.

    ``lab`` is CIE Lab (H, W, 3); ``across`` (W,) and ``down`` (H,) are 0 to 1 inside the box.
    """

    lab: Floats
    across: Floats
    down: Floats


def _crop(bgr: NDArray[np.uint8], box: Box) -> _Crop:
    height, width = bgr.shape[:2]
    margin = _MARGIN * min(box.w, box.h)
    wide = Box(box.x - margin, box.y, box.w + 2 * margin, box.h).clipped(width, height)
    x, y = int(wide.x), int(wide.y)
    cut = bgr[y : max(round(wide.y2), y + 2), x : max(round(wide.x2), x + 2)]
    scale = min(_HEIGHT / max(cut.shape[:2]), 1.0)
    size = (max(round(cut.shape[1] * scale), 2), max(round(cut.shape[0] * scale), 2))
    small = cv2.resize(cut, size, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    columns = x + (np.arange(size[0]) + 0.5) * cut.shape[1] / size[0]
    rows = y + (np.arange(size[1]) + 0.5) * cut.shape[0] / size[1]
    across, down = (columns - box.x) / box.w, (rows - box.y) / box.h
    return _Crop(np.asarray(lab, np.float32), across.astype(np.float32), down.astype(np.float32))


def _face_skin(crop: _Crop, rows: tuple[float, float]) -> Floats | None:
    """Return the median colour of the skin of the face, float32 (3,); None from behind."""
    inside = (crop.down >= rows[0]) & (crop.down < rows[1])
    centre = np.abs(crop.across - 0.5) < 0.25
    pixels = crop.lab[inside][:, centre].reshape(-1, 3)
    skin = pixels[_skin_like(pixels)]
    if not len(pixels) or len(skin) < max(_LEAST_FACE * len(pixels), 4):
        return None
    return np.asarray(np.median(skin, axis=0), np.float32)


def _skin_like(lab: Floats) -> NDArray[np.bool_]:
    """Return where colours, float32 (N, 3), may be skin of any person, in any usual light."""
    hue = np.degrees(np.arctan2(lab[:, 2], lab[:, 1]))
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    inside = (hue > 15) & (hue < 80) & (chroma > 9) & (chroma < 42)
    return np.asarray(inside & (lab[:, 0] > 25) & (lab[:, 0] < 88))


def _palette(
    crop: _Crop, silhouette: Floats, rows: Rows, skin: Floats | None, most_skin: float
) -> Floats:
    inside = (crop.down >= rows[0]) & (crop.down < rows[1])
    lab = crop.lab[inside]
    if lab.size == 0:
        return EMPTY
    prior = np.broadcast_to(silhouette, lab.shape[:2]).reshape(-1)
    pixels = lab.reshape(-1, 3)
    centres, member = _clusters(pixels)
    weights = _clothes_weights(member, prior, len(centres))
    kept = weights > 0
    palette = np.column_stack((weights, centres))[kept].astype(np.float32)
    palette = _without_skin(palette, skin, most_skin)
    return _merged(palette)


def _clusters(pixels: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """Return centres (K, 3) and the cluster (N,) of each of ``pixels`` (N, 3): k-means.

    The first centre is the pixel nearest to the mean, each other the one farthest from all so far
    (Gonzalez 1985), so that nothing is random.
    """
    first = int(np.argmin(np.square(pixels - pixels.mean(axis=0)).sum(axis=1)))
    chosen = [first]
    far = np.square(pixels - pixels[first]).sum(axis=1)
    while len(chosen) < _CLUSTERS and far.max() > _ALIKE**2:
        chosen.append(int(np.argmax(far)))
        far = np.minimum(far, np.square(pixels - pixels[chosen[-1]]).sum(axis=1))
    member = _nearest(pixels, pixels[chosen]).astype(np.int32)
    rule = (cv2.TERM_CRITERIA_MAX_ITER, _ROUNDS, 0.0)
    flags = cv2.KMEANS_USE_INITIAL_LABELS
    _, labels, centres = cv2.kmeans(pixels, len(chosen), member, rule, 1, flags)
    return np.asarray(centres, np.float32), np.asarray(labels, np.intp).ravel()


def _nearest(pixels: Floats, centres: Floats) -> NDArray[np.intp]:
    distances = np.square(centres).sum(axis=1)[None] - 2 * pixels @ centres.T
    return np.argmin(distances, axis=1)


def _clothes_weights(member: NDArray[np.intp], prior: Floats, count: int) -> Floats:
    """Return the number of pixels (K,) of each cluster that are the body's, by Bayes' rule."""
    posterior = prior
    for _ in range(_STEPS):
        body = np.bincount(member, posterior, count)
        beside = np.bincount(member, 1 - posterior, count)
        body, beside = body / max(body.sum(), 1e-9), beside / max(beside.sum(), 1e-9)
        ratio = (body / np.maximum(body + beside, 1e-9))[member]
        posterior = prior * ratio / np.maximum(prior * ratio + (1 - prior) * (1 - ratio), 1e-9)
    return np.bincount(member, posterior**_SHARPEN, count).astype(np.float32)


def _without_skin(palette: Floats, skin: Floats | None, most: float) -> Floats:
    """Return ``palette`` without skin, unless that is too large a share to be skin alone."""
    like = _skin_like(palette[:, 1:])
    if skin is not None:
        apart = (palette[:, 1:] - skin) * np.array((0.5, 1.0, 1.0), np.float32)
        like &= np.sqrt(np.square(apart).sum(axis=1)) < _SKIN_NEAR
    share = palette[like, 0].sum() / max(palette[:, 0].sum(), 1e-9)
    return palette if share > (most if skin is not None else 0.25) else palette[~like]


def _merged(palette: Floats) -> Floats:
    """Return shares of the whole, alike colours together, the largest first."""
    left = palette[np.argsort(-palette[:, 0], kind="stable")].astype(np.float64)
    total = left[:, 0].sum()
    kept = []
    while len(left):
        near = np.square(left[:, 1:] - left[0, 1:]).sum(axis=1) < _ALIKE**2
        weight = left[near, 0]
        kept.append((weight.sum() / total, *(weight @ left[near, 1:] / weight.sum())))
        left = left[~near]
    result = np.array(sorted(kept, key=lambda row: -row[0])).reshape(-1, 4)
    result = result[result[:, 0] >= _LEAST_SHARE]
    if len(result):
        result[:, 0] /= result[:, 0].sum()
    return result.astype(np.float32)
