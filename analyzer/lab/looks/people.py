"""Pictures of people seen by two cameras, and the fixed split into taught, watched and judged.

CUHK03 (Li et al. 2014) as files PERSON_NN.jpg in the folders `labeled/train`, `labeled/val`,
`detected/train` and `detected/val`: 00 to 04 are of one camera, 05 to 09 of the other. Folders of
the same last name number the same people; `train` and `val` are different people.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analyzer.errors import AnalyzerError
from analyzer.lab.pictures import read_picture

_NAME: Final = re.compile(r"(\w+)_(\d\d)\.jpg")
_OF_A_CAMERA: Final = 5
_JUDGED_FROM: Final = "labeled/train"
"""Only its people are held back: `labeled/val` holds the detected boxes, byte for byte."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A body crop: the person as `train/0012`, the camera, and the file."""

    person: str
    camera: int
    path: Path

    def read(self) -> NDArray[np.uint8]:
        """Return it as uint8 (H, W, 3) BGR; raises AnalyzerError where it cannot be read."""
        return read_picture(self.path)


@dataclass(frozen=True, slots=True)
class Split:
    """Pictures by use; those watched and judged are of labelled boxes alone."""

    taught: tuple[Picture, ...]
    watched: tuple[Picture, ...]
    judged: tuple[Picture, ...]


def pictures_of(folder: Path) -> list[Picture]:
    """Return the pictures of one folder in order; raises AnalyzerError where there are none."""
    found = []
    for path in sorted(folder.glob("*.jpg")):
        if name := _NAME.fullmatch(path.name):
            camera = int(name[2]) // _OF_A_CAMERA
            found.append(Picture(f"{folder.name}/{name[1]}", camera, path))
    if not found:
        raise AnalyzerError(f"{folder}: no pictures PERSON_NN.jpg")
    return found


def drawn(people: Iterable[str]) -> list[str]:
    """Return people in the order of the SHA-256 of their names: first come those held back."""
    return sorted(set(people), key=lambda name: hashlib.sha256(name.encode()).hexdigest())


def split(folders: Sequence[str], judged: int, watched: int) -> Split:
    """Return the pictures of ``folders``: the first ``judged`` people drawn, then ``watched``.

    Everyone else is taught, with the pictures of every folder. Raises AnalyzerError for a folder
    without pictures.
    """
    own = {folder: pictures_of(Path(folder)) for folder in folders}
    labelled = [one for folder in folders if folder.endswith(_JUDGED_FROM) for one in own[folder]]
    order = drawn(one.person for one in labelled)
    held, watch = set(order[:judged]), set(order[judged : judged + watched])
    return Split(
        tuple(one for of in own.values() for one in of if one.person not in held | watch),
        tuple(one for one in labelled if one.person in watch),
        tuple(one for one in labelled if one.person in held),
    )


def by_person(pictures: Iterable[Picture]) -> dict[str, dict[int, list[Picture]]]:
    """Return the pictures of every person by camera."""
    found: dict[str, dict[int, list[Picture]]] = defaultdict(lambda: defaultdict(list))
    for one in pictures:
        found[one.person][one.camera].append(one)
    return found
