"""Labels of a teacher (MoveNet, Apache-2.0) for people whose boxes are known.

A teacher looks twice at every person, also in a mirror. Where both answers agree it teaches their
mean; where they do not, nothing. People of whom it finds too little, or whom it takes for somebody
beside them, are left out.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.errors import AnalyzerError
from analyzer.joints.network import JOINTS, MARGIN, MIRRORED
from analyzer.lab.joints.labels import box_of, rows_of
from analyzer.lab.pictures import read_picture
from analyzer.models import shipped
from analyzer.types import Box

SEEN: Final = 0.25
HIDDEN: Final = 0.12
"""Mean scores from which on a joint is to be seen, and below which it is not."""

APART: Final = 0.06
"""Of the longer side of the box: answers farther apart than this do not agree."""

LEAST_SEEN: Final = 5
"""Joints that must be seen."""

_INSIDE: Final = 0.8
_AROUND: Final = 0.12
_LEAST_SPAN: Final = 0.3
"""Share of the seen joints that lie in the box, with ``_AROUND`` of its longer side around it, and
the least width or height that they span, in that side: else it is somebody else."""

_COLUMNS: Final = ("path", "use", "source", "place", "x", "y", "w", "h")

Teacher = Callable[[NDArray[np.uint8]], NDArray[np.float64]]
"""From a square picture, uint8 (S, S, 3) RGB, to (17, 3): x and y in [0, 1], and a score."""


class MoveNet:
    """A single-person MoveNet (lightning or thunder) from a LiteRT file."""

    def __init__(self, path: Path) -> None:
        """Load the file; raises AnalyzerError where it cannot be read."""
        try:
            self._interpreter = shipped.interpreter_of(path.read_bytes(), str(path))
        except OSError as error:
            raise AnalyzerError(f"{path}: cannot be read ({error})") from error
        self._input = self._interpreter.get_input_details()[0]
        self._output = self._interpreter.get_output_details()[0]["index"]
        self.side = int(self._input["shape"][1])

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Return its answer; see ``Teacher``."""
        shown = cv2.resize(rgb, (self.side, self.side), interpolation=cv2.INTER_LINEAR)
        self._interpreter.set_tensor(self._input["index"], shown[None].astype(self._input["dtype"]))
        self._interpreter.invoke()
        y, x, score = np.asarray(self._interpreter.get_tensor(self._output), float).reshape(17, 3).T
        return np.stack([x, y, score], 1)


def labels(teacher: Teacher, bgr: NDArray[np.uint8], box: Box) -> NDArray[np.float64] | None:
    """Return the joints (17, 3) of the person in ``box``: x and y in px, and 1, 0 or NaN for seen.

    None where the person is left out.
    """
    side = max(box.w, box.h)
    square = _square(bgr, box)
    corner = np.array([box.x + box.w / 2, box.y + box.h / 2]) - MARGIN * side / 2
    one, other = teacher(square), teacher(np.ascontiguousarray(square[:, ::-1]))[MIRRORED]
    other[:, 0] = 1 - other[:, 0]
    found = (one + other) / 2
    found[:, :2] = corner + MARGIN * side * found[:, :2]
    apart = MARGIN * np.hypot(*(one - other)[:, :2].T)
    seen = np.where(found[:, 2] >= SEEN, 1.0, np.where(found[:, 2] < HIDDEN, 0.0, np.nan))
    seen[(apart > APART) & (seen == 1)] = np.nan
    outside = ((found[:, :2] < 0) | (found[:, :2] > [bgr.shape[1], bgr.shape[0]])).any(1)
    seen[outside & (seen == 1)] = 0
    joints = np.concatenate([found[:, :2], seen[:, None]], 1)
    return joints if _belongs(joints[seen == 1, :2], box) else None


def _square(bgr: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """Return the square around a box with its margin, RGB, black outside of the picture."""
    side = MARGIN * max(box.w, box.h)
    left, top = box.x + (box.w - side) / 2, box.y + (box.h - side) / 2
    size = max(round(side), 1)
    matrix = np.array([[1, 0, -left], [0, 1, -top]])
    cropped = cv2.warpAffine(bgr, matrix, (size, size), flags=cv2.INTER_LINEAR)
    return np.ascontiguousarray(np.asarray(cropped, np.uint8)[..., ::-1])


def _belongs(seen: NDArray[np.float64], box: Box) -> bool:
    if len(seen) < LEAST_SEEN:
        return False
    side = max(box.w, box.h)
    low = np.array([box.x, box.y]) - _AROUND * side
    high = np.array([box.x + box.w, box.y + box.h]) + _AROUND * side
    inside = ((seen > low) & (seen < high)).all(1).mean()
    return bool(inside >= _INSIDE and np.ptp(seen, axis=0).max() >= _LEAST_SPAN * side)


def write(
    teacher: Teacher, boxes: Path, out: Path, count: Callable[[int, int], None]
) -> tuple[int, int]:
    """Write LABELS.csv for the people of a table without joints; return how many, and of how many.

    The table is LABELS.csv without the columns of joints; ``out`` lies in the same folder. Raises
    AnalyzerError for a table or a picture that cannot be read.
    """
    rows = rows_of(boxes)
    told = 0
    with out.open("w", newline="") as file:
        table = csv.writer(file)
        names = [f"{name}_{key}" for name in JOINTS for key in ("x", "y", "seen")]
        table.writerow([*_COLUMNS, *names])
        for number, (row, joints) in enumerate(_told(teacher, boxes.parent, rows), 1):
            if joints is not None:
                table.writerow([*(row[key] for key in _COLUMNS), *_cells(joints)])
                told += 1
            count(number, len(rows))
    return told, len(rows)


def _told(
    teacher: Teacher, folder: Path, rows: Sequence[Mapping[str, str]]
) -> Iterator[tuple[Mapping[str, str], NDArray[np.float64] | None]]:
    for row in rows:
        yield row, labels(teacher, read_picture(folder / row["path"]), box_of(row))


def _cells(joints: NDArray[np.float64]) -> list[Any]:
    cells: list[Any] = []
    for x, y, seen in joints:
        cells += [round(float(x), 1), round(float(y), 1), "" if np.isnan(seen) else int(seen)]
    return cells
