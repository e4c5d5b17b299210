"""Annotation of cut pictures: boxes, a clock line, and mosaics over the faces of other people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.types import Moment
from analyzer.video.regions import Region

Image = NDArray[np.uint8]
Painter = Callable[[Image, Moment], Image]
"""Function of a picture, uint8 BGR (H, W, 3) as displayed, and its moment; same size out."""

Floats = NDArray[np.float64]

_BRIDGE_S = 1.1
_REACH_S = 0.35
# A face that was seen a moment ago is still there, even if the detector misses it now.
_HIDE_S = 1.5
# Hair, ears and chin lie outside the box of a face detector.
_HIDE_MARGIN = 0.45
# Upper share of a body box that holds the head, with a safe margin.
_HEAD_SHARE = 0.33
_MOSAIC_CELLS = 5

_WHITE, _BLACK, _SUBJECT, _REGION = (255, 255, 255), (0, 0, 0), (0, 215, 255), (0, 176, 255)


@dataclass(frozen=True, slots=True, eq=False)
class TrackPath:
    """Boxes of one track over time: ``t`` float64 (N,) ascending; ``face``, ``body`` (N, 4) or NaN.

    ``subject`` marks the person whom the clip is about; ``label`` is plain ASCII.
    """

    t: Floats
    face: Floats
    body: Floats
    label: str
    subject: bool


def box_at(t: Floats, boxes: Floats, moment: float, reach_s: float = _REACH_S) -> Floats | None:
    """Return the box, float64 (4,), at ``moment``, linearly interpolated between samples.

    Returns None if the nearest sample is further than ``reach_s`` or has no box.
    """
    after = int(np.searchsorted(t, moment, side="right"))
    before = after - 1
    a = boxes[before] if before >= 0 and np.isfinite(boxes[before]).all() else None
    b = boxes[after] if after < len(t) and np.isfinite(boxes[after]).all() else None
    if a is not None and b is not None and t[after] - t[before] <= max(_BRIDGE_S, reach_s):
        return np.asarray(a + (b - a) * ((moment - t[before]) / (t[after] - t[before])))
    if a is not None and moment - t[before] <= reach_s:
        return np.asarray(a)
    if b is not None and t[after] - moment <= reach_s:
        return np.asarray(b)
    return None


def hide_others(picture: Image, paths: Sequence[TrackPath], moment: float) -> Image:
    """Put a mosaic over every detected face except those of the subject, in place.

    Faces are hidden for ``_HIDE_S`` before and after they were seen. Where only a body was seen,
    its upper part is hidden. A face that no detector found is not hidden.
    """
    for path in paths:
        if path.subject or not path.t[0] - _HIDE_S <= moment <= path.t[-1] + _HIDE_S:
            continue
        known = np.isfinite(path.face).all(axis=1)
        face = box_at(path.t[known], path.face[known], moment, _HIDE_S)
        body = box_at(path.t, path.body, moment, _HIDE_S)
        if face is not None:
            _mosaic(picture, face, _HIDE_MARGIN)
        elif body is not None:
            _mosaic(picture, body * [1, 1, 1, _HEAD_SHARE], 0.1)
    return picture


def hide_all(picture: Image) -> Image:
    """Put a mosaic over a whole picture, uint8 (H, W, 3): the face of another person."""
    _mosaic(picture, np.array([0.0, 0.0, picture.shape[1], picture.shape[0]]), 0.0)
    return picture


def _mosaic(picture: Image, box: Floats, margin: float) -> None:
    x, y, w, h = box
    high, wide = picture.shape[:2]
    left, right = (int(np.clip(v, 0, wide)) for v in (x - w * margin, x + w * (1 + margin) + 1))
    top, low = (int(np.clip(v, 0, high)) for v in (y - h * margin, y + h * (1 + margin) + 1))
    if right - left < 1 or low - top < 1:
        return
    part = picture[top:low, left:right]
    cells = cv2.resize(part, (_MOSAIC_CELLS, _MOSAIC_CELLS), interpolation=cv2.INTER_AREA)
    part[:] = cv2.resize(cells, (right - left, low - top), interpolation=cv2.INTER_NEAREST)


def boxes_and_clock(
    picture: Image, paths: Sequence[TrackPath], moment: Moment, clock: str, foot: str
) -> Image:
    """Draw the boxes of ``paths`` with labels, and ``clock`` and ``foot`` along the lower edge."""
    high, scale = picture.shape[0], max(0.4, picture.shape[1] / 1600)
    boxes(picture, paths, moment)
    line = int(26 * scale) + 2
    _words(picture, clock, 6, high - 6 - line, scale)
    _words(picture, foot, 6, high - 6, scale * 0.75)
    return picture


def boxes(picture: Image, paths: Sequence[TrackPath], moment: Moment) -> Image:
    """Draw the boxes of ``paths`` at ``moment`` with their labels, the subject's on top."""
    scale = max(0.4, picture.shape[1] / 1600)
    for path in sorted(paths, key=lambda path: path.subject):
        face, body = (box_at(path.t, boxes, moment.t) for boxes in (path.face, path.body))
        colour = _SUBJECT if path.subject else _WHITE
        for box, thick in ((body, 1), (face, 2)):
            if box is not None:
                _frame(picture, box, colour, thick)
        shown = face if face is not None else body
        if shown is not None and path.label:
            _words(picture, path.label, int(shown[0]), int(shown[1]) - 4, scale)
    return picture


