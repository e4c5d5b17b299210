"""Detector of burned-in text (a running clock), so that the motion gate ignores it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Side of the cells that are learned, in px of the small picture.
CELL = 4
# Largest height of burned-in text as a share of the picture. A person this small is 13 px high in
# a 180 px picture.
MAX_HEIGHT = 0.075
# Recorders write along the top and the bottom: nothing in between is learned.
BAND = 0.18
# Least difference in grey levels between the strokes of text and their background.
MIN_CONTRAST = 70
# Number of changes after which a cell counts as text, and their half-life. A digit of seconds needs
# eight seconds, tens of seconds two minutes; a digit of minutes may open the gate.
CHANGES = 8.0
HALF_LIFE_S = 120.0
# Width of the ring of cells around a change that must be still.
RING = 2
# A clock changes at once and then stands still; frames further apart cannot show that.
MAX_STEP_S = 0.7
# Factor for cells that change in two frames in a row, which text does not. Without it, legs at the
# upper edge of a street scene were learned as text.
FORGET = 0.5


class BurnedInText:
    """Counter, per cell, of small sudden changes of high contrast that are isolated in time."""

    def __init__(self, height: int, width: int) -> None:
        """Start for pictures of ``height`` × ``width`` px."""
        self._height = height
        shape = (-(-height // CELL), -(-width // CELL))
        self._changes = np.zeros(shape, np.float32)
        self._recent = np.zeros(shape, bool)
        self._pending: list[tuple[slice, slice]] = []
        self._t: float | None = None
        self._blank = True

    def learn(self, picture: NDArray[np.uint8], blobs: NDArray[np.int32], t: float) -> None:
        """Update with ``blobs``, int32 (N, 5) x, y, w, h, pixels: changes since the last frame.

        ``picture`` is uint8 (height, width) at ``t`` seconds; call for every frame.
        """
        step_s = t - self._t if self._t is not None else np.inf
        self._t = t
        if self._blank and not len(blobs):
            return
        self._blank = False
        changed = np.zeros(self._changes.shape, bool)
        for blob in blobs:
            changed[self._cells(blob, RING)] = True
        if step_s > MAX_STEP_S:
            self._recent, self._pending = changed, []
            return
        self._changes *= 0.5 ** (step_s / HALF_LIFE_S)
        for cells in self._pending:
            if not changed[cells].any():
                self._changes[cells] += 1.0
        self._changes[changed & self._recent] *= FORGET
        sudden = [blob for blob in blobs if not self._recent[self._cells(blob, 0)].any()]
        self._pending = [self._cells(blob, 0) for blob in sudden if self._like_text(picture, blob)]
        self._recent = changed

    def covers(self, blobs: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Return which ``blobs`` lie completely on learned text, bool (N,)."""
        if not len(blobs):
            return np.zeros(0, bool)
        learned = self._changes >= CHANGES
        if not learned.any():
            return np.zeros(len(blobs), bool)
        learned = _widened(learned)
        return np.array([learned[self._cells(blob, 0)].all() for blob in blobs], dtype=bool)

    def _like_text(self, picture: NDArray[np.uint8], blob: NDArray[np.int32]) -> bool:
        x, y, w, h = (int(value) for value in blob[:4])
        band = BAND * self._height
        if h > MAX_HEIGHT * self._height + 2 or not (y + h <= band or y >= self._height - band):
            return False
        part = picture[y : y + h, x : x + w]
        return int(part.max()) - int(part.min()) >= MIN_CONTRAST

    def _cells(self, blob: NDArray[np.int32], margin: int) -> tuple[slice, slice]:
        x, y, w, h = (int(value) for value in blob[:4])
        return (
            slice(max(y // CELL - margin, 0), (y + h - 1) // CELL + 1 + margin),
            slice(max(x // CELL - margin, 0), (x + w - 1) // CELL + 1 + margin),
        )


def _widened(learned: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return ``learned`` dilated by one cell: digits differ by a stroke at their edges."""
    padded = np.pad(learned, 1)
    rows, columns = learned.shape
    shifted = [padded[i : i + rows, j : j + columns] for i in range(3) for j in range(3)]
    return np.asarray(np.logical_or.reduce(shifted))
