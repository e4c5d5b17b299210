"""Flow map of a window: what moved where in the picture, and how, in a few hundred bytes.

The optical flow is measured when the video is read; who is near whom is known only when tracks are
derived. The map keeps what pairs of people need of the flow, so that they need no picture.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.actions.optical_flow import CELL, HEIGHT, MOVES, WIDTH, Pair
from analyzer.errors import CaseError
from analyzer.types import Box

QUANTITIES = ("strength", "jerk", "peak", "turns", "disorder", "drift", "moving")
"""Planes of a map, each of one quantity over the window: mean flow; mean change of the flow; its
95th percentile over time; mean reversal; flow that differs from that of its neighbours; length of
the mean vector (flow that goes on in one direction); share of the time with motion, in percent.
Flows in px of a 160 px wide picture in 0.2 s."""

ROWS, COLUMNS = HEIGHT // CELL, WIDTH // CELL

_STEPS = 24.0
"""Steps of the stored scale per unit of the logarithm of 1 + value: 4 % of the value."""

_NOISE = 0.1
"""Values below are stored as 0: noise takes more room than motion."""

_NEIGHBOURHOOD = 3

Planes = NDArray[np.float32]


def flow_planes(pairs: Sequence[Pair]) -> Planes:
    """Return float32 (7, 24, 32): the planes of QUANTITIES of at least two pairs."""
    cells = np.array([pair.cells for pair in pairs], np.float32)
    strength = np.array([pair.strength for pair in pairs], np.float32)
    jerk = np.array([pair.acceleration for pair in pairs[1:]], np.float32)
    back = np.maximum(-(cells[:-1] * cells[1:]).sum(-1), 0)
    return np.stack(
        [
            strength.mean(0),
            jerk.mean(0),
            np.quantile(strength, 0.95, axis=0),
            np.sqrt(back.mean(0)),
            np.mean([_disorder(one) for one in cells], axis=0),
            np.hypot(*np.moveaxis(cells.mean(0), -1, 0)),
            100 * (strength > MOVES).mean(0),
        ]
    ).astype(np.float32)


def _disorder(cells: Planes) -> Planes:
    size = (_NEIGHBOURHOOD, _NEIGHBOURHOOD)
    around = np.stack([cv2.blur(np.ascontiguousarray(cells[..., i]), size) for i in (0, 1)], -1)
    return np.asarray(np.hypot(*np.moveaxis(cells - around, -1, 0)), np.float32)


def packed(planes: Planes) -> bytes:
    """Return planes as stored: a byte per value on a logarithmic scale, compressed by zlib."""
    codes = np.round(_STEPS * np.log1p(np.where(planes < _NOISE, 0, planes)))
    return zlib.compress(codes.clip(0, 255).astype(np.uint8).tobytes(), 6)


@lru_cache(maxsize=256)
def unpacked(stored: bytes) -> Planes:
    """Return float32 (7, 24, 32) of the bytes of ``packed``; not to be written to.

    Raises CaseError for other bytes.
    """
    try:
        codes = np.frombuffer(zlib.decompress(stored), np.uint8)
        planes = np.expm1(codes.reshape(len(QUANTITIES), ROWS, COLUMNS) / np.float32(_STEPS))
    except (zlib.error, ValueError) as error:
        raise CaseError(
            f"scene_actions.flow is no map of motion ({error}); check the case by: analyzer verify"
        ) from error
    planes.setflags(write=False)
    return np.asarray(planes, np.float32)


def covered(box: Box, picture: tuple[float, float]) -> NDArray[np.float32]:
    """Return float32 (24, 32): which share of each cell lies in ``box`` of a ``picture`` in px."""
    return np.outer(
        _shares(box.y, box.y2, picture[1] / ROWS, ROWS),
        _shares(box.x, box.x2, picture[0] / COLUMNS, COLUMNS),
    ).astype(np.float32)


def _shares(low: float, high: float, cell: float, count: int) -> NDArray[np.float64]:
    edges = np.arange(count + 1) * cell
    return np.clip((np.minimum(edges[1:], high) - np.maximum(edges[:-1], low)) / cell, 0, 1)


_SQUARE = 8
"""Side in cells of the square that is a place: a quarter of the picture's width."""


def active_place(stored: bytes, picture: tuple[float, float]) -> Box:
    """Return the square with the most sudden motion of ``packed`` planes, in px of ``picture``.

    The whole picture where nothing is stored.
    """
    if not stored:
        return Box(0.0, 0.0, *picture)
    jerk = unpacked(stored)[QUANTITIES.index("jerk")]
    sums = cv2.boxFilter(jerk, -1, (_SQUARE, _SQUARE), anchor=(0, 0), normalize=False)
    inside = sums[: ROWS - _SQUARE + 1, : COLUMNS - _SQUARE + 1]
    row, column = np.unravel_index(int(inside.argmax()), inside.shape)
    w, h = picture[0] / COLUMNS, picture[1] / ROWS
    return Box(float(column * w), float(row * h), _SQUARE * w, _SQUARE * h)
