"""Combing of interlaced pictures: the order of two fields, from three pictures in a row.

The measure of ffmpeg's ``idet`` (Niedermayer 2012), taken only where something moves, so that one
person in a still scene is enough: lines of a picture are compared with the lines between them in
the picture before and after. Fields of different times fit one neighbour better than the other; a
picture of one time fits itself.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

FieldOrder = Literal["tff", "bff", "progressive"]

_MOVED = 20
"""Least difference of luma of one pixel, before and after, that counts as motion; noise of a dark
picture reaches 15."""

_LEAST_PIXELS = 300
"""Least number of moving pixels that tell anything."""

_ONE_FIELD_FIRST, _ONE_TIME = 1.2, 1.5
"""Ratios of sums from which the fields are of two times, and the picture of one. Woven fields give
1.8 to 3.5 and 0.7 to 1.3; progressive pictures 0.7 to 1.4 and 2.5 to 3.3, where something moves up
or down line by line; slow motion gives 1 for both."""

_COLUMNS = 320
"""Columns that are looked at, at most: combing shows in every one of them."""

_FEWEST, _SURE = 2, 5
"""Pictures that must show fields, or that must show none, to be believed."""


def field_order(
    before: NDArray[np.uint8], now: NDArray[np.uint8], after: NDArray[np.uint8]
) -> FieldOrder | None:
    """Return what three successive luma pictures, uint8 (H, W), show; None where little moves."""
    if now.shape[0] < 8 or not before.shape == now.shape == after.shape:
        return None
    step = max(1, now.shape[1] // _COLUMNS)
    p, c, n = (picture[:, ::step].astype(np.int16) for picture in (before, now, after))
    around = c[:-2] + c[2:]
    p, c, n = p[1:-1], c[1:-1], n[1:-1]
    moved = np.abs(p - n) > _MOVED
    if moved.sum() * step < _LEAST_PIXELS:
        return None
    to_before, to_after, to_itself = (np.abs(around - 2 * x) * moved for x in (p, n, c))
    # The first of these lines is the second of the picture, which belongs to the bottom field.
    top, bottom = slice(1, None, 2), slice(0, None, 2)
    top_first = float(to_before[top].sum() + to_after[bottom].sum())
    bottom_first = float(to_before[bottom].sum() + to_after[top].sum())
    if min(top_first, bottom_first) > _ONE_TIME * to_itself.sum():
        return "progressive"
    if top_first > _ONE_FIELD_FIRST * bottom_first:
        return "tff"
    return "bff" if bottom_first > _ONE_FIELD_FIRST * top_first else None


@dataclass(slots=True)
class LooksTold:
    """What the pictures showed.

    ``packets`` were decoded to ``pictures``, without those that are shown before the keyframe where
    decoding began; ``flagged`` are declared interlaced; ``tff``, ``bff`` and ``progressive`` count
    what combing showed. ``first_pts`` is that of the first intact picture of the stream in order of
    presentation, None where it has none. ``delay`` packets are decoded before the first picture
    comes out, where some are stored out of order.
    """

    packets: int = 0
    pictures: int = 0
    flagged: int = 0
    tff: int = 0
    bff: int = 0
    progressive: int = 0
    first_pts: int | None = None
    delay: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return asdict(self)

    @property
    def interlaced(self) -> bool | None:
        """Whether pictures hold two fields of different times; None where none was decoded.

        What moved decides. Encoders declare progressive pictures as interlaced, and woven fields as
        progressive; only where nothing moved is the declaration all there is.
        """
        if not self.pictures:
            return None
        if self.field_order:
            return True
        if self.progressive >= _SURE:
            return False
        return 2 * self.flagged > self.pictures

    @property
    def field_order(self) -> Literal["", "tff", "bff"]:
        """The order of the fields where combing shows one, else an empty text.

        Noise shows both orders about equally often, fields always the same.
        """
        most, least = max(self.tff, self.bff), min(self.tff, self.bff)
        if most < _FEWEST or most < 3 * least or 4 * most < self.progressive:
            return ""
        return "tff" if self.tff == most else "bff"
