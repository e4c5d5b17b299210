"""Motion grid: where in the picture something changed, second by second, in coarse cells.

It comes with the motion gate, which compares every sampled picture anyway: no picture is looked at
twice. Burned-in clocks, noise and the overall brightness do not count, as there.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.types import Moment, MotionSecond, SegmentSpan
from analyzer.video.motion import MotionState

COLUMNS, ROWS = 32, 18
"""Cells of the grid: 20 px of a picture of 640, half the width of a person at 10 m."""


class MotionGrid:
    """Changes of one segment by second; of pictures of its own stretch, not of its lead."""

    def __init__(self, span: SegmentSpan) -> None:
        self._span = span
        self._seconds: list[MotionSecond] = []

    def update(self, moment: Moment, state: MotionState) -> None:
        """Take what moved in the picture at ``moment``; call in order of time."""
        if state.changed is None or not self._span.start_pts <= moment.pts < self._span.end_pts:
            return
        cells = cells_of(state.changed)
        last = self._seconds[-1] if self._seconds else None
        if last is not None and math.floor(last.start.t) == math.floor(moment.t):
            cells = np.maximum(last.cells, cells)
            self._seconds[-1] = MotionSecond(last.start, moment, cells)
        else:
            self._seconds.append(MotionSecond(moment, moment, cells))

    def seconds(self) -> tuple[MotionSecond, ...]:
        """Return the seconds in which something changed, in order of time."""
        return tuple(self._seconds)


def cells_of(changed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the changed share of every cell, uint8 (ROWS, COLUMNS), 255 where all of it changed.

    ``changed``, uint8 (H, W), is 1 where a pixel changed.
    """
    share = cv2.resize(changed.astype(np.float32), (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    # Rounded up: a cell in which anything changed is not 0.
    return np.asarray(np.ceil(share * 255 - 1e-3), np.uint8)


def pack_cells(cells: NDArray[np.uint8]) -> bytes:
    """Return cells, uint8 (R, C), as a bit per cell that is not 0, then a byte for each of them."""
    return np.packbits(cells > 0).tobytes() + cells[cells > 0].tobytes()


def unpack_cells(blob: bytes, rows: int, columns: int) -> NDArray[np.uint8]:
    """Return the cells, uint8 (rows, columns), that ``pack_cells`` packed."""
    bits = np.frombuffer(blob, np.uint8, -(-rows * columns // 8))
    marked = np.unpackbits(bits, count=rows * columns).astype(bool)
    cells = np.zeros(rows * columns, np.uint8)
    cells[marked] = np.frombuffer(blob, np.uint8, offset=len(bits))
    return cells.reshape(rows, columns)


def weights_of(
    region: tuple[float, float, float, float], rows: int, columns: int
) -> NDArray[np.float64]:
    """Return which share of a region each cell is, float64 (rows, columns), of sum 1.

    ``region`` is left, top, right, bottom as shares of the picture.
    """
    left, top, right, bottom = region
    across = _overlaps(left, right, columns)
    down = _overlaps(top, bottom, rows)
    return np.outer(down, across) / ((right - left) * (bottom - top))


def _overlaps(low: float, high: float, cells: int) -> NDArray[np.float64]:
    edges = np.linspace(0.0, 1.0, cells + 1)
    return np.clip(np.minimum(high, edges[1:]) - np.maximum(low, edges[:-1]), 0.0, None)