def left_out(picture: Image, regions: Sequence[Region], size: tuple[float, float]) -> Image:
    """Darken what ``regions`` leave out of ``picture``, in place; a line is around each of them.

    ``size`` is the width and height in px of the recording as displayed.
    """
    if not regions:
        return picture
    hidden, outlines = _parts_left_out(tuple(regions), size, picture.shape[:2])
    picture[hidden] //= 2
    for outline in outlines:
        cv2.polylines(picture, [outline], True, _REGION, 1, cv2.LINE_AA)
    return picture


@lru_cache(maxsize=2)
def _parts_left_out(
    regions: tuple[Region, ...], size: tuple[float, float], shape: tuple[int, int]
) -> tuple[NDArray[np.bool_], tuple[NDArray[np.int32], ...]]:
    """Return what is left out of pictures of ``shape``, (H, W), and the lines around regions.

    They are the same for all pictures of a clip.
    """
    high, wide = shape
    outlines = {
        region: np.round(region.shares(size) * [wide - 1, high - 1]).astype(np.int32)
        for region in regions
    }
    seen = np.zeros((high, wide), np.uint8)
    seen[:] = not any(region.kind == "look" for region in regions)
    for kind, value in (("look", 1), ("leave_out", 0)):
        for region, outline in outlines.items():
            if region.kind == kind:
                cv2.fillPoly(seen, [outline], value)
    return seen == 0, tuple(outlines.values())


def _frame(picture: Image, box: Floats, colour: tuple[int, int, int], thick: int) -> None:
    x, y, w, h = (round(float(value)) for value in box)
    cv2.rectangle(picture, (x, y), (x + w, y + h), _BLACK, thick + 2)
    cv2.rectangle(picture, (x, y), (x + w, y + h), colour, thick)


def _words(picture: Image, text: str, x: int, y: int, scale: float) -> None:
    (width, height), base = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    x = int(np.clip(x, 0, max(0, picture.shape[1] - width - 4)))
    y = max(height + 4, y)
    cv2.rectangle(picture, (x, y - height - 3), (x + width + 4, y + base), _BLACK, -1)
    cv2.putText(picture, text, (x + 2, y), cv2.FONT_HERSHEY_SIMPLEX, scale, _WHITE, 1, cv2.LINE_AA)


def painter(
    paths: Sequence[TrackPath],
    *,
    draw: bool,
    redact: bool,
    clock_of: Callable[[float], str],
    foot: str,
    regions: Sequence[Region] = (),
) -> Painter:
    """Return a function that paints one picture: mosaic, parts left out, then boxes and clock."""

    def paint(picture: Image, moment: Moment) -> Image:
        if redact:
            picture = hide_others(picture, paths, moment.t)
        if draw:
            picture = left_out(picture, regions, (picture.shape[1], picture.shape[0]))
            picture = boxes_and_clock(picture, paths, moment, clock_of(moment.t), foot)
        return picture

    return paint
