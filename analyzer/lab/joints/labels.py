"""Labelled joints of people: a table of pictures, boxes and joints, and its pictures.

A row of LABELS.csv is one person: `path` of the picture, relative to the table; `use` (`taught`,
`watched`, `judged`); `source` and `place`, at which it was taken; the box `x`, `y`, `w`, `h`; then
for every joint NAME of COCO `NAME_x`, `NAME_y` and `NAME_seen`: 1 where the joint is to be seen, 0
where not, empty where that is not sure. All in pixels of the picture.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analyzer.errors import AnalyzerError
from analyzer.joints.network import HIPS, JOINTS, SHOULDERS
from analyzer.lab.pictures import read_picture
from analyzer.types import Box

USES: Final = ("taught", "watched", "judged")

_LEAST_TORSO: Final = 0.2
"""Of the longer side of the box: torsos that are seen from above or hidden count as this long."""


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """A labelled person; ``joints`` float64 (17, 3): x and y in px, and 1, 0 or NaN for *seen*."""

    path: Path
    source: str
    place: str
    box: Box
    joints: NDArray[np.float64]

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Return which joints are to be seen, (17,)."""
        return self.joints[:, 2] == 1

    @property
    def torso(self) -> float:
        """Return the length from between the shoulders to between the hips, in px.

        At least a fifth of the longer side of the box, which also holds where one of the four
        joints is not seen.
        """
        least = _LEAST_TORSO * max(self.box.w, self.box.h)
        if not self.seen[SHOULDERS + HIPS].all():
            return least
        middle = self.joints[SHOULDERS, :2].mean(0) - self.joints[HIPS, :2].mean(0)
        return max(float(np.hypot(*middle)), least)

    def picture(self) -> NDArray[np.uint8]:
        """Return it as uint8 (H, W, 3) BGR; raises AnalyzerError where it cannot be read."""
        return read_picture(self.path)


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table; raises AnalyzerError where it cannot be read."""
    try:
        with path.open(newline="") as file:
            return list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AnalyzerError(f"{path}: not a readable table ({error})") from error


def box_of(row: Mapping[str, str]) -> Box:
    """Return the box of a row; raises KeyError or ValueError where there is none."""
    box = Box(*(float(row[side]) for side in "xywh"))
    if not (box.w > 0 and box.h > 0):
        raise ValueError("an empty box")
    return box


def read(path: Path) -> dict[str, list[Person]]:
    """Return the people of LABELS.csv by use, in order.

    Raises AnalyzerError for a table that cannot be read, and names the row that is wrong.
    """
    found: dict[str, list[Person]] = {use: [] for use in USES}
    for number, row in enumerate(rows_of(path), 2):
        try:
            found[row["use"]].append(_person(row, path.parent))
        except (KeyError, ValueError, TypeError) as error:
            raise AnalyzerError(f"{path}, line {number}: {error!r}") from error
    return found


def _person(row: Mapping[str, str], folder: Path) -> Person:
    joints = np.array([_joint(row, name) for name in JOINTS])
    return Person(folder / row["path"], row["source"], row["place"], box_of(row), joints)


def _joint(row: Mapping[str, str], name: str) -> tuple[float, float, float]:
    seen = float(row[f"{name}_seen"] or "nan")
    if seen not in (0, 1) and not np.isnan(seen):
        raise ValueError(f"{name}_seen is {seen:g}, expected 1, 0 or nothing")
    return float(row[f"{name}_x"]), float(row[f"{name}_y"]), seen


def require(people: Sequence[Person], use: str, path: Path) -> Sequence[Person]:
    """Return ``people``; raises AnalyzerError, which names ``use``, where there are none."""
    if not people:
        raise AnalyzerError(f"{path}: nobody is {use}")
    return people
